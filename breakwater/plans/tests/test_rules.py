from datetime import timedelta

from breakwater.clocks.library import PROFILES
from breakwater.plans.library import FORM, MATRIX
from breakwater.plans.models import SafetyPlan
from breakwater.plans.rules import (
    FURTHEST,
    Change,
    change,
    changes,
    entries_of,
    first_in_need,
    lacking,
    levels_as_text,
    levels_from,
    mean_level,
    order_of_work,
    polygon,
    reach,
    why_not_due,
)
from breakwater.trust.testing import NOON
from breakwater.ui.emergency import EMERGENCY
from breakwater.ui.languages import LANGUAGES


def test_a_need_reaches_what_it_feeds_directly_and_through_others():
    feeds = {"address": ["benefits"], "benefits": ["food", "rent"], "food": [], "rent": []}
    assert reach(feeds) == {"address": 3, "benefits": 2, "food": 0, "rent": 0}


def test_needs_that_feed_each_other_in_a_circle_are_counted_once():
    assert reach({"sleep": ["work"], "work": ["rent"], "rent": ["sleep"]}) == {
        "sleep": 2,
        "work": 2,
        "rent": 2,
    }


def test_work_begins_with_the_need_that_feeds_most_others():
    feeds = {"food": [], "address": ["benefits"], "benefits": ["food"]}
    assert order_of_work(feeds) == ["address", "benefits", "food"]


def test_needs_that_feed_nothing_keep_the_order_they_came_in():
    assert order_of_work({"b": [], "a": [], "c": []}) == ["b", "a", "c"]


def test_a_need_that_feeds_one_that_ended_does_no_harm():
    assert reach({"address": ["gone"]}) == {"address": 1}


def test_a_step_is_due_in_the_future_and_within_a_year():
    assert why_not_due(NOON + timedelta(hours=2), at=NOON) == ""
    assert "still to come" in why_not_due(NOON, at=NOON)
    assert "Check the year" in why_not_due(NOON + FURTHEST + timedelta(days=1), at=NOON)


def test_a_section_has_as_many_entries_as_lines_that_say_something():
    assert entries_of(" one \n\n \ntwo\r\n") == ["one", "two"]
    assert lacking({"signs": "one", "lines": " "}, {"signs": 1, "lines": 1, "reasons": 0, "people": 2}) == [
        "lines",
        "people",
    ]


def test_a_change_is_what_came_and_what_went_whatever_the_order():
    assert not change("a\nb", "b\n a")
    assert change("a\nb", "b\nc") == Change(came=("c",), went=("a",))
    assert changes({"one": "a", "two": "b"}, {"one": "a", "two": ""}) == {"two": Change(went=("b",))}


def test_levels_are_kept_as_a_text_and_come_back():
    levels = {"housing": 1, "food": 3, "safety": 2}
    assert levels_from(levels_as_text(levels)) == levels
    assert (mean_level(levels), mean_level({})) == (2, None)
    assert first_in_need(levels, low=2) == ["housing", "safety"]


def test_a_radar_begins_at_the_top_and_leaves_out_what_does_not_apply():
    assert polygon([5, None, 5, 1], most=5, radius=100) == [(0.0, -100.0), (0.0, 100.0), (-20.0, 0.0)]


def test_the_form_asks_the_sections_of_practice_and_speaks_both_languages():
    needed = [code for code, least in FORM.least.items() if least]
    assert needed == ["warning_signs", "own_coping", "people_to_ask", "professionals", "surroundings"]
    assert all(section.title.keys() == LANGUAGES.keys() for section in FORM.sections.values())
    assert set(EMERGENCY) == set(PROFILES)
    assert (len(MATRIX.domains), list(MATRIX.levels), MATRIX.low) == (18, [1, 2, 3, 4, 5], 2)
    assert set(FORM.sections) == set(SafetyPlan().words)
