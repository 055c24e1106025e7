"""An agreement in the other languages that we speak, beside the one that is signed."""

from collections.abc import Sequence

from breakwater.trust.rules.law import ALL_OF
from breakwater.ui.languages import SPOKEN, Language
from breakwater.ui.words.catalogs import catalog_of

Parts = Sequence[tuple[str, str]]
"""Headings and the words under them."""
_TYPED = frozenset(("Who it is about", "Who shares", "With whom", "What"))
"""The headings under which stands what somebody typed: it is never looked up, unless it names many in words of ours."""


def in_other_words(parts: Parts) -> list[tuple[Language, list[tuple[str, str]]]]:
    """The same parts in each language that has a catalog."""
    found = []
    for code, language in SPOKEN.items():
        if catalog := catalog_of(code):
            told = [
                (catalog.say(one), words if _is_typed(one, words) else catalog.ours(words))
                for one, words in parts
            ]
            found.append((language, told))
    return found if parts else []


def _is_typed(heading: str, words: str) -> bool:
    return heading in _TYPED and words not in ALL_OF.values()
