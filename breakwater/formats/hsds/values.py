"""Single values as people write them. Each reader returns the value, or raises ``Unreadable`` with the reason."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from urllib.parse import urlsplit

Reader = Callable[[str], object]

MONTHS = "january february march april may june july august september october november december".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d{1,2}:\d{2}.*)?")
_US_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: +\d{1,2}:\d{2}.*)?")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? +([a-z]{3,9})\.?,? +(\d{4})")
_TIME = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?(?:[:.](\d{2})(?:\.\d+)?)? *(?:([ap])\.? ?m\.?)?(z|[+-]\d{2}:?\d{2})?"
)
_MILITARY = re.compile(r"([01]\d|2[0-4])([0-5]\d)(?: *h(?:rs|ours)?)?")
_EMAIL = re.compile(r"[^@\s<>()\[\],;:\"\\]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2}[\w-]*")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}(?::\d+)?", re.UNICODE)
_EXTENSION = re.compile(r"(?<![\s,;])[\s,;]*+(?:ext(?:ension|n)?\.?|x)\s*+:?\s*+(\d{1,8})\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_TAX_ID = re.compile(r"\d{2}-?\d{7}|\d{3}-\d{2}-\d{4}")
_BRACKET, _PARTED = re.compile(r"([()])"), str.maketrans(",;|", "\0\0\0")
_BROKEN_MARKS = dict.fromkeys([0, *range(0xD800, 0xE000)])
_PIVOT = 69  # two-digit years from 69 on lie in the last century, as POSIX has it
_NOON, _LAST_HOUR, _LAST_MINUTE = 12, 24, 59
LONGEST_ID = 200
_YES = {"true", "t", "yes", "y", "1"}
_NO = {"false", "f", "no", "n", "0"}


class Unreadable(ValueError):
    """The value is not what the field asks for; the message is the reason."""


def text(value: str) -> str:
    """Words, exactly as written; only what no database can hold (NUL, half characters) is left out."""
    return value.translate(_BROKEN_MARKS)


def ident(value: str) -> str:
    """An id of the source's own."""
    found = text(value).strip()
    if len(found) > LONGEST_ID:
        raise Unreadable(f"longer than an id may be ({LONGEST_ID} characters)")
    return found


def day(value: str) -> date:
    """A day: ``2014-11-27``, ``11/27/2014``, ``11/27/14``, ``November 27, 2014``, ``27 Nov 2014``."""
    plain = value.strip().casefold()
    if found := _ISO_DAY.fullmatch(plain):
        return _day(value, found[1], found[2], found[3])
    if found := _US_DAY.fullmatch(plain):
        return _day(value, found[3], found[1], found[2])
    if found := _MONTH_FIRST.fullmatch(plain):
        return _day(value, found[3], _month(value, found[1]), found[2])
    if found := _DAY_FIRST.fullmatch(plain):
        return _day(value, found[3], _month(value, found[2]), found[1])
    raise Unreadable("not a date; write 2026-11-23, 11/23/2026 or November 23, 2026")


def _day(value: str, year: str, month: str | int, day_of_month: str) -> date:
    century = 0 if len(year) > 2 else (1900 if int(year) >= _PIVOT else 2000)  # noqa: PLR2004 - two digits
    try:
        return date(century + int(year), int(month), int(day_of_month))
    except ValueError:
        raise Unreadable("no such day in the calendar (month/day/year)") from None


def _month(value: str, name: str) -> int:
    for number, month in enumerate(MONTHS, start=1):
        if month.startswith(name) or (name == "sept" and number == 9):  # noqa: PLR2004 - September
            return number
    raise Unreadable(f"“{name}” is not a month")


def moment(value: str) -> datetime:
    """A moment in ISO 8601, with or without a zone; a day alone means its midnight."""
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        raise Unreadable("not a moment; write 2026-11-23T14:30:00Z") from None


def clock_time(value: str) -> time:
    """A time of day: ``9:30``, ``09:30:00``, ``5:00 PM``, ``3pm``, ``0930``, ``noon``; ``24:00`` is midnight."""
    plain = value.strip().casefold()
    if plain in ("noon", "midnight"):
        return time(12 if plain == "noon" else 0)
    if found := _MILITARY.fullmatch(plain):
        return _time(found[1], found[2], None)
    found = _TIME.fullmatch(plain)
    if not found or not (found[2] or found[4]):
        raise Unreadable("not a time; write 9:30 or 5:00 PM")
    return _time(found[1], found[2] or "0", found[4])


def _time(hours: str, minutes: str, half: str | None) -> time:
    hour, minute = int(hours), int(minutes)
    if half:
        if not 1 <= hour <= _NOON:
            raise Unreadable("with AM or PM the hour is 1 to 12")
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    if minute > _LAST_MINUTE or hour > _LAST_HOUR or (hour == _LAST_HOUR and minute):
        raise Unreadable("no such time of day")
    return time(hour % _LAST_HOUR, minute)


def weekday(value: str) -> int:
    """A day of the week, 0 for Monday: ``Monday``, ``Mon``, ``MO``, or 1 to 7 as ISO counts."""
    plain = value.strip().rstrip(".").casefold()
    if plain.isdecimal() and plain in "1234567":
        return int(plain) - 1
    for number, name in enumerate(WEEKDAYS):
        if len(plain) > 1 and name.startswith(plain.removesuffix("s") if len(plain) > len(name) else plain):
            return number
    raise Unreadable("not a day of the week")


def yes_or_no(value: str) -> bool:
    """``true`` or ``false``, and the other ways to write them."""
    plain = value.strip().casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise Unreadable("neither true nor false")


def number(value: str) -> float:
    """A number with a decimal point."""
    if not _NUMBER.fullmatch(value.strip()):
        raise Unreadable("not a number")
    found = float(value)
    if abs(found) > 1e15:  # noqa: PLR2004 - nothing in a directory is counted in such numbers
        raise Unreadable("too large a number")
    return found


def whole(value: str) -> int:
    """A whole number, not below zero."""
    found = number(value)
    if found != int(found) or not 0 <= found <= 2_147_483_647:  # noqa: PLR2004 - the database's integer
        raise Unreadable("not a whole number from 0 on")
    return int(found)


def year(value: str) -> int:
    """A year, alone or as part of a date."""
    plain = value.strip()
    found = int(plain) if plain.isdecimal() and len(plain) == 4 else day(value).year  # noqa: PLR2004 - four digits
    if not 1000 <= found <= 2200:  # noqa: PLR2004 - when organizations were founded
        raise Unreadable("no organization dates from then")
    return found


def latitude(value: str) -> float:
    """Degrees north of the equator."""
    return _degrees(value, 90)


def longitude(value: str) -> float:
    """Degrees east of Greenwich."""
    return _degrees(value, 180)


def _degrees(value: str, limit: int) -> float:
    found = number(value)
    if not -limit <= found <= limit:
        raise Unreadable(f"not between -{limit} and {limit}")
    return found


def url(value: str) -> str:
    """A web address; ``www.example.org`` becomes ``http://www.example.org``."""
    plain = value.strip()
    if "://" not in plain and _HOST.fullmatch(plain.split("/")[0].split("?")[0]):
        plain = f"http://{plain}"
    try:
        parts = urlsplit(plain)
    except ValueError:
        raise Unreadable("not a web address") from None
    if parts.scheme.casefold() not in ("http", "https") or not parts.hostname or re.search(r"\s", plain):
        raise Unreadable("not a web address; it begins with http:// or https://")
    return plain


def email(value: str) -> str:
    """An email address."""
    plain = value.strip()
    if not _EMAIL.fullmatch(plain):
        raise Unreadable("not an email address")
    return plain


def phone(value: str) -> tuple[str, str]:
    """A number and its extension: ``312-346-9766 x 715`` becomes ``("312-346-9766", "715")``."""
    plain = " ".join(value.strip().strip('"').split())
    if not re.search(r"\d{3}|\d\W*\d\W*\d", plain):
        raise Unreadable("not a phone number")
    if found := _EXTENSION.search(plain):
        return plain[: found.start()].rstrip(" ,;"), found[1]
    return plain, ""


def tax_id(value: str) -> str:
    """A United States tax id: two digits and seven."""
    if not _TAX_ID.fullmatch(value.strip()):
        raise Unreadable("not a tax id of 9 digits")
    return value.strip()


def several(value: str) -> tuple[str, ...]:
    """Things in a list, parted by commas, semicolons or bars; commas inside brackets part nothing.

    What stands before a bracket that closes lies inside.
    """
    pieces = _BRACKET.split(text(value))
    parted = "".join(
        piece if after == ")" else piece.translate(_PARTED)
        for piece, after in zip(pieces, [*pieces[1:], ""], strict=True)
    )
    return tuple(dict.fromkeys(part.strip() for part in parted.split("\0") if part.strip()))
