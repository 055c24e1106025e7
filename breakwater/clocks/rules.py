"""When a clock is due: pure, told the moment, the zone and the holidays."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SATURDAY = 5
_END_OF_DAY = time(23, 59, 59)


def due_at(
    started_at: datetime,
    limit: timedelta,
    *,
    calendar: str,
    zone: ZoneInfo,
    holidays: Collection[date] = (),
    paused: timedelta = timedelta(),
) -> datetime:
    """The instant a clock is due.

    ``hours`` counts elapsed time, so a night when clocks change is neither longer nor shorter. ``local_days`` ends
    at the end of the n-th day after the start, day one being the day after. ``business_days`` does the same and
    steps over weekends and holidays. Time spent paused is added to elapsed hours, and in whole days to days.

    Raises:
        ValueError: the start carries no zone, or the calendar is not known.
    """
    if started_at.tzinfo is None:
        raise ValueError("a clock starts at a moment with a zone")
    if calendar == "hours":
        return started_at + limit + paused
    first = started_at.astimezone(zone).date()
    days = limit.days + -(-paused // timedelta(days=1))
    if calendar == "local_days":
        last = first + timedelta(days=days)
    elif calendar == "business_days":
        last = add_business_days(first, days, holidays)
    else:
        raise ValueError(f"{calendar} is not a calendar")
    return datetime.combine(last, _END_OF_DAY, tzinfo=zone).astimezone(started_at.tzinfo)


def add_business_days(first: date, days: int, holidays: Collection[date]) -> date:
    """The n-th working day after a day."""
    last = first
    while days > 0:
        last += timedelta(days=1)
        days -= last.weekday() < _SATURDAY and last not in holidays
    return last


def due_soon_at(started_at: datetime, due: datetime, lead: timedelta) -> datetime:
    """When a clock begins to be due soon: ``lead`` before it is due, but never before half its time has run."""
    return max(due - lead, started_at + (due - started_at) / 2)


def time_paused(pauses: Iterable[tuple[datetime, datetime | None]], *, at: datetime) -> timedelta:
    """How long a clock has stood still, counting an unfinished pause up to a moment."""
    return sum(((ended or at) - started for started, ended in pauses), timedelta())
