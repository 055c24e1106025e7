"""Names, phone numbers, postcodes and whole letters made comparable."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Self


def read_json(told: str | bytes) -> Any:
    """What somebody outside tells us as JSON.

    Raises:
        ValueError: it is none, or nested deeper than Python reads.
    """
    try:
        return json.loads(told)
    except RecursionError:
        raise ValueError("nested too deep") from None


class Ours(str):
    """Words of ours that came from a file: whatever they are put into, they may be told in another language."""

    __slots__ = ()


class Filled(str):
    """A sentence of ours with its blanks filled, which still knows what filled them.

    A name in a choice is never looked up, and what stands beside it is: of the blanks those that are ``Ours``.
    """

    message: str
    blanks: Mapping[str, Any]

    def __new__(cls, message: str, **blanks: Any) -> Self:
        """A message with a blank in braces for each value."""
        made = super().__new__(cls, message.format(**blanks))
        made.message, made.blanks = message, blanks
        return made


_SPACES = re.compile(r" +")
_INVISIBLE = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_NOT_DIGITS = re.compile(r"\D+")
_SHORTEST_NUMBER = 7
_SHORTEST_CALLED = 3
"""911, 988, 112: nothing shorter is called from outside a house."""
_LONGEST_KEY = 200
_LONGEST_READ = 2_000
"""More of a name tells nobody apart, and a row of accents takes Unicode the square of its length to put in order."""


def name_key(name: str) -> str:
    """A name without case, accents or punctuation: ``"O’Brien, José"`` becomes ``"o brien jose"``.

    Signs that belong to a letter and are no accents, like the vowels of Hindi and Thai, stay where they are.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name[:_LONGEST_READ]).casefold())
    seen = _INVISIBLE.sub("", decomposed)
    bare = "".join(_comparable(sign) for sign in seen if not unicodedata.combining(sign))
    return _SPACES.sub(" ", bare).strip()[:_LONGEST_KEY].rstrip()


def phone_key(number: str) -> str:
    """The digits that tell one phone from another: the national number, or ``""`` when there are too few.

    A leading country code 1 is dropped, so that ``+1 (555) 010-4477`` and ``555 010 4477`` meet, in whichever
    script the digits were written.
    """
    digits = "".join(str(unicodedata.digit(one)) for one in _NOT_DIGITS.sub("", number))
    if len(digits) == 11 and digits.startswith("1"):  # noqa: PLR2004 - the North American country code
        digits = digits[1:]
    return digits if len(digits) >= _SHORTEST_NUMBER else ""


def can_be_called(number: str) -> bool:
    """Whether there are digits enough for a phone, in whichever script; an extension beside them does not matter."""
    return sum(one.isdecimal() for one in number) >= _SHORTEST_CALLED


def without_nul(text: str) -> str:
    """The text without U+0000, which PostgreSQL cannot hold."""
    return text.replace("\x00", "")


def _comparable(sign: str) -> str:
    return sign if sign.isalnum() or unicodedata.category(sign) in ("Mn", "Mc") else " "


def mark_of(letter: Mapping[str, Any]) -> str:
    """A short mark of exactly these words: what is sent must carry the mark of what was shown."""
    spelled = json.dumps(letter, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(spelled.encode("utf-8", "surrogatepass")).hexdigest()[:32]
