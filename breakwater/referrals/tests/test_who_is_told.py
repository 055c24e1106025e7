"""Whoever keeps a bed, drives or placed somebody hears what the other end wrote down, without having to look for it."""

from datetime import timedelta

import pytest

from breakwater.cases.testing import a_case
from breakwater.messaging.models import Notice
from breakwater.messaging.testing import a_way
from breakwater.referrals.actions.answering import accept_ask, decline_ask
from breakwater.referrals.actions.asking import call_off
from breakwater.referrals.actions.driving import assign_driver
from breakwater.referrals.actions.placement import arrive, cancel, cannot_take, miss
from breakwater.referrals.actions.rides import End, call_ride_off
from breakwater.referrals.models import Placement, Ride
from breakwater.referrals.testing import (
    a_bed,
    a_placement,
    a_program,
    a_ride,
    a_round,
    asked_of,
    news_reaches,
)
from breakwater.resources.models import Bed
from breakwater.trust.access import acting, system_for
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=5)


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


def waiting_for(actor):
    with acting(actor):
        return [(one.kind, one.about, one.is_urgent) for one in Notice.objects.on_the_page_of(actor)]


def own_news(agency, at=LATER):
    """What an agency announced to itself is heard by it, twice."""
    for _ in range(2):
        with acting(system_for(agency, now=at)):
            mine = list(
                Entry.objects.filter(agency=agency, to_agency=None)
                .order_by("pk")
                .values_list("pk", flat=True)
            )
        for entry in mine:
            react(entry, agency, at=at)


def test_a_house_is_told_at_once_that_a_bed_is_asked_for(ada, bo, case):
    program = a_program(keeper=bo.agency, at=NOON)
    with acting(bo):
        a_way(by=bo)
    asked = a_round(case, program, by=ada)
    news_reaches(bo.agency, at=LATER, times=2)
    ask = asked_of(program, by=ada)
    assert waiting_for(bo) == [("request", ask.pk, True)], "once, for whoever is there"
    with acting(bo):
        assert Notice.objects.filter(about=ask.pk, to=bo.user).exclude(channel="app").count() == 1, (
            "and rings"
        )
        decline_ask(asked_of(program, by=bo), reason="full", at=LATER, by=bo)
    assert waiting_for(bo) == [], "what was answered waits no more"
    news_reaches(ada.agency, at=LATER, times=2)
    assert waiting_for(ada) == [("change", asked.case_id, True)], "nobody is left who could say yes"


def test_a_yes_is_told_and_a_place_that_need_not_answer_has_nothing_waiting(ada, bo, case):
    cy = an_actor(Role.PARTNER)
    programs = [a_program(keeper=one.agency, at=NOON) for one in (bo, cy)]
    as_seen_by(ada)
    a_round(case, *programs, by=ada)
    for one in (bo, cy):
        news_reaches(one.agency, at=LATER)
    with acting(bo):
        accept_ask(asked_of(programs[0], by=bo), Bed.objects.of(programs[0]).get(), at=LATER, by=bo)
    for one in (ada, cy):
        news_reaches(one.agency, at=LATER, times=2)
    assert (waiting_for(ada), waiting_for(cy)) == ([("change", case.pk, True)], [])


def test_a_round_that_is_called_off_leaves_nothing_waiting_at_the_house(ada, bo, case):
    asked = a_round(case, a_program(keeper=bo.agency, at=NOON), by=ada)
    news_reaches(bo.agency, at=LATER)
    call_off(asked, at=LATER, by=ada)
    news_reaches(bo.agency, at=LATER)
    assert waiting_for(bo) == []


def test_a_house_is_told_who_is_expected_and_who_comes_no_more(ada, bo, case):
    stay = a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada)
    news_reaches(bo.agency, at=LATER, times=2)
    assert waiting_for(bo) == [("house", stay.pk, False)]
    cancel(stay, words="With a friend.", at=LATER, by=ada)
    news_reaches(bo.agency, at=LATER, times=2)
    assert waiting_for(bo) == [("house", stay.pk, False)] * 2


def test_whoever_placed_somebody_is_told_that_they_arrived(ada, bo, case):
    stay = a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada)
    with acting(bo):
        arrive(Placement.objects.get(pk=stay.pk), at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER, times=2)
    assert waiting_for(ada) == [("change", case.pk, False)]


def test_a_house_that_cannot_take_them_says_why_and_is_heard_at_once(ada, bo, case):
    stay = a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada)
    with acting(bo):
        cannot_take(Placement.objects.get(pk=stay.pk), reason="full", words="Flood.", at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER, times=2)
    assert waiting_for(ada) == [("change", case.pk, True)]
    as_seen_by(ada)
    found = Placement.objects.get(pk=stay.pk)
    assert (found.ended_how, found.reason, found.words) == ("cannot_take", "full", "Flood.")
    a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada, at=LATER)


def test_a_partner_is_told_that_a_ride_is_asked_of_it_until_it_says_who_drives(ada, bo, case):
    ride = a_ride(case, by=ada, driving=Ride.Driving.PARTNER, partner=bo.agency)
    news_reaches(bo.agency, at=LATER, times=2)
    assert waiting_for(bo) == [("request", ride.pk, True)]
    with acting(bo):
        assign_driver(Ride.objects.get(pk=ride.pk), bo.user, at=LATER, by=bo)
    assert waiting_for(bo) == []
    news_reaches(ada.agency, at=LATER, times=2)
    assert waiting_for(ada) == [("change", case.pk, False)]
    as_seen_by(ada)
    call_ride_off(Ride.objects.get(pk=ride.pk), words="Walked.", at=LATER, by=ada)
    news_reaches(bo.agency, at=LATER, times=2)
    assert waiting_for(bo) == [("ride", ride.pk, True)], "who drives need not set out"


def test_the_driver_hears_that_the_bed_was_given_up(ada, bo, case):
    stay = a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada)
    to_bed = End(words="Harbor Street Shelter", keeper=bo.agency)
    ride = a_ride(case, by=ada, goal=to_bed)
    elsewhere = a_ride(case, by=ada, at=LATER, goal=End(words="The court"))
    assign_driver(ride, ada.user, at=LATER, by=ada)
    with acting(bo):
        miss(Placement.objects.get(pk=stay.pk), at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER, times=2)
    own_news(ada.agency)
    as_seen_by(ada)
    assert [Ride.objects.get(pk=one.pk).bed_gone_at for one in (ride, elsewhere)] == [LATER, None]
    assert ("ride", ride.pk, True) in waiting_for(ada)
    assert ("ride", elsewhere.pk, True) not in waiting_for(ada)


def test_a_partner_who_drives_there_hears_it_as_well(ada, bo, case):
    cy = an_actor(Role.PARTNER)
    as_seen_by(ada)
    stay = a_placement(case, a_bed(keeper=bo.agency, at=NOON), by=ada)
    to_bed = End(words="Harbor Street Shelter", keeper=bo.agency)
    ride = a_ride(case, by=ada, goal=to_bed, driving=Ride.Driving.PARTNER, partner=cy.agency)
    cancel(stay, words="With a friend.", at=LATER, by=ada)
    own_news(ada.agency)
    news_reaches(cy.agency, at=LATER, times=2)
    assert ("ride", ride.pk, True) in waiting_for(cy)
