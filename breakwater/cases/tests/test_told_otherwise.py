"""Somebody we know is told of otherwise than on record: neither is lost, and neither written over the other."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from breakwater.cases.models import Case, Note
from breakwater.cases.testing import a_case, a_closed_case
from breakwater.people.actions.persons import add_name, correct
from breakwater.people.models import Person
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press
from breakwater.trust.tests.test_second_step import give_own_role

pytestmark = pytest.mark.django_db

WHERE = "/cases/intake/"


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def marisol(ada):
    """Known from an episode that is over."""
    person = a_closed_case(by=ada, at=ada.now - timedelta(days=9)).person
    facts = {"pronouns": "she/her", "language": "Spanish", "birth_date": date(1990, 2, 1)}
    correct(person, version=person.version, changes=facts, at=ada.now - timedelta(days=8), by=ada)
    return person


def told(by, person, **typed):
    asked = {"what_is_happening": "Nowhere to sleep.", "asked_by": "family", "owner": "me"}
    answer = press(browser_of(by), WHERE, by=by, **asked | {"person": str(person.pk)} | typed)
    assert answer.status_code == 303, answer.content.decode()
    as_seen_by(by)


def what_differs(person):
    notes = Note.objects.filter(case__person=person, kind=Note.Kind.NOTE).order_by("recorded_at")
    return [note.words.splitlines()[1:] for note in notes]


def test_what_is_told_otherwise_stands_in_the_chronology_and_the_record_stays(ada, marisol):
    told(ada, marisol, known_as="Lucía", pronouns="they/them", birth_date="1991-02-01", language="Quechua")
    assert what_differs(marisol) == [
        ["Known as: Lucía", "Pronouns: they/them", "Language: Quechua", "Birth date: 1991-02-01"]
    ]
    kept = Person.objects.get(pk=marisol.pk)
    assert (kept.known_as, kept.pronouns, kept.birth_date) == ("Marisol Vega", "she/her", date(1990, 2, 1))


@pytest.mark.parametrize("typed", ["", "marisol", "VEGA", "Luz", "the woman of bay 4"])
def test_a_part_of_what_they_are_called_is_no_other_name(ada, marisol, typed):
    for kind, text in (("nickname", "Luz Marina"), ("former", "The woman of bay 4")):
        add_name(marisol, kind=kind, text=text, at=ada.now, by=ada)
    told(ada, marisol, known_as=typed, pronouns="She/Her", birth_date="1990-02-01")
    assert what_differs(marisol) == []


def test_what_was_not_on_record_is_added_to_it_and_differs_from_nothing(ada):
    person = a_closed_case(by=ada, at=ada.now - timedelta(days=9)).person
    told(ada, person, known_as="Marisol Vega", pronouns="she/her", birth_date="1990-02-01")
    assert what_differs(person) == []
    assert Person.objects.get(pk=person.pk).birth_date == date(1990, 2, 1)


def test_where_their_case_is_open_it_stands_in_that(ada):
    case = a_case(by=ada, at=ada.now - timedelta(minutes=40), birth_date=date(1990, 2, 1))
    told(ada, case.person, known_as="Marisol", birth_date="1991-02-01", into_open="1")
    assert Case.objects.get().pk == case.pk
    assert what_differs(case.person)[-1] == ["Birth date: 1991-02-01"]


def test_whoever_may_take_in_and_add_no_note_takes_them_in_all_the_same(ada, marisol):
    give_own_role(
        ada, "cases.take_in", "cases.assign", "people.read", "people.correct", "cases.read", "clocks.run"
    )
    told(ada, marisol, known_as="Lucía")
    assert Case.objects.open().filter(person=marisol).count() == 1
    assert what_differs(marisol) == []
