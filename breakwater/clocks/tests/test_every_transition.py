"""SP-47: every night from 2007 to 2037 in which a clock of the United States is set, every leap day and every new year.

Told from the time zones themselves and not from our rules: no database.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from breakwater.clocks.rules import HOURS, LOCAL_DAYS, LOCAL_MONTHS, Limit, due_at
from breakwater.kernel.days import end_of_day

ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "America/Adak", "Pacific/Honolulu", "America/Detroit", "America/Boise",
    "America/Indiana/Indianapolis", "America/Indiana/Tell_City", "America/Kentucky/Louisville", "America/Metlakatla",
    "America/North_Dakota/Beulah", "America/Puerto_Rico", "Pacific/Guam", "Pacific/Pago_Pago",
)  # fmt: skip
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
FIRST, LAST = datetime(2007, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
NEVER_SET = {
    "America/Phoenix",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
    "Pacific/Pago_Pago",
}


def transitions(zone: ZoneInfo) -> Iterator[datetime]:
    """The moments at which the clock on the wall jumps, to the hour."""
    at, before = FIRST, FIRST.astimezone(zone).utcoffset()
    while at < LAST:
        after = (at + DAY).astimezone(zone).utcoffset()
        if after != before:
            yield next(
                at + n * HOUR for n in range(25) if (at + n * HOUR).astimezone(zone).utcoffset() == after
            )
        at, before = at + DAY, after


def days_to_try(zone: ZoneInfo) -> list[date]:
    """The day before each of them and the day itself, every last of February and of the year, and their eves."""
    set_on = [at.astimezone(zone).date() - n * DAY for at in transitions(zone) for n in (0, 1)]
    years = range(FIRST.year, LAST.year)
    ends = [date(year, 3, 1) - n * DAY for year in years for n in (1, 2)]
    return [*set_on, *ends, *(date(year, 12, day) for year in years for day in (30, 31))]


def is_last_second(moment: datetime, day: date, zone: ZoneInfo) -> bool:
    """Whether it is still that day, and never again a second later."""
    later = [(moment + n * HOUR + SECOND).astimezone(zone).date() for n in range(3)]
    return moment.astimezone(zone).date() == day and min(later) > day


@pytest.mark.parametrize("name", ZONES)
def test_hours_run_and_days_end_whatever_the_clock_on_the_wall_does(name):
    zone = ZoneInfo(name)
    tried = days_to_try(zone)
    for day in tried:
        assert is_last_second(end_of_day(day, zone), day, zone), day
        for hour in (0, 1, 2, 23):
            start = datetime(day.year, day.month, day.day, hour, 30, tzinfo=zone)
            for hours in (24, 48):
                due = due_at(Limit(HOURS, time=hours * HOUR), start, zone=zone)
                assert due.timestamp() - start.timestamp() == hours * 3600, start
            assert is_last_second(
                due_at(Limit(LOCAL_DAYS, count=1), start, zone=zone), first_day(start, zone) + DAY, zone
            )
        a_month_later = due_at(Limit(LOCAL_MONTHS, count=1), start, zone=zone)
        assert 28 <= (a_month_later.astimezone(zone).date() - day).days <= 31
    assert (len(tried) == 124) == (name in NEVER_SET), (
        "clocks are set twice a year, but for where they are not"
    )


def first_day(start: datetime, zone: ZoneInfo) -> date:
    """The day of a moment: what stands in the hour that is skipped lies an hour later."""
    return start.astimezone(UTC).astimezone(zone).date()


def test_a_leap_day_is_a_day():
    for year in range(2008, 2037, 4):
        assert end_of_day(date(year, 2, 29), UTC) - end_of_day(date(year, 2, 28), UTC) == DAY
