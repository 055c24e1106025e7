"""Each sentence with which an act on a person is refused, met once."""

from datetime import timedelta

import pytest

from breakwater.kernel.errors import Refused
from breakwater.people.actions.persons import correct, register
from breakwater.people.actions.reach import add_contact_point
from breakwater.people.models import Person
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.testing import NOON, an_actor

pytestmark = pytest.mark.django_db


def a_person(by: Actor) -> Person:
    return register(circle=open_circle(at=NOON, by=by), known_as="Marisol Vega", at=NOON, by=by)


def test_a_person_is_always_called_something():
    by = an_actor()
    person = a_person(by)
    with pytest.raises(Refused, match="Say what to call them"):
        correct(person, version=person.version, changes={"known_as": " "}, at=NOON, by=by)


def test_a_way_to_reach_somebody_leads_somewhere():
    by = an_actor()
    with pytest.raises(Refused, match="Write the number, address or place"):
        add_contact_point(a_person(by), kind="phone", value=" ", safety="safe", how="", at=NOON, by=by)


@pytest.mark.parametrize(
    ("born", "sentence"),
    [
        (NOON.date() + timedelta(days=2), "This birth date is still to come"),
        (NOON.date().replace(year=NOON.year - 126), "Nobody is more than 125 years old"),
    ],
)
def test_nobody_was_born_on_an_impossible_day(born, sentence):
    by = an_actor()
    circle = open_circle(at=NOON, by=by)
    with pytest.raises(Refused, match=sentence):
        register(circle=circle, known_as="Marisol Vega", birth_date=born, at=NOON, by=by)
    person = a_person(by)
    with pytest.raises(Refused, match=sentence):
        correct(person, version=person.version, changes={"birth_date": born}, at=NOON, by=by)


def test_it_may_be_tomorrow_already_where_a_child_was_born():
    by = an_actor()
    tomorrow = NOON.date() + timedelta(days=1)
    circle = open_circle(at=NOON, by=by)
    assert register(circle=circle, known_as="The newborn", birth_date=tomorrow, at=NOON, by=by).pk
