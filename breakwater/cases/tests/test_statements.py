"""What an act asks of the database: each statement is a way there and back, and sixteen workers wait for them."""

import pytest

from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.testing import EVIDENCE, a_triaged_case
from breakwater.trust.testing import NOON, an_actor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["rescreened", "basic_needs"])
def test_a_gate_holds_the_case_asks_once_and_writes_twice(kind, django_assert_num_queries):
    by = an_actor()
    case = a_triaged_case(by=by)
    with django_assert_num_queries(6):  # two of them begin and end the act
        meet_gate(case, kind=kind, evidence=EVIDENCE, at=NOON, by=by)
