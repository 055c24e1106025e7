"""Where a day ends: by the clock on the wall of a place, which is set now and then, and by no other.

Midnight may come twice, or not at all, in a night when that clock is set; a place that moves over the date line has
days that never are. So nobody else adds a day to a local midnight: every end of a day is worked out here, and told
in UTC.
"""

from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, tzinfo

_A_DAY, _A_SECOND = timedelta(days=1), timedelta(seconds=1)
_LAST_SECOND = time(23, 59, 59)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The last second of a day, after which it is over for good. Of a day that never was, of the one before it.

    In the first year and the last that can be written it is the same everywhere: what lies beyond cannot be told.
    """
    if day.year in (MINYEAR, MAXYEAR):
        return datetime.combine(day, _LAST_SECOND, tzinfo=UTC)
    midnight = datetime.combine(day + _A_DAY, time.min, tzinfo=zone)
    ends = [midnight.replace(fold=fold).astimezone(UTC) - _A_SECOND for fold in (0, 1)]
    return max(end for end in ends if end.astimezone(zone).date() <= day)


def day_after(day: date, zone: tzinfo) -> datetime:
    """The first moment at which a day is over: what holds until a day holds before it."""
    end = end_of_day(day, zone)
    return end + _A_SECOND if day < date.max else end


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day, when the one before it is over."""
    return day_after(day - _A_DAY, zone) if day > date.min else datetime.min.replace(tzinfo=UTC)
