"""Where somebody is known in an emergency: everywhere but with those who ask."""

from datetime import date

import pytest

from breakwater.cases.testing import a_case
from breakwater.people.emergency import found_in_emergency
from breakwater.trust.testing import an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
WHO = {"known_as": "Marisol Vega", "birth_date": date(1990, 3, 10)}


def test_all_who_know_them_are_found_and_those_who_ask_are_not():
    medic = an_actor()
    knows = [an_actor(agency=an_agency(name=f"Agency {number}")) for number in range(7)]
    elsewhere = {a_case(by=as_seen_by(by), **WHO).circle_id for by in knows}
    for _ in range(6):
        a_case(by=as_seen_by(medic), **WHO)
    assert set(found_in_emergency(name="marisol vega", born=date(1990, 3, 10), phone="")) == elsewhere
