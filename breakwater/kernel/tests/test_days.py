"""Where a day ends, in every zone there is: told from the zones themselves, minute by minute, and not from our rule."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given
from hypothesis import strategies as st

from breakwater.kernel.days import day_after, end_of_day, start_of_day

ZONES = sorted(one for one in available_timezones() if "/" in one and not one.startswith(("Etc", "System")))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def over_for_good(day, zone):
    """The first minute after which it is never that day again, nor one before it: looked for backwards."""
    late = datetime(day.year, day.month, day.day, tzinfo=UTC) + 40 * HOUR
    for step in (HOUR, MINUTE):
        while late.astimezone(zone).date() > day:
            late -= step
        late += step
    return late


@given(zone=st.sampled_from(ZONES), day=st.dates(date(1995, 1, 1), date(2037, 12, 30)))
@example(zone="America/Havana", day=date(2026, 3, 7))
@example(zone="America/Havana", day=date(2026, 10, 31))
@example(zone="Africa/Cairo", day=date(2026, 10, 29))
@example(zone="America/St_Johns", day=date(2010, 11, 6))
@example(zone="America/Asuncion", day=date(2023, 9, 30))
@example(zone="Pacific/Apia", day=date(2011, 12, 29))
@example(zone="Pacific/Apia", day=date(2011, 12, 30))
@example(zone="Antarctica/Troll", day=date(2026, 10, 24))
def test_a_day_is_over_when_it_never_comes_back(zone, day):
    there = ZoneInfo(zone)
    after = day_after(day, there)
    assert after == over_for_good(day, there)
    assert after - end_of_day(day, there) == timedelta(seconds=1)
    assert start_of_day(day + timedelta(days=1), there) == after
    assert end_of_day(day, there).astimezone(there).date() <= day < after.astimezone(there).date()


def test_the_first_day_and_the_last_that_can_be_written_have_an_end_too():
    for zone in (UTC, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")):
        assert start_of_day(date.min, zone) <= end_of_day(date.min, zone) < day_after(date.min, zone)
        assert start_of_day(date.max, zone) < end_of_day(date.max, zone) == day_after(date.max, zone)
        assert start_of_day(date(2, 1, 1), zone) < day_after(date(2, 1, 1), zone)
        assert start_of_day(date(9998, 12, 31), zone) < day_after(date(9998, 12, 31), zone)
