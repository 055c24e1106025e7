"""When a clock is due, wherever and whenever: no database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.clocks.library import PROFILES
from breakwater.clocks.rules import (
    BUSINESS_DAYS,
    CALENDARS,
    HOURS,
    LOCAL_DAYS,
    LOCAL_MONTHS,
    Limit,
    add_business_days,
    add_months,
    business_days_between,
    by_when,
    due_after_pause,
    due_at,
    due_soon_at,
)
from breakwater.kernel.days import end_of_day

NEW_YORK = ZoneInfo("America/New_York")
LONDON = ZoneInfo("Europe/London")
PLACES = [
    ZoneInfo(name)
    for name in (
        "America/New_York", "America/Phoenix", "America/St_Johns", "Europe/London", "Asia/Kathmandu",
        "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Honolulu", "UTC",
        # where midnight itself comes twice or not at all
        "America/Havana", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Asuncion",
    )
]  # fmt: skip
HOLIDAYS = PROFILES["us"].holidays
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)

places = st.sampled_from(PLACES)
moments = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
lengths = st.timedeltas(timedelta(minutes=1), timedelta(days=120)).map(
    lambda length: timedelta(seconds=length // SECOND)
)
limits = st.one_of(
    lengths.map(lambda length: Limit(HOURS, time=length)),
    st.builds(
        Limit, calendar=st.sampled_from(CALENDARS[1:]), time=st.just(timedelta()), count=st.integers(1, 40)
    ),
)
pauses = st.lists(st.tuples(lengths, lengths), max_size=3)


def in_(zone: ZoneInfo, *when: int, fold: int = 0) -> datetime:
    return datetime(*when, fold=fold, tzinfo=zone)


def hours(limit: float, start: datetime, zone: ZoneInfo = NEW_YORK) -> datetime:
    return due_at(Limit(HOURS, time=timedelta(hours=limit)), start, zone=zone)


def days(count: int, start: datetime, zone: ZoneInfo = NEW_YORK, calendar: str = LOCAL_DAYS) -> datetime:
    return due_at(Limit(calendar, count=count), start, zone=zone, holidays=HOLIDAYS).astimezone(zone)


# --- hours


def test_forty_eight_hours_are_forty_eight_hours():
    assert hours(48, in_(NEW_YORK, 2026, 11, 23, 21, 40)) == in_(NEW_YORK, 2026, 11, 25, 21, 40)


def test_the_hour_that_is_skipped_in_spring_is_not_lived_through():
    """Clocks go from 2 to 3 in the night to 8 March 2026: 48 hours end an hour later on the wall."""
    assert hours(48, in_(NEW_YORK, 2026, 3, 7, 12)) == in_(NEW_YORK, 2026, 3, 9, 13)


def test_the_hour_that_comes_twice_in_autumn_is_lived_through_twice():
    assert hours(48, in_(NEW_YORK, 2026, 10, 31, 12)) == in_(NEW_YORK, 2026, 11, 2, 11)


def test_the_first_and_the_second_half_past_one_are_an_hour_apart():
    first, second = (in_(NEW_YORK, 2026, 11, 1, 1, 30, fold=fold) for fold in (0, 1))
    assert hours(4, second) - hours(4, first) == HOUR


def test_on_lord_howe_island_clocks_are_set_by_half_an_hour():
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert hours(24, in_(lord_howe, 2026, 10, 3, 12), lord_howe) == in_(lord_howe, 2026, 10, 4, 12, 30)


def test_the_last_day_of_february_in_a_leap_year_is_a_day():
    assert hours(48, in_(NEW_YORK, 2028, 2, 28, 9)) == in_(NEW_YORK, 2028, 3, 1, 9)
    assert hours(48, in_(NEW_YORK, 2027, 2, 28, 9)) == in_(NEW_YORK, 2027, 3, 2, 9)


def test_a_clock_runs_through_new_years_eve():
    assert hours(4, in_(NEW_YORK, 2026, 12, 31, 22)) == in_(NEW_YORK, 2027, 1, 1, 2)


@given(moments, lengths, places)
def test_hours_are_elapsed_time_in_any_zone(start, length, zone):
    assert due_at(Limit(HOURS, time=length), start.astimezone(zone), zone=zone) - start == length


# --- local days


def test_snap_filed_on_10_may_is_usable_on_17_may():
    """Source: docs/sources.md#snap-nd-430-05-20-50-10."""
    assert days(7, in_(NEW_YORK, 2026, 5, 10, 15, 30)) == in_(NEW_YORK, 2026, 5, 17, 23, 59, 59)


def test_seen_on_1_march_8_march_is_within_seven_days_and_9_march_is_not():
    """Source: docs/sources.md#hedis-fum."""
    due = days(7, in_(NEW_YORK, 2026, 3, 1, 0, 5))
    assert in_(NEW_YORK, 2026, 3, 8, 23, 30) < due < in_(NEW_YORK, 2026, 3, 9, 0, 0, 1)


def test_which_day_it_is_depends_on_where_the_agency_is():
    """A quarter to seven in the evening in Greenwich is half past midnight of the next day in Nepal."""
    kathmandu = ZoneInfo("Asia/Kathmandu")
    start = datetime(2026, 4, 13, 18, 45, tzinfo=UTC)
    assert days(1, start, kathmandu) == in_(kathmandu, 2026, 4, 15, 23, 59, 59)
    assert days(1, start, NEW_YORK) == in_(NEW_YORK, 2026, 4, 14, 23, 59, 59)


def test_a_day_ends_when_it_is_over_for_good():
    """In Cairo, at midnight after 29 October 2026 the clock goes back to 23:00: that hour comes twice."""
    cairo = ZoneInfo("Africa/Cairo")
    last = end_of_day(date(2026, 10, 29), cairo)
    assert last == in_(cairo, 2026, 10, 29, 23, 59, 59, fold=1).astimezone(UTC)
    assert (last + SECOND).astimezone(cairo).date() == date(2026, 10, 30)


def test_a_day_that_begins_at_one_ends_the_day_before_at_midnight():
    """In Havana, 8 March 2026 begins at 01:00."""
    havana = ZoneInfo("America/Havana")
    assert end_of_day(date(2026, 3, 7), havana) + SECOND == in_(havana, 2026, 3, 8, 1)


def test_a_day_whose_first_hour_comes_twice_begins_with_the_first():
    """In Havana, 1 November 2026 has two hours after midnight."""
    havana = ZoneInfo("America/Havana")
    assert end_of_day(date(2026, 10, 31), havana) + SECOND == in_(havana, 2026, 11, 1, 0).astimezone(UTC)


def test_before_2012_midnight_came_twice_in_newfoundland():
    """At 00:01 the clock went back to 23:01 of the day before."""
    st_johns = ZoneInfo("America/St_Johns")
    last = end_of_day(date(2010, 11, 6), st_johns)
    assert last == in_(st_johns, 2010, 11, 6, 23, 59, 59, fold=1).astimezone(UTC)


@given(moments, st.integers(1, 400), places)
def test_local_days_end_with_the_last_second_of_the_right_day(start, count, zone):
    due = due_at(Limit(LOCAL_DAYS, count=count), start, zone=zone)
    assert due.astimezone(zone).date() == start.astimezone(zone).date() + timedelta(count)
    assert (due + SECOND).astimezone(zone).date() > due.astimezone(zone).date()


# --- months


@pytest.mark.parametrize(
    ("first", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 5, 6), 13, date(2027, 6, 6)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(first, months, then):
    assert add_months(first, months) == then


def test_a_decision_of_31_january_is_challenged_by_the_end_of_february():
    """Source: docs/sources.md#dwp-mandatory-reconsideration."""
    start = in_(LONDON, 2027, 1, 31, 10)
    assert days(1, start, LONDON, LOCAL_MONTHS) == in_(LONDON, 2027, 2, 28, 23, 59, 59)


# --- business days


def test_one_business_day_from_a_friday_is_a_monday():
    assert days(1, in_(NEW_YORK, 2026, 11, 20, 9), calendar=BUSINESS_DAYS).date() == date(2026, 11, 23)


def test_thanksgiving_is_stepped_over():
    assert days(1, in_(NEW_YORK, 2026, 11, 25, 9), calendar=BUSINESS_DAYS).date() == date(2026, 11, 27)


def test_a_holiday_kept_on_the_friday_before_is_stepped_over():
    """4 July 2026 is a Saturday."""
    assert days(1, in_(NEW_YORK, 2026, 7, 2, 9), calendar=BUSINESS_DAYS).date() == date(2026, 7, 6)


def test_business_days_run_over_the_year_end():
    assert days(2, in_(NEW_YORK, 2026, 12, 31, 9), calendar=BUSINESS_DAYS).date() == date(2027, 1, 5)


@given(st.dates(date(2015, 1, 1), date(2035, 1, 1)), st.integers(0, 300))
def test_business_days_are_counted_back_as_they_were_added(first, count):
    last = add_business_days(first, count, HOLIDAYS)
    assert business_days_between(first, last, HOLIDAYS) == count
    assert count == 0 or (last.weekday() < 5 and last not in HOLIDAYS)


# --- any calendar


@given(limits, moments, places)
def test_a_clock_is_always_due_after_it_starts(limit, start, zone):
    assert due_at(limit, start, zone=zone, holidays=HOLIDAYS) > start


@given(limits, moments, places, places)
def test_the_zone_in_which_a_start_is_written_does_not_matter(limit, start, zone, written_in):
    here = due_at(limit, start, zone=zone, holidays=HOLIDAYS)
    assert here == due_at(limit, start.astimezone(written_in), zone=zone, holidays=HOLIDAYS)
    assert here.tzinfo is UTC


@given(limits, moments, lengths, places)
def test_whoever_starts_later_is_never_due_earlier(limit, start, later, zone):
    first, second = (due_at(limit, moment, zone=zone, holidays=HOLIDAYS) for moment in (start, start + later))
    assert first <= second


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="carries its zone"):
        due_at(Limit(HOURS, time=HOUR), datetime(2026, 1, 1), zone=NEW_YORK)


@pytest.mark.parametrize(
    ("calendar", "amount"),
    [(HOURS, {"count": 3}), (LOCAL_DAYS, {"time": HOUR}), (BUSINESS_DAYS, {"count": 0})],
)
def test_a_clock_that_runs_no_time_at_all_is_refused(calendar, amount):
    with pytest.raises(ValueError, match="runs for some time"):
        Limit(calendar, **amount)


def test_there_are_four_calendars():
    with pytest.raises(ValueError, match="not a calendar"):
        Limit("fortnights", count=1)


# --- standing still


def test_time_stood_still_is_counted_out():
    start = in_(NEW_YORK, 2026, 6, 1, 12)
    stood_still = [(start + 4 * HOUR, start + 10 * HOUR), (start + 20 * HOUR, start + 21 * HOUR)]
    due = due_at(Limit(HOURS, time=48 * HOUR), start, zone=NEW_YORK, pauses=stood_still)
    assert due == start.astimezone(UTC) + 55 * HOUR


def test_a_pause_over_the_night_when_clocks_are_set_is_as_long_as_it_lasted():
    """From Saturday 22:00 to Sunday 10:00 on the wall are 11 hours in March."""
    start = in_(NEW_YORK, 2026, 3, 7, 12)
    pause = (in_(NEW_YORK, 2026, 3, 7, 22), in_(NEW_YORK, 2026, 3, 8, 10))
    due = due_at(Limit(HOURS, time=48 * HOUR), start, zone=NEW_YORK, pauses=[pause])
    assert due == hours(48 + 11, start)


def test_a_pause_from_monday_to_wednesday_gives_two_days_back():
    start = in_(NEW_YORK, 2026, 6, 1, 9)
    pause = (in_(NEW_YORK, 2026, 6, 1, 18), in_(NEW_YORK, 2026, 6, 3, 8))
    due = due_at(Limit(LOCAL_DAYS, count=7), start, zone=NEW_YORK, pauses=[pause])
    assert due.astimezone(NEW_YORK).date() == date(2026, 6, 10)


def test_a_pause_within_one_day_gives_no_day_back():
    start = in_(NEW_YORK, 2026, 6, 1, 9)
    pause = (in_(NEW_YORK, 2026, 6, 2, 8), in_(NEW_YORK, 2026, 6, 2, 18))
    due = due_at(Limit(LOCAL_DAYS, count=7), start, zone=NEW_YORK, pauses=[pause])
    assert due.astimezone(NEW_YORK).date() == date(2026, 6, 8)


def test_business_days_left_at_a_pause_are_left_at_its_end():
    """Three are left on Tuesday; counted on from Thursday they end on the Tuesday after."""
    start = in_(NEW_YORK, 2026, 6, 1, 9)
    pause = (in_(NEW_YORK, 2026, 6, 2, 9), in_(NEW_YORK, 2026, 6, 4, 9))
    due = due_at(Limit(BUSINESS_DAYS, count=4), start, zone=NEW_YORK, pauses=[pause])
    assert due.astimezone(NEW_YORK).date() == date(2026, 6, 9)


def test_a_pause_after_the_clock_was_due_changes_nothing():
    start = in_(NEW_YORK, 2026, 6, 1, 9)
    pause = (start + 5 * HOUR, start + 50 * HOUR)
    assert due_at(Limit(HOURS, time=4 * HOUR), start, zone=NEW_YORK, pauses=[pause]) == hours(4, start)


def test_a_clock_does_not_stand_still_twice_at_once():
    start = in_(NEW_YORK, 2026, 6, 1, 9)
    overlapping = [(start + HOUR, start + 4 * HOUR), (start + 3 * HOUR, start + 5 * HOUR)]
    with pytest.raises(ValueError, match="once at a time"):
        due_at(Limit(HOURS, time=48 * HOUR), start, zone=NEW_YORK, pauses=overlapping)


def stood_still_from(
    start: datetime, gaps: list[tuple[timedelta, timedelta]]
) -> list[tuple[datetime, datetime]]:
    made, free = [], start
    for run, stand in gaps:
        made.append((free + run, free + run + stand))
        free = made[-1][1]
    return made


@given(limits, moments, pauses, places)
def test_standing_still_never_makes_a_clock_due_earlier(limit, start, gaps, zone):
    stood_still = stood_still_from(start, gaps)
    without = due_at(limit, start, zone=zone, holidays=HOLIDAYS)
    due = due_at(limit, start, zone=zone, holidays=HOLIDAYS, pauses=stood_still)
    assert due >= without
    assert due == due_at(limit, start, zone=zone, holidays=HOLIDAYS, pauses=reversed(stood_still))


@given(lengths, moments, pauses, places)
def test_hours_are_given_back_to_the_second(length, start, gaps, zone):
    stood_still = stood_still_from(start, gaps)
    due = due_at(Limit(HOURS, time=length), start, zone=zone, pauses=stood_still)
    ran = (due - start) - sum((until - since for since, until in stood_still if since < due), timedelta())
    assert ran == length


@given(limits, moments, lengths, lengths, lengths, places)
def test_to_pause_twice_in_a_row_is_to_pause_once(limit, start, run, first, second, zone):
    """A pause cut in two at any moment gives back no less than the whole, and of hours just as much."""
    cut = start + run + first
    whole = due_at(limit, start, zone=zone, holidays=HOLIDAYS, pauses=[(start + run, cut + second)])
    halves = due_at(
        limit, start, zone=zone, holidays=HOLIDAYS, pauses=[(start + run, cut), (cut, cut + second)]
    )
    assert halves >= whole
    assert limit.calendar == BUSINESS_DAYS or halves == whole


@given(moments, lengths, places, st.sampled_from(CALENDARS))
def test_a_pause_that_ends_as_it_begins_changes_nothing(due, length, zone, calendar):
    paused_at = due - length
    assert due == due_after_pause(
        due, calendar=calendar, paused_at=paused_at, resumed_at=paused_at, zone=zone
    )


# --- due soon


def test_a_clock_is_due_soon_a_lead_ahead_or_a_part_of_its_time():
    start = in_(NEW_YORK, 2026, 6, 1, 12)
    assert due_soon_at(start, start + 48 * HOUR, 6 * HOUR) == start + 42 * HOUR
    assert due_soon_at(start, start + 48 * HOUR, 0.25) == start + 36 * HOUR


def test_a_lead_longer_than_half_the_time_begins_at_half():
    start = in_(NEW_YORK, 2026, 6, 1, 12)
    assert due_soon_at(start, start + 4 * HOUR, 12 * HOUR) == start + 2 * HOUR


def test_the_lead_is_elapsed_time_too():
    start, due = in_(NEW_YORK, 2026, 3, 7, 12), in_(NEW_YORK, 2026, 3, 9, 13)
    assert due_soon_at(start, due, 0.5) == hours(24, start)


@given(moments, lengths, st.one_of(lengths, st.floats(0.01, 0.99)))
def test_due_soon_lies_between_start_and_due(start, length, lead):
    assert start <= due_soon_at(start, start + length, lead) <= start + length


# --- in words


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ((2026, 11, 23, 21, 40), "21:40"),
        ((2026, 11, 24, 1, 5), "Tue 24 Nov 01:05"),
        ((2026, 11, 23, 23, 59, 59), "the end of today"),
        ((2026, 11, 30, 23, 59, 59), "the end of Mon 30 Nov"),
        ((2027, 1, 4, 9), "Mon 4 Jan 2027 09:00"),
    ],
)
def test_a_moment_is_said_as_one_says_it_aloud(due, said):
    now = in_(NEW_YORK, 2026, 11, 23, 19)
    assert by_when(in_(NEW_YORK, *due), now=now, zone=NEW_YORK) == said


def test_the_hour_that_comes_twice_says_which_it_is():
    now = in_(NEW_YORK, 2026, 10, 31, 22)
    said = [by_when(in_(NEW_YORK, 2026, 11, 1, 1, 30, fold=fold), now=now, zone=NEW_YORK) for fold in (0, 1)]
    assert said == ["Sun 1 Nov 01:30 EDT", "Sun 1 Nov 01:30 EST"]


@given(moments, st.timedeltas(timedelta(), timedelta(days=300)), places)
def test_two_moments_an_hour_apart_are_never_said_alike(due, ahead, zone):
    said = {by_when(moment, now=due - ahead, zone=zone) for moment in (due, due + HOUR)}
    assert len(said) == 2 or all("the end of" in one for one in said)
