"""A try for which somebody went there: being with them is what their code promised, and a call is not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.not_reached import take_back_contact
from breakwater.cases.models import Attempt, FollowUp
from breakwater.cases.rules import FIRST_CONTACT, TRIAGE_RESPONSE
from breakwater.cases.testing import a_triaged_case
from breakwater.cases.timeline import chronology_of
from breakwater.clocks.models import Clock
from breakwater.people.actions.reach import add_contact_point
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

PROMISED = {FIRST_CONTACT, TRIAGE_RESPONSE}


@pytest.fixture
def by():
    return an_actor(Role.SUPERVISOR, now=timezone.now())


@pytest.fixture
def case(by):
    """A code that promises a visit; nobody has spoken with them."""
    return a_triaged_case(by=by, at=by.now - timedelta(hours=1))


def tried(by, case, way, outcome="reached"):
    owed = FollowUp.objects.standing().filter(case=case).earliest("planned_for")
    where = reverse("cases:attempt", args=[owed.pk])
    assert press(browser_of(by), where, by=by, contact_point=way, outcome=outcome).status_code == 303
    return Attempt.objects.latest("recorded_at")


def awaited(case):
    return set(Clock.objects.running().of(case.pk).values_list("kind", flat=True)) & PROMISED


def a_way(case, by, kind, value):
    return str(
        add_contact_point(case.person, kind=kind, value=value, safety="safe", how="", at=by.now, by=by).pk
    )


@pytest.mark.parametrize(
    ("way", "still"),
    [("in_person", set()), ("", {TRIAGE_RESPONSE}), ("phone", {TRIAGE_RESPONSE}), ("address", set())],
)
def test_only_who_was_there_kept_the_visit_that_was_promised(by, case, way, still):
    assert awaited(case) == PROMISED
    way = a_way(case, by, way, "555 010 4477") if way in ("phone", "address") else way
    tried(by, case, way)
    assert awaited(case) == still


def test_going_there_in_vain_keeps_nothing(by, case):
    tried(by, case, "in_person", outcome="no_answer")
    assert awaited(case) == PROMISED


def test_the_chronology_and_the_list_of_tries_tell_it(by, case):
    tried(by, case, "")
    made = tried(by, case, "in_person")
    told = [one.sentence for one in chronology_of(case) if one.verb == "cases.follow_up_attempted"]
    assert sorted(" in person: " in one for one in told) == [False, True]
    page = browser_of(by).get(reverse("cases:attempt", args=[made.follow_up_id])).content.decode()
    assert page.count("reached, in person") == 1


def test_a_visit_that_was_none_is_promised_again(by, case):
    made = tried(by, case, "in_person")
    take_back_contact(made, reason="The wrong door.", at=by.now, by=by)
    assert awaited(case) == PROMISED
