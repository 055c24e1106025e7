"""Sentences with which an act on a letter, a bed or a step is refused, each met once."""

import pytest

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.ids import new_id
from breakwater.plans.actions.needs import drop_step
from breakwater.plans.testing import a_step
from breakwater.referrals.actions.handoff import decline_case
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.loop import acknowledge
from breakwater.referrals.actions.placement import arrive, cancel
from breakwater.referrals.models import Stage
from breakwater.referrals.testing import a_bed, a_handoff, a_placement, a_referral
from breakwater.trust.testing import NOON, an_actor, an_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return an_actor()


def test_a_hand_off_is_declined_with_a_reason(by):
    with pytest.raises(Refused, match="Say why, in a few words"):
        decline_case(a_handoff(a_case(by=by), by=by), word=Word(source="Bo"), at=NOON, by=by)


def test_a_bed_is_given_back_with_a_reason_and_once(by):
    placement = a_placement(a_case(by=by), a_bed(keeper=an_agency(), at=NOON), by=by)
    with pytest.raises(Refused, match="Say why: the other side reads it"):
        cancel(placement, words=" ", at=NOON, by=by)
    cancel(placement, words="They went to their sister.", at=NOON, by=by)
    with pytest.raises(Overtaken, match="This bed is no longer held for them"):
        arrive(placement, at=NOON, by=by)


def test_a_step_is_dropped_with_a_reason(by):
    with pytest.raises(Refused, match="Say why this step is dropped"):
        drop_step(a_step(a_case(by=by), by=by), reason="", at=NOON, by=by)


def test_a_stage_that_stands_already_is_told_once_whatever_its_letter_says(by):
    referral = a_referral(a_case(by=by), by=by)
    told = Stage.objects.get(referral=referral)
    told.pk, told.code = new_id(), "acknowledged"
    told.save(force_insert=True)
    with pytest.raises(Overtaken, match=r"was faster\. Open the page again"):
        acknowledge(referral, word=Word(source="Bo"), at=NOON, by=by)
