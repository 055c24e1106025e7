"""Where a day ends: by the clock on the wall of a place, which is set now and then, and by no other.

Midnight may come twice, or not at all, in a night when that clock is set; a place that moves over the date line has
days that never are. So nobody else adds a day to a local midnight: every end of a day is worked out here, and told
in UTC.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_A_DAY, _A_SECOND = timedelta(days=1), timedelta(seconds=1)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The last second of a day, after which it is over for good. Of a day that never was, of the one before it."""
    midnight = datetime.combine(day + _A_DAY, time.min, tzinfo=zone)
    ends = [midnight.replace(fold=fold).astimezone(UTC) - _A_SECOND for fold in (0, 1)]
    return max(end for end in ends if end.astimezone(zone).date() <= day)


def day_after(day: date, zone: tzinfo) -> datetime:
    """The first moment at which a day is over: what holds until a day holds before it."""
    return end_of_day(day, zone) + _A_SECOND


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day, when the one before it is over."""
    return day_after(day - _A_DAY, zone)
