"""Are these two the same person? Is this number safe to call tonight? Plain values in, plain values out."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

import jellyfish

from breakwater.kernel.text import can_be_called, name_key, phone_key

_LONGEST_SOUND = 40
_CLOSE_YEARS = 1
_OLDEST = 125
_SHORTEST_WORD = 4
_FEWEST_SIGNS = 3


def sound_of(name: str) -> str:
    """How a name sounds: the Metaphone codes of its words in order, for names in Latin letters."""
    codes = (jellyfish.metaphone(word) for word in name_key(name).split() if word.isascii())
    return " ".join(code for code in codes if code)[:_LONGEST_SOUND]


def why_birth_dates_match(one: date | None, other: date | None) -> str:
    """In words, why two birth dates may be the same day, or ``""`` when they tell nothing."""
    if one is None or other is None:
        return ""
    if one == other:
        return "same birth date"
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return "same birth date with day and month swapped"
    digits = sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True))
    if digits == 1:
        return "birth date differs in one digit"
    if (one.month, one.day) == (other.month, other.day) and abs(one.year - other.year) <= _CLOSE_YEARS:
        return "same birthday, one year apart"
    return ""


def why_no_such_birth(born: date | None, *, today: date) -> str:
    """The sentence that says why nobody helped today was born that day, or ``""`` when somebody may have been.

    A day to come is allowed for: it may be tomorrow already where the person is.
    """
    if born is None:
        return ""
    if born > today + timedelta(days=1):
        return "This birth date is still to come. Check the day and the year."
    if today.year - born.year > _OLDEST:
        return f"Nobody is more than {_OLDEST} years old. Check the year."
    return ""


def why_not_called(number: str) -> str:
    """The sentence that says why what was told as a phone cannot be called, or ``""`` when it can, or nothing was."""
    if not number.strip() or can_be_called(number):
        return ""
    return "No phone can call this: a number has at least three digits."


def word_key(word: str) -> str:
    """What of a safe word is compared, as it is heard on the phone: without case, accents, spaces and punctuation."""
    return name_key(word).replace(" ", "")


def why_no_safe_word(word: str, *, known: Iterable[str], common: Collection[str]) -> str:
    """The sentence that says why a word does not tell the person from whoever knows them, or ``""`` when it does.

    Args:
        known: what others know of them: names, numbers, places, days.
        common: what others have chosen too often, in small letters.
    """
    key = word_key(word)
    if len(key) < _SHORTEST_WORD or len(set(key)) < _FEWEST_SIGNS:
        return f"This word is too short: {_SHORTEST_WORD} letters at least, and not the same again and again."
    told = {word_key(part) for text in known for part in (text, *text.split())}
    if any(one in key or key in one for one in told if len(one) >= _SHORTEST_WORD):
        return "Who knows them knows this too. Choose a word that has nothing to do with them."
    if key.isdigit() or key in common:
        return "Many would think of this first. Choose a word or two that nobody would guess."
    return ""


_PHONE = "phone"
_SAFEST_FIRST = ("safe", "ask_first", "unsafe")


def is_tighter(safety: str, than: str) -> bool:
    """Whether a mark on a way to reach somebody lets it be used less than another would."""
    return _SAFEST_FIRST.index(safety) > _SAFEST_FIRST.index(than)


def is_same_way(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two ways to reach somebody are one: each its kind and its value. A number is the same however written."""
    (kind, value), (other_kind, other_value) = one, other
    if kind != other_kind:
        return False
    digits = phone_key(value) if kind == _PHONE else ""
    return digits == phone_key(other_value) if digits else value.strip() == other_value.strip()


def why_not_loosened(safety: str, before: str, *, said_so: bool) -> str:
    """The sentence that says why a way to reach somebody may not be used more than before, or ``""`` when it may."""
    if said_so or safety == before or is_tighter(safety, before):
        return ""
    return "Ask them first, where nobody listens. Then say here that they told you so themselves."


def why_names_match(likeness: float, *, sounds_alike: bool) -> str:
    """In words, how two names are alike."""
    if likeness >= 0.999:  # noqa: PLR2004 - the same to the letter
        return "same name"
    if likeness >= 0.6:  # noqa: PLR2004 - as people judge it
        return "name very alike"
    if sounds_alike:
        return "name sounds alike"
    return "name somewhat alike"
