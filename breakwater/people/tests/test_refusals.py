"""Each sentence with which an act on a person is refused, met once."""

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
