"""Two servers whose clocks differ by seconds serve the same case: what one began the other can end."""

from datetime import timedelta

import pytest

from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.follow_up import book_next_contact
from breakwater.cases.actions.screening import find_circumstance, read_danger
from breakwater.cases.models import Assignment, Circumstance, Danger, FollowUp, Gate, Triage
from breakwater.cases.testing import a_case, a_stable_case
from breakwater.trust.testing import NOON, an_actor

pytestmark = pytest.mark.django_db

AHEAD = NOON + timedelta(seconds=90)


def told_again(model, said):
    """How many of a kind stand, and that the one before ended no sooner than it began."""
    rows = list(model.objects.filter(**said))
    assert all(one.ends_at is None or one.ends_at >= one.starts_at for one in rows)
    return sum(one.ends_at is None for one in rows)


def test_what_a_server_ahead_wrote_is_said_anew_by_one_behind():
    ada = an_actor()
    case = a_case(by=ada)
    for at in (AHEAD, NOON):
        read_danger(case, to="self", level="likely", words="He has a rope.", at=at, by=ada)
        find_circumstance(case, kind="child_in_home", words="Two", at=at, by=ada)
        book_next_contact(case, due_at=NOON + timedelta(days=1), at=at, by=ada)
    assert told_again(Danger, {"case": case, "to": "self"}) == 1
    assert told_again(Circumstance, {"case": case, "kind": "child_in_home"}) == 1
    assert told_again(FollowUp, {"case": case, "kind": "next_contact"}) == 1


def test_a_case_settled_by_a_server_ahead_is_opened_again_by_one_behind():
    ada = an_actor()
    case = a_stable_case(by=ada, at=NOON)
    Gate.objects.filter(case=case).update(starts_at=AHEAD)
    close_case(case, outcome="stable", words="Settled", what_worked="", at=NOON, by=ada)
    reopen_case(case, because="He called again.", at=NOON, by=ada)
    assert told_again(Gate, {"case": case}) == 0
    assert told_again(Assignment, {"case": case}) == 1
    assert told_again(Triage, {"case": case}) <= 1
