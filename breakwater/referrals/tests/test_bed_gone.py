"""A bed that is gone takes *safe tonight* along where it was part of it; whoever is accountable hears it at once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.models import Gate
from breakwater.cases.testing import a_case, stabilized
from breakwater.clocks.models import Clock
from breakwater.messaging.models import Notice
from breakwater.referrals.actions.placement import arrive, cancel, cannot_take, leave, miss, move
from breakwater.referrals.actions.rides import End
from breakwater.referrals.models import Placement, Ride
from breakwater.referrals.testing import a_bed, a_placement, a_ride, news_reaches
from breakwater.trust.access import acting, system_for
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
MET, LATER = NOON + HOUR, NOON + 2 * HOUR


@pytest.fixture
def bo():
    return an_actor(Role.PARTNER, agency=an_agency(name="Lantern"))


@pytest.fixture
def ada(bo):
    found = an_actor()
    as_seen_by(found)
    return found


@pytest.fixture
def case(ada):
    return a_case(by=ada)


@pytest.fixture
def stay(case, ada, bo):
    return a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada)


def safe(case, *, by, at=MET):
    return meet_gate(case, kind="safe_tonight", evidence="A bed at Lantern for tonight.", at=at, by=by)


def stands(gate):
    found = Gate.objects.get(pk=gate.pk)
    return found.lost_because or found.ends_at is None


def told(verb, case):
    return Entry.objects.of_episode(case.pk).filter(verb=verb).count()


def urgent_to(actor):
    with acting(actor):
        return [one.about for one in Notice.objects.on_the_page_of(actor) if one.is_urgent]


def own_news(agency):
    """What an agency announced to itself is heard by it, twice."""
    with acting(system_for(agency, now=LATER)):
        mine = list(Entry.objects.filter(agency=agency, to_agency=None).values_list("pk", flat=True))
    for entry in [*mine, *mine]:
        react(entry, agency, at=LATER)


def test_who_did_not_come_or_left_or_needs_the_bed_no_more_is_not_safe_tonight_any_more(ada, bo):
    def left(stay, **how):
        arrive(stay, at=MET, by=ada)
        leave(stay, **how)

    for act, how in ((miss, {}), (cancel, {"words": "Not wanted"}), (left, {})):
        case = a_case(by=ada)
        stay = a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada)
        gate = safe(case, by=ada)
        act(stay, at=LATER, by=ada, **how)
        assert stands(gate) == "Their bed is no longer held."
        assert told("cases.gate_lost", case) == 1


def test_stabilization_runs_again_from_when_the_bed_was_gone(case, stay, ada):
    stabilized(case, by=ada, at=MET)
    assert not Clock.objects.running().of(case.pk).filter(kind="stabilization").exists()
    miss(stay, at=LATER, by=ada)
    clock = Clock.objects.running().of(case.pk).get(kind="stabilization")
    assert clock.started_at == LATER


def test_the_house_says_it_and_the_case_follows_once_however_often_it_is_heard(case, stay, ada, bo):
    gate = safe(case, by=ada)
    with acting(bo):
        cannot_take(Placement.objects.get(pk=stay.pk), reason="full", words="Flood.", at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER, times=2)
    as_seen_by(ada)
    assert (stands(gate), told("cases.gate_lost", case)) == ("Their bed is no longer held.", 1)
    anew = safe(case, by=ada, at=LATER)
    news_reaches(ada.agency, at=LATER)
    as_seen_by(ada)
    assert stands(anew) is True, "they sleep elsewhere: what is heard again takes nothing back"


def test_what_was_met_before_they_had_a_bed_stands(case, ada, bo):
    gate = safe(case, by=ada, at=NOON)
    stay = a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada, at=MET)
    miss(stay, at=LATER, by=ada)
    assert stands(gate) is True


def test_who_was_moved_had_the_bed_before_and_loses_both(case, stay, ada, bo):
    gate = safe(case, by=ada, at=NOON)
    moved = move(stay, a_bed(keeper=bo.agency, at=NOON), at=MET, by=ada)
    assert stands(gate) is True, "they have a bed"
    miss(moved, at=LATER, by=ada)
    assert stands(gate) == "Their bed is no longer held."


def test_who_has_another_bed_by_the_time_it_is_heard_is_safe_still(case, stay, ada, bo):
    gate = safe(case, by=ada)
    with acting(bo):
        cannot_take(Placement.objects.get(pk=stay.pk), reason="full", words="Flood.", at=LATER, by=bo)
    as_seen_by(ada)
    a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada, at=LATER)
    news_reaches(ada.agency, at=LATER)
    as_seen_by(ada)
    assert stands(gate) is True


def test_a_closed_case_loses_no_gate_and_wakes_nobody(case, stay, ada, bo):
    arrive(stay, at=NOON, by=ada)
    gate = safe(case, by=ada)
    close_case(case, outcome="declined", words="Went to her mother.", at=MET, by=ada)
    with acting(bo):
        leave(Placement.objects.get(pk=stay.pk), at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER)
    own_news(ada.agency)
    as_seen_by(ada)
    assert (stands(gate), urgent_to(ada)) == (True, [])
    reopen_case(case, because="Came back", at=LATER, by=ada)
    assert stands(gate) == "The case was opened again."


def test_a_colleague_who_writes_it_wakes_who_is_accountable_once(case, stay, ada):
    colleague = an_actor(agency=ada.agency, name="Cy")
    arrive(stay, at=MET, by=colleague)
    leave(stay, words="Walked out", at=LATER, by=colleague)
    own_news(ada.agency)
    assert urgent_to(ada) == [case.pk]


def test_who_is_accountable_is_not_told_what_they_wrote_themselves(case, stay, ada):
    miss(stay, at=LATER, by=ada)
    own_news(ada.agency)
    assert urgent_to(ada) == []


def test_who_left_by_the_word_of_the_house_is_told_urgently_and_once(case, stay, ada, bo):
    with acting(bo):
        arrive(Placement.objects.get(pk=stay.pk), at=NOON, by=bo)
        leave(Placement.objects.get(pk=stay.pk), at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER, times=2)
    own_news(ada.agency)
    assert urgent_to(ada) == [case.pk]


def test_a_case_that_lies_in_the_queue_wakes_the_queue(ada, bo):
    queued = a_case(by=ada, worker=None)
    stay = a_placement(queued, a_bed(keeper=bo.agency, at=NOON), by=ada)
    miss(stay, at=LATER, by=ada)
    own_news(ada.agency)
    assert urgent_to(ada) == [queued.pk]


def test_whoever_writes_it_reads_before_that_safe_tonight_goes_with_the_bed_and_the_house_does_not(
    stay, ada, bo
):
    warned = []
    for one in (ada, bo):
        answer = browser_of(one).get(reverse("referrals:absence", args=(stay.pk,)))
        assert answer.status_code == 200
        warned.append("it is taken back" in answer.content.decode())
    assert warned == [True, False]


def test_a_ride_back_to_a_bed_that_somebody_left_is_not_told_that_the_bed_is_gone(case, stay, ada, bo):
    arrive(stay, at=NOON, by=ada)
    ride = a_ride(case, by=ada, goal=End(words="Harbor Street Shelter", keeper=bo.agency))
    leave(stay, at=LATER, by=ada)
    own_news(ada.agency)
    as_seen_by(ada)
    assert Ride.objects.get(pk=ride.pk).bed_gone_at is None
