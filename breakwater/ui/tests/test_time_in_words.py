"""Time as it is told on a page: in words, in the reader's zone, across midnight, a year's end and a clock change."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.template import engines

from breakwater.ui.telling import length_of

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def told(how, it, *, now=NOON, zone=NEW_YORK):
    """What a filter says about a moment to a reader in a zone."""
    actor = SimpleNamespace(zone=zone)
    return engines.all()[0].env.from_string("{{ it|" + how + " }}").render(it=it, now=now, actor=actor)


@pytest.mark.parametrize(
    ("length", "says"),
    [
        (timedelta(seconds=59), "less than 1 min"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=9, hours=23), "9 d 23 h"),
        (timedelta(days=10, hours=23), "10 d"),
        (-timedelta(minutes=35), "35 min"),
    ],
)
def test_a_length_of_time_in_its_two_largest_units(length, says):
    assert length_of(length) == says


@pytest.mark.parametrize(
    ("at", "says"),
    [
        (NOON, "today 08:00"),
        (datetime(2026, 3, 10, 3, 59, tzinfo=UTC), "Mon 9 Mar 23:59"),
        (datetime(2026, 3, 11, 3, 59, tzinfo=UTC), "today 23:59"),
        (datetime(2026, 3, 11, 4, 0, tzinfo=UTC), "Wed 11 Mar 00:00"),
        (datetime(2026, 3, 8, 6, 59, tzinfo=UTC), "Sun 8 Mar 01:59"),
        (datetime(2026, 3, 8, 7, 0, tzinfo=UTC), "Sun 8 Mar 03:00"),
        (datetime(2026, 1, 1, 4, 59, tzinfo=UTC), "Wed 31 Dec 2025 23:59"),
        (None, ""),
    ],
)
def test_a_moment_is_told_on_the_readers_own_wall_clock(at, says):
    assert told("moment", at) == says


def test_a_moment_without_its_day():
    assert told("moment(with_day=false)", NOON) == "08:00"


def test_a_day_in_words():
    assert told("day", datetime(2026, 3, 10, 3, 0, tzinfo=UTC)) == "9 March 2026"
    assert told("day", date(2028, 2, 29)) == "29 February 2028"
    assert told("day", None) == ""


def test_a_moment_for_machines_keeps_its_zone():
    assert told("iso", NOON) == "2026-03-10T08:00-04:00"
    assert told("iso", None) == ""


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (1, "less than 1 min left"),
        (0, "less than 1 min left"),
        (-1, "less than 1 min late"),
        (4800, "1 h 20 min left"),
    ],
)
def test_what_is_due_is_left_until_its_very_second(seconds, says):
    assert told("left", NOON + timedelta(seconds=seconds)) == says


def test_how_long_ago():
    assert told("ago", NOON - timedelta(minutes=12)) == "12 min ago"
    assert told("ago", None) == "never"
