"""Each sentence with which an act on a person is refused, met once."""

import pytest

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Refused
from breakwater.people.actions import add_contact_point, correct
from breakwater.trust.testing import NOON, an_actor

pytestmark = pytest.mark.django_db


def test_a_person_is_always_called_something():
    by = an_actor()
    person = a_case(by=by).person
    with pytest.raises(Refused, match="Say what to call them"):
        correct(person, version=person.version, changes={"known_as": " "}, at=NOON, by=by)


def test_a_way_to_reach_somebody_leads_somewhere():
    by = an_actor()
    with pytest.raises(Refused, match="Write the number, address or place"):
        add_contact_point(
            a_case(by=by).person, kind="phone", value=" ", safety="safe", how="", at=NOON, by=by
        )
