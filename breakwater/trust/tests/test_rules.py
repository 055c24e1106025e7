"""How long somebody waits who did not get in."""

from datetime import timedelta

import pytest

from breakwater.trust.rules import FREE_BY_NAME, LONGEST_WAIT, REMEMBERED, wait_in_words, waits_until
from breakwater.trust.testing import NOON

SECOND = timedelta(seconds=1)


def wrong(times: int) -> list:
    return [NOON - SECOND * one for one in range(times)]


def test_a_few_mistakes_are_free():
    assert waits_until(wrong(FREE_BY_NAME - 1), free=FREE_BY_NAME, now=NOON) is None


@pytest.mark.parametrize(("further", "minutes"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 15), (40, 15)])
def test_each_further_one_doubles_the_wait_to_a_quarter_of_an_hour(further, minutes):
    until = waits_until(wrong(FREE_BY_NAME + further), free=FREE_BY_NAME, now=NOON)
    assert until == NOON + timedelta(minutes=minutes)


def test_who_has_waited_may_try_once_more():
    assert waits_until(wrong(FREE_BY_NAME), free=FREE_BY_NAME, now=NOON + timedelta(minutes=1)) is None


def test_what_is_an_hour_old_is_forgotten():
    assert waits_until(wrong(50), free=FREE_BY_NAME, now=NOON + REMEMBERED) is None


@pytest.mark.parametrize(
    ("length", "words"),
    [(SECOND, "Wait 1 minute,"), (61 * SECOND, "Wait 2 minutes,"), (LONGEST_WAIT, "Wait 15 minutes,")],
)
def test_the_wait_is_told_in_whole_minutes_rounded_up(length, words):
    assert words in wait_in_words(length)
