"""Whoever keeps a bed takes it out of service, closes it, or ends its kind: no hold and no stay is lost by that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.referrals.actions.answering import accept_ask, must_be_in_use
from breakwater.referrals.actions.holds import take_back, take_up
from breakwater.referrals.actions.placement import Guest, arrive, leave, place
from breakwater.referrals.models import Placement
from breakwater.referrals.testing import a_program, a_round, a_wait, asked_of, news_reaches
from breakwater.resources.actions.keeping import take_out_of_use
from breakwater.resources.actions.ours import close_bed, retire_program
from breakwater.resources.models import Bed
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def bo():
    return an_actor(Role.SUPERVISOR, agency=an_agency(name="Lantern"), now=timezone.now())


@pytest.fixture
def program(bo):
    return a_program(keeper=bo.agency, at=bo.now)


@pytest.fixture
def ada(program, bo):
    return as_seen_by(an_actor(now=bo.now))


def test_a_bed_that_is_held_expected_or_slept_in_stays_as_long_as_it_is(ada, bo, program):
    now, bed = bo.now, Bed.objects.of(program).get()
    case = a_case(by=ada, at=now)
    a_round(case, program, by=ada, at=now)
    with acting(bo):
        hold = accept_ask(asked_of(program, by=bo), bed, at=now, by=bo)
        for act in (_out, close_bed):
            with pytest.raises(Refused, match="held for somebody"):
                act(bed, at=now, by=bo)
    news_reaches(ada.agency, at=now)
    as_seen_by(ada)
    stay = take_up(hold, guest=Guest(), at=now, by=ada)
    with acting(bo):
        for act in (_out, close_bed):
            with pytest.raises(Refused, match="Somebody is expected"):
                act(bed, at=now, by=bo)
        theirs = Placement.objects.get(pk=stay.pk)
        arrive(theirs, at=now, by=bo)
        with pytest.raises(Refused, match="Somebody sleeps in this bed"):
            close_bed(bed, at=now, by=bo)
        _out(bed, at=now, by=bo)
        leave(theirs, at=now, by=bo)
        close_bed(bed, at=now, by=bo)
    assert Placement.objects.get(pk=stay.pk).bed == bed, "who slept there stays in the record"


def test_what_was_taken_out_of_use_while_somebody_said_yes_is_held_by_nobody(ada, bo, program):
    now, bed = bo.now, Bed.objects.of(program).get()
    a_round(a_case(by=ada, at=now), program, by=ada, at=now)
    with acting(bo):
        _out(bed, at=now, by=bo)
        with pytest.raises(Overtaken, match="just taken out of use"):
            must_be_in_use(bed)
        with pytest.raises(Refused, match="in use now"):
            accept_ask(asked_of(program, by=bo), bed, at=now, by=bo)


@pytest.mark.parametrize("is_closed", [False, True], ids=["out of use", "closed"])
def test_nobody_is_placed_in_a_bed_that_went_while_they_waited_for_their_turn(ada, bo, program, is_closed):
    """Who places asks as of the moment in which they pressed, and that is a second before."""
    now, bed = bo.now, Bed.objects.of(program).get()
    with acting(bo):
        (close_bed if is_closed else _out)(bed, at=now + timedelta(seconds=1), by=bo)
    as_seen_by(ada)
    with pytest.raises(Refused, match="not in use now"):
        place(a_case(by=ada, at=now), bed, guest=Guest(), at=now, by=ada)


def test_a_hold_that_was_taken_back_keeps_no_bed(ada, bo, program):
    now, bed = bo.now, Bed.objects.of(program).get()
    a_round(a_case(by=ada, at=now), program, by=ada, at=now)
    with acting(bo):
        hold = accept_ask(asked_of(program, by=bo), bed, at=now, by=bo)
        take_back(hold, words="The pipe burst", at=now, by=bo)
        _out(bed, at=now, by=bo)


@pytest.mark.parametrize(
    ("asks", "sentence"), [(a_wait, "stands on the waiting list"), (a_round, "waits for your answer")]
)
def test_a_kind_that_somebody_asks_for_or_waits_for_does_not_end(ada, bo, program, asks, sentence):
    asks(a_case(by=ada, at=bo.now), program, by=ada, at=bo.now)
    with acting(bo), pytest.raises(Refused, match=sentence):
        retire_program(_without_beds(program, Bed.objects.of(program).get()), at=bo.now, by=bo)


def _out(bed, *, at, by):
    return take_out_of_use(bed, reason="The pipe", at=at, by=by)


def _without_beds(program, bed):
    """Another kind at the same place would do as well: the beds are not what is asked about here."""
    Bed.objects.filter(pk=bed.pk).update(kind="detox")
    program.refresh_from_db()
    return program
