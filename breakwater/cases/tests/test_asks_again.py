"""The fifth call of the night is from somebody whose case is open: it goes there, and nobody types it a second time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from breakwater.cases.actions.again import hear_again
from breakwater.cases.actions.intake import Story, judge
from breakwater.cases.models import Assignment, Case, Danger, Note, Triage
from breakwater.cases.rules import FIRST_CONTACT
from breakwater.cases.testing import a_case, a_closed_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.people.models import ContactPoint
from breakwater.trust.models import Sighting
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db

WHERE = "/cases/intake/"
SAID = "She called again: he is at the door."


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=ada.now - timedelta(minutes=40))


def told(by, case, **typed):
    asked = {"what_is_happening": SAID, "known_as": "Nadia", "asked_by": "self", "owner": "me"}
    return press(browser_of(by), WHERE, by=by, **asked | {"person": str(case.person_id)} | typed)


def story(at, **more):
    return Story(what_is_happening=SAID, asked_by="police", asked_at=at, **more)


def first_contact(case):
    return Clock.objects.running().of(case.pk).filter(kind=FIRST_CONTACT)


def test_an_intake_about_somebody_whose_case_is_open_is_offered_to_that_case_with_all_that_was_typed(
    ada, case
):
    answer = told(ada, case, phone="555 010 4477")
    page = answer.content.decode()
    as_seen_by(ada)
    assert (answer.status_code, Note.objects.filter(case=case).count()) == (422, 0)
    assert f'<a href="/case/{case.pk}/" dir="auto">' in page
    assert f"Write it into {case.number}" in page
    assert (SAID in page, 'value="555 010 4477"' in page) == (True, True)
    assert Sighting.objects.filter(page="cases:intake", ids__contains=[case.pk]).exists()


def test_one_press_more_and_it_stands_there_and_nobody_else_answers_for_the_case(ada, case):
    eve = an_actor(agency=ada.agency, name="Eve Holt", now=ada.now)
    as_seen_by(ada)
    before = Assignment.objects.standing().get(case=case).worker_id
    answer = told(
        eve,
        case,
        known_as="Marisol",
        phone="555 010 4477",
        danger_from_other="now",
        code="B",
        into_open="1",
        spoke="1",
    )
    assert (answer.status_code, answer["Location"]) == (303, f"/case/{case.pk}/")
    as_seen_by(ada)
    note = Note.objects.get(case=case)
    assert (note.kind, note.words, note.reached, note.by_id) == ("call", SAID, True, eve.user.pk)
    assert Danger.objects.levels_of(case)["from_other"] == "now"
    assert Triage.objects.standing().get(case=case).code == "B"
    assert "555 010 4477" in [one.value for one in ContactPoint.objects.filter(person=case.person)]
    assert Assignment.objects.standing().get(case=case).worker_id == before
    assert Case.objects.filter(person=case.person).count() == 1


def test_a_call_about_them_is_no_contact_with_them(ada, case):
    as_seen_by(ada)
    hear_again(case, story(ada.now), at=ada.now, by=ada)
    note = Note.objects.get(case=case)
    assert (note.with_whom, note.reached, first_contact(case).count()) == ("Police", False, 1)
    hear_again(case, story(ada.now, spoke=True), at=ada.now, by=ada)
    assert first_contact(case).count() == 0


def test_the_code_that_stands_is_no_news_and_a_lesser_danger_asks_why(ada, case):
    as_seen_by(ada)
    for _ in range(2):
        judged = judge(ada.agency.scheme, "B")
        hear_again(case, story(ada.now, judgment=judged), at=ada.now, by=ada)
    assert Triage.objects.filter(case=case, code="B").count() == 1
    hear_again(case, story(ada.now, dangers={"self": ("now", "")}), at=ada.now, by=ada)
    with pytest.raises(Refused):
        hear_again(case, story(ada.now, dangers={"self": ("none", "")}), at=ada.now, by=ada)
    assert Danger.objects.levels_of(case)["self"] == "now"


def test_whoever_is_somebody_else_after_all_is_taken_in(ada, case):
    assert told(ada, case, person="").status_code == 303
    as_seen_by(ada)
    assert Case.objects.count() == 2


def test_nothing_goes_into_a_case_that_was_closed_meanwhile_nor_into_that_of_others(ada, case):
    as_seen_by(ada)
    with pytest.raises(NotPermitted):
        hear_again(case, story(ada.now), at=ada.now, by=an_actor(now=ada.now))
    as_seen_by(ada)
    closed = a_closed_case(by=ada, at=ada.now - timedelta(days=3))
    with pytest.raises(Refused):
        hear_again(closed, story(ada.now), at=ada.now, by=ada)
    answer = told(ada, closed, into_open="1")
    assert (answer.status_code, "They have no open case here." in answer.content.decode()) == (422, True)
