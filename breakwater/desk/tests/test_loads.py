"""Whoever chooses who is accountable sees who carries what first; and what was closed lately can be looked at again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from breakwater.cases.actions.screening import read_danger
from breakwater.cases.testing import a_case, a_closed_case, a_queued_case
from breakwater.desk.loads import closed_lately, loads
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Sighting
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(Role.SUPERVISOR, now=timezone.now())


@pytest.fixture
def ben(ada):
    return an_actor(agency=ada.agency, name="Ben Ortiz", now=ada.now)


def carried(actor):
    as_seen_by(actor)
    return [(one.name, one.open, one.now, one.missed) for one in loads(actor)]


def test_who_carries_most_that_presses_stands_first_and_whoever_has_room_last(ada, ben):
    as_seen_by(ben)
    a_case(by=ben, at=ada.now - timedelta(hours=3))
    read_danger(a_case(by=ben, at=ada.now), to="self", level="now", words="", at=ada.now, by=ben)
    as_seen_by(ada)
    a_queued_case(by=ada, at=ada.now)
    queue, *people = carried(ada)
    assert queue == ("Day team queue", 1, 0, 0)
    assert people == [("Ben Ortiz", 2, 1, 1), (ada.user.name, 0, 0, 0)]


def test_it_counts_nobody_elses_cases(ada, ben):
    other = an_actor(Role.SUPERVISOR, now=ada.now)
    as_seen_by(other)
    a_case(by=other, at=ada.now)
    assert [one[1:] for one in carried(ada)] == [(0, 0, 0), (0, 0, 0)]


def test_from_there_a_name_leads_to_what_they_carry(ada, ben):
    as_seen_by(ben)
    theirs = a_case(by=ben, at=ada.now, known_as="Nadia Fisk")
    as_seen_by(ada)
    a_case(by=ada, at=ada.now, known_as="Eli Pham")
    desk = browser_of(ada)
    page = desk.get("/caseloads/").content.decode()
    assert f'href="/?worker={ben.user.pk}"' in page
    shown = desk.get(f"/?worker={ben.user.pk}").content.decode()
    assert (theirs.number in shown, "Eli Pham" in shown) == (True, False)
    assert desk.get("/?worker=nobody").status_code == 200


def test_what_was_closed_lately_can_be_looked_at_again_and_the_look_is_written_down(ada):
    as_seen_by(ada)
    lately = a_closed_case(by=ada, at=ada.now - timedelta(days=3))
    a_closed_case(by=ada, at=ada.now - timedelta(days=30))
    assert [one.case_id for one in closed_lately(ada)] == [lately.pk]
    page = browser_of(ada).get("/caseloads/").content.decode()
    assert (lately.number in page, "Declined further help" in page) == (True, True)
    assert Sighting.objects.filter(page="desk:caseloads", ids__contains=[lately.pk]).exists()


def test_whoever_assigns_nobody_is_turned_away(ada):
    partner = an_actor(Role.PARTNER, agency=ada.agency, now=ada.now)
    assert browser_of(partner).get("/caseloads/").status_code == 403
