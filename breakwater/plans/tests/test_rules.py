from datetime import timedelta

from breakwater.plans.rules import FURTHEST, order_of_work, reach, why_not_due
from breakwater.trust.testing import NOON


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
