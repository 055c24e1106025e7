"""Which clocks stand open on the case page, and what each of them is about."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from breakwater.clocks.models import Clock
from breakwater.desk.promises import AT_LEAST, NEAR, about_what, near_and_later

NOW = datetime(2026, 3, 8, 2, 0, tzinfo=UTC)


def due(*hours: float) -> list[Clock]:
    return [Clock(due_at=NOW + timedelta(hours=one)) for one in hours]


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        ([], 0),
        ([30, 40, 50], 3),
        ([-2, 1, 24, 25, 26, 27, 28, 29], AT_LEAST),
        ([-2, -1, 1, 2, 3, 23, 24, 25, 700], 7),
        ([-2, -1, 1, 2, 3, 23, 24, 25], 8),
    ],
    ids=[
        "none runs",
        "few are all shown",
        "the nearest five",
        "all that is due within a day",
        "one alone is not folded",
    ],
)
def test_what_is_late_or_due_within_a_day_stands_open(hours, shown):
    near, later = near_and_later(due(*hours), NOW)
    assert len(near) == shown
    assert [one.due_at for one in near + later] == [one.due_at for one in due(*hours)]
    assert all(one.due_at > NOW + NEAR for one in later)


def test_a_clock_says_which_step_it_is_about():
    step, letter = SimpleNamespace(pk=uuid4(), words="Ride to the courthouse at nine"), uuid4()
    found = {noun: [] for noun in ("safeguards", "handoffs", "applications", "placements", "waits")}
    asked = SimpleNamespace(pk=letter, to_name="Lantern Shelter")
    assert about_what(found | {"steps": [step], "referrals": [asked]}) == {
        step.pk: "Ride to the courthouse at nine",
        letter: "Lantern Shelter",
    }
