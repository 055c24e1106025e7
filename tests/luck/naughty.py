"""Text that breaks programs: our own short list, and the long public one where it is there."""

import json
from functools import cache
from pathlib import Path

OURS = (
    "Robert'); DROP TABLE cases_case;--",
    "' OR '1'='1",
    '"><script>alert(1)</script>',
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7} <%= 7*7 %>",
    "%s %d %(name)s {0} {name} %n",
    "\\ \\\\ \\n \\u0041 \\x41",
    "  two blanks before, a tab\tbetween and three after   ",
    "a line\r\nanother\nand\rone more",
    "NULL",
    "undefined",
    "-1e309",
    "../../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "José Ñandú Þórr Łukasz Ødegård",
    "שָׁלוֹם \u202etfel ot thgir\u202c مرحبا",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "👩🏽‍🚒👨‍👩‍👧‍👦🏳️‍🌈🇺🇳",
    "\u200b\ufeff\u2060zero\u00adwidth\u200d",
    "𝕿𝖍𝖊 𝖖𝖚𝖎𝖈𝖐 𝒷𝓇𝑜𝓌𝓃 ﬁ ﷺ ⅷ ＡＢＣ",
    "\x01\x02\x1b[31mbell\x07\x7f\x85 \u2028\u2029",
)
SHORTEST_LIST = 20
PUBLIC = "data/bad-input/blns.json"
"""Where the public list lies among the samples."""
BETWEEN = "⁂"
"""One sign alone: what stands between two texts takes room from a third."""


def public(path: Path) -> tuple[str, ...]:
    """The strings of the public list."""
    return tuple(str(one) for one in json.loads(path.read_text(encoding="utf-8")))


@cache
def packed(strings: tuple[str, ...], *, longest: int) -> tuple[str, ...]:
    """The strings, as many to a text as fit, so that each goes everywhere without a year of pressing.

    The longest go first, each into the first text that has room for it: that leaves the least room unused.
    """
    texts: list[str] = []
    for one in sorted(dict.fromkeys(strings), key=len, reverse=True):
        longer = ((place, f"{text}{BETWEEN}{one}") for place, text in enumerate(texts))
        fits = next(((place, text) for place, text in longer if len(_said(text)) <= longest), None)
        if fits:
            texts[fits[0]] = fits[1]
        elif len(one) <= longest:
            texts.append(one)
    return tuple(_said(text, longest) for text in texts)


@cache
def everything(strings: tuple[str, ...]) -> str:
    """All of them in one text."""
    (text,) = packed(strings, longest=sum(len(one) + len(BETWEEN) for one in strings))
    return text


def brimful(most: int) -> str:
    """A text of exactly so many signs, blanks at its ends. One takes four bytes: whoever counts those has too many."""
    return f" 𝕿{'x' * (most - 3)} "[:most]


def _said(text: str, longest: int | None = None) -> str:
    """The text, with a letter in it: blanks and signs alone name nobody, and are refused where somebody is named."""
    if any(sign.isalnum() for sign in text):
        return text
    room = None if longest is None else longest - len(BETWEEN) - 1
    return f"{text[:room]}{BETWEEN}x"
