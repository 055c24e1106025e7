"""Fields keep what a person typed exactly, and read a moment off the wall where they are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from breakwater.ui.fields import Line, Moment, Words


@pytest.fixture(autouse=True)
def new_york():
    with timezone.override(ZoneInfo("America/New_York")):
        yield


@pytest.mark.parametrize(
    "typed", ["  spaced  ", "\t", "a\r\nb\n\n", "ﷺ", "0", "<b>", "\u202ertl", "👩‍👩‍👧‍👦"]
)
@pytest.mark.parametrize("field", [Words, Line])
def test_what_was_typed_is_kept_as_typed(field, typed):
    assert field(required=False).clean(typed) == typed


@pytest.mark.parametrize("field", [Words, Line])
def test_a_character_that_cannot_be_kept_is_told_plainly(field):
    with pytest.raises(ValidationError, match=r"cannot be kept \(U\+0000\)"):
        field().clean("a\x00b")


def test_too_long_a_line_is_refused_and_says_by_how_much():
    with pytest.raises(ValidationError, match="at most 200 characters"):
        Line().clean("x" * 201)


@pytest.mark.parametrize(
    "typed", ["2026-11-23T21:40", "2026-11-23 21:40", "2026-11-23T21:40:00", " 2026-11-23 21:40 "]
)
def test_a_moment_is_read_in_the_actors_zone(typed):
    assert Moment().clean(typed) == datetime(2026, 11, 24, 2, 40, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["nine", "2026-13-01 10:00", "21:40", "2026-02-29 10:00"])
def test_a_moment_that_cannot_be_read_says_how_to_write_it(typed):
    with pytest.raises(ValidationError, match="like 2026-11-23 21:40"):
        Moment().clean(typed)


def test_nothing_is_no_moment():
    assert Moment(required=False).clean("") is None


@pytest.mark.parametrize(
    ("now", "meant"),
    [
        (datetime(2026, 11, 1, 5, 20, tzinfo=UTC), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (datetime(2026, 11, 1, 6, 40, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
    ],
)
def test_in_the_hour_that_comes_twice_the_nearest_is_meant(now, meant):
    field = Moment()
    field.now = now
    assert field.clean("2026-11-01 01:30") == meant


def test_the_hour_that_never_comes_keeps_nobody_from_saving():
    field = Moment()
    field.now = datetime(2026, 3, 8, 7, 5, tzinfo=UTC)
    assert field.clean("2026-03-08 02:30") == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_a_moment_that_has_a_zone_keeps_it():
    at = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    assert Moment().clean(at) == at
