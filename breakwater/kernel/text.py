"""Names, phone numbers and postcodes made comparable."""

import re
import unicodedata

_NOT_LETTERS = re.compile(r"[\W_]+")
_NOT_DIGITS = re.compile(r"\D+")
_SHORTEST_NUMBER = 7
_LONGEST_KEY = 200


def name_key(name: str) -> str:
    """A name without case, accents or punctuation: ``"O’Brien, José"`` becomes ``"o brien jose"``."""
    decomposed = unicodedata.normalize("NFKD", name)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return _NOT_LETTERS.sub(" ", bare.casefold()).strip()[:_LONGEST_KEY]


def phone_key(number: str) -> str:
    """The digits that tell one phone from another: the national number, or ``""`` when there are too few.

    A leading country code 1 is dropped, so that ``+1 (555) 010-4477`` and ``555 010 4477`` meet.
    """
    digits = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", number))
    if len(digits) == 11 and digits.startswith("1"):  # noqa: PLR2004 - the North American country code
        digits = digits[1:]
    return digits if len(digits) >= _SHORTEST_NUMBER else ""


def without_nul(text: str) -> str:
    """The text without U+0000, which PostgreSQL cannot hold."""
    return text.replace("\x00", "")
