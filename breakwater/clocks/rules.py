"""When a clock is due: pure, told the moment, the zone and the holidays.

Moments come in with any zone and go out in UTC. Python adds to a local moment by the clock on the wall,
which is an hour wrong in the nights when that clock is set; so all is brought to UTC before anything is
counted.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from breakwater.kernel.days import end_of_day

HOURS, LOCAL_DAYS, LOCAL_MONTHS, BUSINESS_DAYS = "hours", "local_days", "local_months", "business_days"
CALENDARS = (HOURS, LOCAL_DAYS, LOCAL_MONTHS, BUSINESS_DAYS)

_SATURDAY, _DECEMBER = 5, 12
_A_DAY, _A_SECOND = timedelta(days=1), timedelta(seconds=1)
_LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock may run, and by which calendar it is counted.

    Args:
        calendar: ``hours`` counts elapsed time, however the clock on the wall is set meanwhile.
            ``local_days``, ``local_months`` and ``business_days`` end with the last second of a day where the
            agency is; the day on which the clock starts does not count.
        time: for ``hours``.
        count: how many days, months or business days, for the others.
    """

    calendar: str
    time: timedelta = timedelta()
    count: int = 0

    def __post_init__(self) -> None:
        if self.calendar not in CALENDARS:
            raise ValueError(f"{self.calendar} is not a calendar")
        if (self.time if self.calendar == HOURS else timedelta(self.count)) <= timedelta():
            raise ValueError("a clock runs for some time")


def due_at(
    limit: Limit,
    started_at: datetime,
    *,
    zone: tzinfo,
    holidays: Collection[date] = (),
    pauses: Iterable[tuple[datetime, datetime]] = (),
) -> datetime:
    """The instant a clock is due, with the time it stood still counted out.

    Args:
        pauses: when it stood still, from and until; finished, and none within another.

    Raises:
        ValueError: a moment carries no zone, or pauses overlap.
    """
    start = _utc(started_at)
    stood_still = sorted((max(_utc(paused), start), max(_utc(resumed), start)) for paused, resumed in pauses)
    if any(resumed > next_paused for (_, resumed), (next_paused, _) in pairwise(stood_still)):
        raise ValueError("a clock stands still once at a time")
    due = start + limit.time if limit.calendar == HOURS else _last_second(limit, start, zone, holidays)
    for paused_at, resumed_at in stood_still:
        due = due_after_pause(
            due,
            calendar=limit.calendar,
            paused_at=paused_at,
            resumed_at=resumed_at,
            zone=zone,
            holidays=holidays,
        )
    return due


def due_after_pause(
    due: datetime,
    *,
    calendar: str,
    paused_at: datetime,
    resumed_at: datetime,
    zone: tzinfo,
    holidays: Collection[date] = (),
) -> datetime:
    """When a clock is due that stood still for a while: what was left at the pause is left at its end.

    Hours come back to the second. Of days, as many come back as midnights passed: paused on Monday and
    resumed on Wednesday, it is due two days later. A pause that began after it was due changes nothing.
    """
    due, paused_at, resumed_at = _utc(due), _utc(paused_at), _utc(resumed_at)
    if paused_at >= due or resumed_at <= paused_at:
        return due
    if calendar == HOURS:
        return due + (resumed_at - paused_at)
    last, paused_on, resumed_on = (moment.astimezone(zone).date() for moment in (due, paused_at, resumed_at))
    if calendar == BUSINESS_DAYS:
        left = business_days_between(paused_on, last, holidays)
        return end_of_day(max(last, add_business_days(resumed_on, left, holidays)), zone)
    return end_of_day(last + (resumed_on - paused_on), zone)


def due_soon_at(started_at: datetime, due: datetime, lead: timedelta | float) -> datetime:
    """When a clock begins to be due soon: ``lead`` before it is due, but not before half its time has run.

    Args:
        lead: a length of time, or a part of the clock's whole time such as ``0.25``.
    """
    start, end = _utc(started_at), _utc(due)
    ahead = lead if isinstance(lead, timedelta) else (end - start) * lead
    return end - min(ahead, (end - start) / 2)


def add_business_days(first: date, days: int, holidays: Collection[date]) -> date:
    """The n-th day after a day that is neither a Saturday, a Sunday nor a holiday."""
    last = first
    while days > 0:
        last += _A_DAY
        days -= _is_business_day(last, holidays)
    return last


def business_days_between(first: date, last: date, holidays: Collection[date]) -> int:
    """How many business days follow ``first``, up to and with ``last``."""
    days = (first + timedelta(n) for n in range(1, (last - first).days + 1))
    return sum(_is_business_day(day, holidays) for day in days)


def add_months(first: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day."""
    years, month = divmod(first.month - 1 + months, _DECEMBER)
    year, month = first.year + years, month + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def by_when(due: datetime, *, now: datetime, zone: tzinfo) -> str:
    """A moment as one says it aloud: ``21:40``, ``Tue 24 Nov 21:40``, ``the end of Tue 24 Nov``.

    The hour that comes twice in autumn says which of the two it is: ``01:30 EST``.
    """
    local, today = due.astimezone(zone), now.astimezone(zone).date()
    day = "" if local.date() == today else f"{local:%a} {local.day} {local:%b}"
    day += "" if local.year == today.year else f" {local.year}"
    if local.time() >= _LAST_MINUTE:
        return f"the end of {day or 'today'}"
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    comes_twice = first is not None and second is not None and first > second
    return " ".join(filter(None, (day, f"{local:%H:%M}", local.tzname() if comes_twice else "")))


def _last_second(limit: Limit, start: datetime, zone: tzinfo, holidays: Collection[date]) -> datetime:
    first = start.astimezone(zone).date()
    if limit.calendar == BUSINESS_DAYS:
        return end_of_day(add_business_days(first, limit.count, holidays), zone)
    if limit.calendar == LOCAL_MONTHS:
        return end_of_day(add_months(first, limit.count), zone)
    return end_of_day(first + timedelta(limit.count), zone)


def _is_business_day(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment carries its zone")
    return moment.astimezone(UTC)
