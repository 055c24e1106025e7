"""Regular hours: days of the week, or recurrence rules of the newer specification.

A rule that cannot be told as days of the week or of the month is kept in words, and nothing is worked out from it.
"""

import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from breakwater.formats.hsds import records
from breakwater.formats.hsds.makers import Made, Values, Where, ownerless
from breakwater.formats.hsds.values import WEEKDAYS
from breakwater.formats.problems import Weight

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_LAST_MONTH_DAY = 31

Day = tuple[int | None, int | None, int | None]
"""A day of the week, which one of the month, a day of the month."""


class NotADay(ValueError):
    """The rule names something that is no day; the message is the reason."""


def hours(found: Values, where: Where) -> Made:
    """When it is open. One row may name several days; neither time means closed on them."""
    if problem := ownerless(found, where):
        yield problem
        return
    opens_at, closes_at = found.pop("opens_at", None), found.pop("closes_at", None)
    if (opens_at is None) != (closes_at is None):
        missing, there = ("opens_at", "closing") if opens_at is None else ("closes_at", "opening")
        yield where.problem(missing, "", f"is empty, but there is a time of {there}", id_=found.get("id", ""))
        return
    try:
        days = list(_days(found))
    except NotADay as reason:
        yield where.problem("byday", found.get("byday", ""), str(reason), id_=found.get("id", ""))
        return
    if opens_at is None and "weekday" not in found:
        found["description"] = "\n".join(filter(None, (_named_days(days), found.get("description", ""))))
        days = []
    if not days and not _words(found, opens_at, closes_at):
        yield where.problem("weekday", "", "is empty, and no words say when", id_=found.get("id", ""))
        return
    yield from _rows(found, days, (opens_at, closes_at), where)


def _rows(found: Values, days: list[Day], times: tuple[time | None, time | None], where: Where) -> Made:
    opens_at, closes_at = times
    if opens_at and closes_at and closes_at != time(0) and closes_at <= opens_at:
        reason = f"is not after the opening time {opens_at:%H:%M}; read as the next day"
        yield where.problem(
            "closes_at", f"{closes_at:%H:%M}", reason, Weight.DOUBTFUL, id_=found.get("id", "")
        )
    of = {name: found.get(name, "") for name in ("id", "location_id", "service_id", "service_at_id")}
    starts = found.get("valid_from") or found.get("dtstart")
    ends = min(filter(None, (found.get("valid_to"), found.get("until"))), default=None)
    if not days:
        yield records.Hours(
            **where.at(), **of, starts_on=starts, ends_on=ends, words=_words(found, opens_at, closes_at)
        )
    for weekday, nth, month_day in days:
        yield records.Hours(
            **where.at(),
            **of,
            weekday=weekday,
            nth=nth,
            month_day=month_day,
            opens_at=opens_at,
            closes_at=closes_at,
            starts_on=starts,
            ends_on=ends,
            words=_notes(found),
        )


def _days(found: Values) -> Iterator[Day]:
    """The days that a row names; none when only words can tell."""
    if "weekday" in found:
        yield found["weekday"], None, None
        return
    frequency = found.get("freq", "").strip().upper()
    if _is_beyond_us(found) or frequency not in ("WEEKLY", "MONTHLY", ""):
        return
    by_day = [part for part in re.split(r"[,;\s]+", found.get("byday", "").upper()) if part]
    for part in by_day:
        named = _BY_DAY.fullmatch(part)
        if not named:
            raise NotADay(f"“{part}” is not a day such as MO or -1FR")
        if named[1] or frequency != "MONTHLY":
            yield _DAYS.index(named[2]), int(named[1]) if named[1] else None, None
        else:
            yield from ((_DAYS.index(named[2]), nth, None) for nth in (1, 2, 3, 4, 5))
    if not by_day and frequency == "MONTHLY":
        yield from ((None, None, day) for day in _month_days(found))
    if not by_day and frequency == "WEEKLY" and isinstance(found.get("dtstart"), date):
        yield found["dtstart"].weekday(), None, None


def _month_days(found: Values) -> Iterator[int]:
    for part in filter(None, re.split(r"[,;\s]+", found.get("bymonthday", ""))):
        if not re.fullmatch(r"[+-]?\d{1,2}", part) or not 1 <= abs(int(part)) <= _LAST_MONTH_DAY:
            raise NotADay(f"“{part}” is not a day of the month")
        yield int(part)


def _is_beyond_us(found: Values) -> bool:
    """Every second week, weeks or days of the year, so many times: told in words only."""
    every = found.get("interval", "").strip()
    rules = ("byweekno", "byyearday", "count")
    return every not in ("", "1", "1.0") or any(found.get(name, "").strip() for name in rules)


def _named_days(days: list[Day]) -> str:
    return ", ".join(
        dict.fromkeys(WEEKDAYS[weekday].title() for weekday, _, _ in days if weekday is not None)
    )


def _notes(found: dict[str, Any]) -> str:
    return "\n".join(part for part in (found.get("description", ""), found.get("notes", "")) if part.strip())


def _words(found: dict[str, Any], opens_at: time | None, closes_at: time | None) -> str:
    span = f"{opens_at:%H:%M}–{closes_at:%H:%M}" if opens_at and closes_at else ""
    return "\n".join(filter(None, (span, _notes(found))))
