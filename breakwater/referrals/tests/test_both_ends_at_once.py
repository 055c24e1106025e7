"""Two press at the same moment, mostly sender and receiver: really committed, on a database of its own."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from breakwater.cases.actions.intake import Story
from breakwater.cases.models import Case, Note
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Overtaken
from breakwater.referrals.actions.handoff import accept_case, withdraw_offer
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.loop import accept, decline, withdraw
from breakwater.referrals.actions.taking_over import take_over_into
from breakwater.referrals.models import Handoff, Referral, Stage, Takeover
from breakwater.referrals.testing import a_handoff, a_referral, news_reaches
from breakwater.resources.actions.ours import retire_program, set_up_beds, set_up_program
from breakwater.resources.models import Bed, Program
from breakwater.resources.testing import a_place_of
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import NOON, an_actor

LATER = NOON + timedelta(hours=1)
NO_ROOM = Word(reason="no_capacity")


def at_once(*acts):
    """Each act as its actor, all at the same moment; how each ended: done, a refusal, or a fault."""
    ended, start = [""] * len(acts), threading.Barrier(len(acts))

    def press(number, actor, act):
        try:
            start.wait()
            with acting(actor):
                act(actor)
            ended[number] = "done"
        except Overtaken as refusal:
            ended[number] = str(refusal)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            ended[number] = repr(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(number, *each)) for number, each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


@pytest.fixture
def ends(own_database):
    with transaction.atomic():
        bo, ada = an_actor(name="Bo Lund"), an_actor()
    return ada, bo


def test_of_two_answers_one_stands(ends):
    ada, bo = ends
    for _ in range(5):
        with acting(ada):
            referral = a_referral(a_case(by=ada), by=ada, to_agency=bo.agency)
        ended = at_once(
            (bo, lambda by, r=referral: accept(r, at=LATER, by=by)),
            (bo, lambda by, r=referral: decline(r, word=NO_ROOM, at=LATER, by=by)),
            (ada, lambda by, r=referral: withdraw(r, words="Found a room", at=LATER, by=by)),
        )
        with acting(ada):
            told = set(Stage.objects.filter(referral=referral).values_list("code", flat=True)) - {"sent"}
            stands_at = Referral.objects.get(pk=referral.pk).stage
        assert ended.count("done") == len(told)
        assert told in ({"accepted"}, {"declined"}, {"withdrawn"}, {"accepted", "withdrawn"})
        assert stands_at == ("withdrawn" if "withdrawn" in told else told.pop())
        assert all(
            sentence == "done" or "has already" in sentence or "withdrawn" in sentence for sentence in ended
        )


def test_an_offer_is_accepted_or_taken_back_and_the_clocks_agree(ends):
    ada, bo = ends
    for _ in range(5):
        with acting(ada):
            handoff = a_handoff(a_case(by=ada), by=ada, to=bo.agency)
        at_once(
            (bo, lambda by, h=handoff: accept_case(h, at=LATER, by=by)),
            (ada, lambda by, h=handoff: withdraw_offer(h, words="We keep them", at=LATER, by=by)),
        )
        news_reaches(ada.agency, at=LATER, times=2)
        with acting(ada):
            assert Handoff.objects.get(pk=handoff.pk).stage == "withdrawn"
            assert not Clock.objects.running().of(handoff.pk).exists()


def test_no_bed_is_set_up_of_a_kind_that_ends_at_the_same_moment(own_database):
    with transaction.atomic():
        bo = an_actor(Role.SUPERVISOR)
        place = a_place_of(bo.agency, at=NOON)
    for _ in range(8):
        with acting(bo):
            Bed.objects.all().update(ends_at=NOON)
            given = Program.objects.running().filter(place=place).first()
            given = given or set_up_program(place, kind="respite", at=NOON, by=bo)
        at_once(
            (bo, lambda by, kind=given: retire_program(kind, at=LATER, by=by)),
            (bo, lambda by: set_up_beds(place, ["Bed 1"], kind="respite", at=NOON, by=by)),
        )
        with acting(bo):
            assert Program.objects.running().filter(place=place).exists()


def test_of_two_who_take_a_case_over_into_their_open_one_the_second_is_told(meanwhile):
    with transaction.atomic():
        bo, ada = an_actor(name="Bo Lund"), an_actor()
    with acting(bo):
        theirs = a_case(by=bo)
    with acting(ada):
        handoff = a_handoff(a_case(by=ada), by=ada, to=bo.agency)
    story = Story(what_is_happening="Harbor hands her over.", asked_by="partner", asked_at=LATER)

    def into():
        found = Handoff.objects.get(pk=handoff.pk)
        take_over_into(found, Case.objects.get(pk=theirs.pk), story, spoke=False, at=LATER, by=bo)

    def comes():
        with acting(bo):
            into()

    ended = meanwhile(into, comes, by=bo)
    assert isinstance(ended, Overtaken), ended
    with acting(bo):
        assert (Takeover.objects.count(), Note.objects.filter(case=theirs).count()) == (1, 1)
