"""Whether it is safe to reach somebody: the tighter word holds at once, the looser one on their own word only."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Refused
from breakwater.people.actions.reach import add_contact_point, change_safety
from breakwater.people.models import ContactPoint
from breakwater.people.rules import is_same_way
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

NUMBER, HINT = "(555) 010-4477", "After nine, he works nights"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def nadia(ada):
    return a_case(by=ada, at=ada.now - timedelta(hours=1)).person


def reached(person, by, *, value=NUMBER, safety="safe", kind="phone", how=HINT):
    return add_contact_point(person, kind=kind, value=value, safety=safety, how=how, at=by.now, by=by)


def stands(person, by):
    as_seen_by(by)
    held = ContactPoint.objects.filter(person=person, ends_at=None).order_by("starts_at")
    return [(one.value, one.safety, one.how) for one in held]


def told_at_intake(by, person, safety, **typed):
    asked = {"what_is_happening": "She called again.", "known_as": "Nadia", "asked_by": "self", "owner": "me"}
    asked |= {"person": str(person.pk), "into_open": "1", "phone": "555 010 4477", "phone_safety": safety}
    return press(browser_of(by), "/cases/intake/", by=by, **asked | typed)


def test_not_safe_told_at_an_intake_holds_at_once_however_the_number_is_written(ada, nadia):
    as_seen_by(ada)
    reached(nadia, ada)
    assert told_at_intake(ada, nadia, "unsafe").status_code == 303
    assert stands(nadia, ada) == [(NUMBER, "unsafe", HINT)]


@pytest.mark.parametrize("told", ["safe", "ask_first"])
@pytest.mark.parametrize("before", ["safe", "unsafe"])
def test_nothing_else_that_is_told_in_passing_changes_the_mark(ada, nadia, told, before):
    as_seen_by(ada)
    reached(nadia, ada, safety=before)
    assert told_at_intake(ada, nadia, told).status_code == 303
    assert stands(nadia, ada) == [(NUMBER, before, HINT)]


def test_the_same_number_is_never_written_down_twice_and_the_tighter_mark_holds(ada, nadia):
    as_seen_by(ada)
    reached(nadia, ada)
    with pytest.raises(Refused, match="This stands already, marked as “safe”"):
        reached(nadia, ada, value="555-010-4477")
    reached(nadia, ada, value="555-010-4477", safety="unsafe", how="")
    with pytest.raises(Refused, match="how safe it is now"):
        reached(nadia, ada)
    assert stands(nadia, ada) == [(NUMBER, "unsafe", HINT)]


def test_a_number_and_an_address_are_two_ways_and_addresses_are_told_apart_to_the_letter():
    assert not is_same_way(("phone", "12"), ("address", "12"))
    assert not is_same_way(("address", "12 Hidden Lane"), ("address", "12 Open Lane"))
    assert is_same_way(("address", " 12 Hidden Lane"), ("address", "12 Hidden Lane "))


def test_on_their_page_it_becomes_less_safe_by_one_press_and_safer_on_their_own_word(ada, nadia):
    as_seen_by(ada)
    point = reached(nadia, ada)
    where = f"/people/contact-points/{point.pk}/safety/"
    browser = browser_of(ada)
    assert press(browser, where, by=ada, safety="unsafe", how="He has it now").status_code == 303
    assert stands(nadia, ada) == [(NUMBER, "unsafe", "He has it now")]
    as_seen_by(ada)
    now = ContactPoint.objects.get(person=nadia, ends_at=None)
    where = f"/people/contact-points/{now.pk}/safety/"
    answer = press(browser, where, by=ada, safety="safe", how="")
    assert (answer.status_code, "Ask them first" in answer.content.decode()) == (422, True)
    assert press(browser, where, by=ada, safety="safe", how="", said_so="1").status_code == 303
    assert stands(nadia, ada) == [(NUMBER, "safe", "")]
    page = browser.get(reverse("desk:person", args=(nadia.pk,))).content.decode()
    as_seen_by(ada)
    last = ContactPoint.objects.get(person=nadia, ends_at=None)
    leads = [
        one.pk for one in (point, now, last) if reverse("people:contact_point_safety", args=(one.pk,)) in page
    ]
    assert leads == [last.pk], "what ended is not changed any more"


def test_saying_nothing_new_changes_nothing(ada, nadia):
    as_seen_by(ada)
    point = reached(nadia, ada)
    with pytest.raises(Refused, match="Say what changes"):
        change_safety(point, safety="safe", at=ada.now, by=ada)
