"""What our files say in several languages, one beside the other, for the catalogs of those languages.

A sentence that the person reads stands in a file in each language. The same sentence may stand on a page, and is then
told alike: a catalog is given it from the file, and nobody types it twice.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from breakwater.ui.words.reading import ROOM, ROOT, files

ENGLISH = "en"
_OWN = ROOM / "of_their_own.toml"
_ASKED = "assessments/instruments/"
_IN_OTHER_WORDS = "assessments/words/"
_NO_TRANSLATIONS = ("languages.toml", _IN_OTHER_WORDS, "of_their_own.toml", "/simulation/", "/tests/")
"""Names of languages by their codes, and files of another shape."""


@cache
def said_beside(code: str) -> Mapping[str, str]:
    """What each of our files says in English, and beside it in a language; where two differ, the first of them."""
    found: dict[str, str] = {}
    for path in files("toml"):
        if any(one in str(path) for one in _NO_TRANSLATIONS):
            continue
        for message, said in _pairs(tomllib.loads(path.read_text(encoding="utf-8")), code):
            found.setdefault(message, said)
    for path in sorted((ROOT / _IN_OTHER_WORDS).glob(f"*.{code}.toml")):
        for message, said in _of_an_instrument(path):
            found.setdefault(message, said)
    return found | of_its_own(code)


def of_its_own(code: str) -> dict[str, str]:
    """Words that a page means in another sense than a file does."""
    return dict(tomllib.loads(_OWN.read_text(encoding="utf-8")).get(code, {}))


def _pairs(values: Any, code: str) -> Iterator[tuple[str, str]]:
    if isinstance(values, dict):
        if ENGLISH in values and code in values:
            yield from _side_by_side(values[ENGLISH], values[code])
        for value in values.values():
            yield from _pairs(value, code)
    elif isinstance(values, list):
        for value in values:
            yield from _pairs(value, code)


def _side_by_side(english: Any, other: Any) -> Iterator[tuple[str, str]]:
    if isinstance(english, str) and isinstance(other, str):
        yield english, other
    elif isinstance(english, dict) and isinstance(other, dict):
        for key in english.keys() & other.keys():
            yield from _side_by_side(english[key], other[key])
    elif isinstance(english, list) and isinstance(other, list):
        for one, its in zip(english, other, strict=False):
            yield from _side_by_side(one, its)


def _of_an_instrument(path: Path) -> Iterator[tuple[str, str]]:
    """What an instrument asks and answers, by the keys of its questions."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    asked = tomllib.loads((ROOT / _ASKED / f"{said['instrument']}.toml").read_text(encoding="utf-8"))
    for item in asked["items"]:
        yield from _both(item, "label", said["questions"].get(item["key"]))
        yield from _both(item, "help", said.get("help", {}).get(item["key"]))
        answers = said.get("answers", {}).get(item["key"], {})
        for option in asked["options"].get(item.get("options"), ()):
            yield from _both(option, "label", answers.get(option["code"]))


def _both(row: Mapping[str, Any], key: str, said: str | None) -> Iterator[tuple[str, str]]:
    if said and row.get(key):
        yield row[key], said
