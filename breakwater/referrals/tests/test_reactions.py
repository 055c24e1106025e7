"""News that nobody has anything to do about wakes nobody."""

import pytest

from breakwater.cases.actions.notes import Telling, add_note
from breakwater.cases.testing import a_case
from breakwater.kernel.jobs import kept
from breakwater.trust.testing import an_actor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("reached", "woken"), [(False, 0), (True, 1)])
def test_only_a_note_that_reached_the_person_can_confirm_a_first_contact(reached, woken):
    by = an_actor()
    case = a_case(by=by)
    telling = Telling(kind="call", words="Rang for a while.", happened_at=by.now, reached=reached)
    with kept() as jobs:
        add_note(case, telling, at=by.now, by=by)
    assert [name for name, _ in jobs] == ["trust.react"] * woken
