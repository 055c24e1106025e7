"""Text that breaks programs: our own short list, and the long public one where it is there."""

import json
from collections.abc import Iterable, Iterator
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
BETWEEN = " ⁂ "


def public(path: Path) -> list[str]:
    """The strings of the public list."""
    return [str(one) for one in json.loads(path.read_text(encoding="utf-8"))]


def packed(strings: Iterable[str], *, longest: int) -> Iterator[str]:
    """The strings, as many to a text as fit, so that each goes everywhere without a year of pressing."""
    text = ""
    for one in strings:
        if len(one) > longest:
            continue
        longer = f"{text}{BETWEEN}{one}" if text else one
        if len(longer) > longest:
            yield _said(text, longest)
            longer = one
        text = longer
    if text:
        yield _said(text, longest)


def _said(text: str, longest: int) -> str:
    """The text, with a letter in it: blanks and signs alone name nobody, and are refused where somebody is named."""
    if any(sign.isalnum() for sign in text):
        return text
    return f"{text[: longest - len(BETWEEN) - 1]}{BETWEEN}x"
