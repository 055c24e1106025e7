"""Decisions about help that need no database: what need it meets, whether it is open, how far a figure is trusted."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Protocol

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LONGEST_PHRASE = 5
_LAST_MINUTE = time(23, 59)
_DAY = timedelta(days=1)
_WEEK = 7
_YEAR = timedelta(days=365)

EARTH_ACROSS = 7917.5
"""Miles through the middle of the earth."""

Phrase = tuple[str, ...]


class Opening(Protocol):
    """Regular hours, as the model keeps them."""

    weekday: int | None
    nth: int | None
    month_day: int | None
    opens_at: time | None
    closes_at: time | None
    starts_on: date | None
    ends_on: date | None


class DayOff(Protocol):
    """A holiday, as the model keeps it."""

    starts_on: date
    ends_on: date
    every_year: bool
    opens_at: time | None
    closes_at: time | None


@dataclass(frozen=True, kw_only=True)
class NeedWords:
    """Which phrases say a need, and which must not be mistaken for it."""

    words: frozenset[Phrase]
    without: frozenset[Phrase] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """How far a figure is trusted at an age. ``within`` is ``None`` for the oldest."""

    code: str
    within: timedelta | None
    words: str


def needs_of(names: Iterable[str], description: str, codes: Iterable[str], table: Mapping[str, NeedWords],
             branches: Mapping[str, str]) -> list[str]:  # fmt: skip
    """The needs that a service meets, in the order of the table.

    Names, terms and keywords decide; the description only when they say nothing.
    """
    found = {branches[code[:length]] for code in codes for length in (1, 2) if code[:length] in branches}
    found |= _said(phrases(" . ".join(names)), table)
    if not found:
        found = _said(phrases(description), table)
    return [need for need in table if need in found]


def says_any(text: str, wanted: frozenset[Phrase]) -> bool:
    """Whether a text says one of these phrases."""
    return bool(phrases(text) & wanted)


def phrases(text: str) -> set[Phrase]:
    """Every run of up to five words, in the singular and without case."""
    words = [singular(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())]
    return {
        tuple(words[start : start + length])
        for length in range(1, _LONGEST_PHRASE + 1)
        for start in range(len(words) - length + 1)
    }


def singular(word: str) -> str:
    """A word compared without its plural: rough, and the same for both sides."""
    if len(word) > 4 and word.endswith("ies"):  # noqa: PLR2004 - "ties" stays
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):  # noqa: PLR2004 - "gas" stays
        return word[:-1]
    return word


def language_names(written: str, codes: Mapping[str, str]) -> list[str]:
    """Languages as we call them: ``"Chinese (Mandarin), spanish"`` gives Chinese, Mandarin and Spanish."""
    names = []
    for part in re.split(r"[,;|/()\n]| and ", written):
        plain = " ".join(part.split())
        if plain:
            names.append(codes.get(plain.casefold(), plain if not plain.islower() else plain.title()))
    return list(dict.fromkeys(names))


def is_open(hours: Iterable[Opening], holidays: Sequence[DayOff], local: datetime) -> bool | None:
    """Whether it is open at a local moment; ``None`` when no hours are known.

    A day is judged as a whole: where a holiday covers it, the holiday's hours hold. A span that closes not after it
    opens runs into the next day, and belongs to the day it began on.
    """
    rows = [row for row in hours if row.weekday is not None or row.month_day is not None]
    if not rows and not holidays:
        return None
    moment = local.replace(tzinfo=None)
    for day in (moment.date(), moment.date() - _DAY):
        if any(opens <= moment < closes for opens, closes in spans_on(day, rows, holidays)):
            return True
    return False if rows or any(is_holiday(one, moment.date()) for one in holidays) else None


def spans_on(
    day: date, hours: Iterable[Opening], holidays: Sequence[DayOff]
) -> list[tuple[datetime, datetime]]:
    """When it opens and closes on a day, in local time, the earliest first."""
    off = [(one.opens_at, one.closes_at) for one in holidays if is_holiday(one, day)]
    pairs = off or [(row.opens_at, row.closes_at) for row in hours if is_on_day(row, day)]
    return sorted(_span(day, opens, closes) for opens, closes in pairs if opens and closes)


def closes_at(hours: Iterable[Opening], holidays: Sequence[DayOff], local: datetime) -> datetime | None:
    """When it really closes, in local time; ``None`` when nothing says that it closes within a week.

    A span that goes on where the one before ends, as directories write a house that is open through the night, is the
    same opening.
    """
    moment = local.replace(tzinfo=None)
    rows = list(hours)
    until: datetime | None = None
    for ahead in range(-1, _WEEK):
        for opens, closes in spans_on(moment.date() + ahead * _DAY, rows, holidays):
            if opens <= (until or moment) and closes > (until or moment):
                until = closes
    return until if until is None or until < moment + (_WEEK - 1) * _DAY else None


def opens_next(
    hours: Iterable[Opening], holidays: Sequence[DayOff], local: datetime, *, days: int = _WEEK + 1
) -> datetime | None:
    """When it opens next, in local time, looking some days ahead."""
    moment = local.replace(tzinfo=None)
    rows = list(hours)
    for ahead in range(days):
        for opens, _ in spans_on(moment.date() + ahead * _DAY, rows, holidays):
            if opens > moment:
                return opens
    return None


def is_on_day(row: Opening, day: date) -> bool:
    """Whether regular hours hold on a day."""
    if (row.starts_on and day < row.starts_on) or (row.ends_on and day > row.ends_on):
        return False
    last = monthrange(day.year, day.month)[1]
    if row.weekday is None:
        return row.month_day in (day.day, day.day - last - 1)
    if row.weekday != day.weekday():
        return False
    if row.nth is None:
        return True
    return row.nth == ((day.day - 1) // 7 + 1 if row.nth > 0 else -1 - (last - day.day) // 7)


def is_holiday(off: DayOff, day: date) -> bool:
    """Whether a holiday covers a day."""
    if not off.every_year:
        return off.starts_on <= day <= off.ends_on
    if off.ends_on - off.starts_on >= _YEAR:
        return True
    first, last, today = (_month_and_day(one) for one in (off.starts_on, off.ends_on, day))
    return first <= today <= last if first <= last else today >= first or today <= last


def miles_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The distance between two points along the surface of the earth (haversine), in miles."""
    up = sin(radians(other_latitude - latitude) / 2) ** 2
    across = sin(radians(other_longitude - longitude) / 2) ** 2
    width = cos(radians(latitude)) * cos(radians(other_latitude))
    return EARTH_ACROSS * asin(sqrt(min(1.0, up + width * across)))


def freshness(as_of: datetime, at: datetime, kinds: Sequence[Freshness]) -> Freshness:
    """How far a figure is trusted at a moment."""
    age = at - as_of
    return next(kind for kind in kinds if kind.within is None or age <= kind.within)


def trust_at(age: timedelta, half_life: timedelta) -> float:
    """How far a figure is trusted at an age, out of 1: half of it is left after each half-life."""
    return 1.0 if age <= timedelta() else float(0.5 ** (age / half_life))


def open_places(*, free: int | None, ready: int | None, staffed: int | None) -> int | None:
    """How many would be taken now. What was not told is ``None`` and never 0; what nobody can be put into is 0.

    Accepting is what counts. Where it was not told, a place without staff or without a clean bed is still known to
    take nobody; anything else is unknown, however many beds stand empty.
    """
    if free is not None:
        return free
    return 0 if 0 in (ready, staffed) else None


def _said(said: set[Phrase], table: Mapping[str, NeedWords]) -> set[str]:
    found = set()
    for need, words in table.items():
        hits = said & words.words
        excused = said & words.without
        if any(not any(_within(hit, excuse) for excuse in excused) for hit in hits):
            found.add(need)
    return found


def _within(phrase: Phrase, longer: Phrase) -> bool:
    return any(
        longer[start : start + len(phrase)] == phrase for start in range(len(longer) - len(phrase) + 1)
    )


def _span(day: date, opens: time, closes: time) -> tuple[datetime, datetime]:
    """From when to when, in local time. Who writes the last minute of a day means its end."""
    tomorrow = closes <= opens or closes >= _LAST_MINUTE
    ends = time() if closes >= _LAST_MINUTE else closes
    return datetime.combine(day, opens), datetime.combine(day + tomorrow * _DAY, ends)


def _month_and_day(day: date) -> tuple[int, int]:
    return day.month, day.day
