"""One address asks the public directory so often and no oftener; what it asked wears off, and nobody else waits."""

import pytest
from django.conf import settings as django
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater.interop.urls import urlpatterns
from breakwater.trust.pace import MOST_KNOWN, Pace


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 200), min_size=1, max_size=30), st.integers(1, 20))
def test_in_no_minute_is_anybody_answered_oftener_than_twice_what_is_allowed(moments, often):
    """As many at once as are allowed, and those that a minute gives back."""
    pace = Pace()
    answered = [at for at in sorted(moments) if pace.wait("somebody", often=often, at=at) == 0]
    for at in answered:
        assert sum(at <= other < at + 60 for other in answered) <= 2 * often
    assert answered[: min(often, len(moments))] == sorted(moments)[: min(often, len(moments))]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 200), min_size=1, max_size=30), st.integers(1, 9))
def test_who_waits_as_long_as_they_are_told_is_answered(moments, often):
    pace = Pace()
    for at in sorted(moments):
        if wait := pace.wait("somebody", often=often, at=at):
            assert 0 < wait <= 60 / often + 1e-6
            assert pace.wait("somebody", often=often, at=at + wait + 0.001) == 0
            return


def test_a_clock_that_goes_back_gives_nothing_back_and_takes_nothing():
    pace = Pace()
    assert pace.wait("somebody", often=1, at=100) == 0
    assert pace.wait("somebody", often=1, at=0) > 0


def test_it_remembers_so_many_and_no_more():
    pace = Pace()
    for number in range(MOST_KNOWN + 50):
        pace.wait(str(number), often=1, at=0)
    assert len(pace._asked) == MOST_KNOWN


@pytest.mark.django_db
def test_at_every_address_of_it_one_waits_and_another_does_not(monkeypatch):
    monkeypatch.setattr(django, "PUBLIC_PACE", 3)
    there = Client(REMOTE_ADDR="2001:db8:7::1")
    said = [there.get("/hsds/services") for _ in range(10)]
    assert {one.status_code for one in said} == {200, 429}
    slowed = said[[one.status_code for one in said].index(429)]
    assert "One address may ask 3 times a minute" in slowed.json()["error"]
    assert 1 <= int(slowed["Retry-After"]) <= 20
    assert slowed["Cache-Control"] == "no-store"
    same_network = Client(REMOTE_ADDR="2001:db8:7::2")
    assert 429 in {same_network.get("/hsds/services").status_code for _ in range(3)}
    assert Client(REMOTE_ADDR="198.51.100.7").get("/hsds/services").status_code == 200
    assert all(hasattr(one.callback, "__wrapped__") for one in urlpatterns)
