"""The record of a case says which bed, which house and who did it at which agency, as far as its reader may know."""

from datetime import timedelta

import pytest

from breakwater.cases.testing import a_case
from breakwater.cases.timeline import chronology_of
from breakwater.referrals.actions.answering import accept_ask
from breakwater.referrals.actions.asking import call_off
from breakwater.referrals.actions.driving import assign_driver
from breakwater.referrals.actions.holds import take_back, take_up
from breakwater.referrals.actions.placement import Guest, arrive, cannot_take
from breakwater.referrals.actions.rides import Seat, ride_along
from breakwater.referrals.models import Hold, Placement, Ride
from breakwater.referrals.packet import packet_of
from breakwater.referrals.testing import (
    a_bed,
    a_placement,
    a_program,
    a_referral,
    a_ride,
    a_round,
    asked_of,
    news_reaches,
)
from breakwater.resources.models import Bed
from breakwater.resources.testing import a_place
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def bo():
    return an_actor(Role.PARTNER, agency=an_agency(name="Lantern"), name="Bo Lind")


@pytest.fixture
def program(bo):
    program = a_program(keeper=bo.agency, at=NOON, beds=0, place=a_place("Lantern Shelter"))
    a_bed(keeper=bo.agency, at=NOON, place=program.place, label="Bunk 2")
    return program


@pytest.fixture
def ada(program):
    found = an_actor(name="Ada Ruiz")
    as_seen_by(found)
    return found


@pytest.fixture
def case(ada):
    return a_case(by=ada)


def record_of(case, actor):
    as_seen_by(actor)
    return {one.sentence: one.by for one in chronology_of(case) if not one.verb.startswith("clocks.")}


def says_yes(keeper, program, by):
    with acting(keeper):
        bed = Bed.objects.of(program).get()
        return accept_ask(asked_of(program, by=keeper), bed, at=LATER, by=keeper)


def test_the_way_to_a_bed_names_the_bed_the_house_and_who_did_it(ada, bo, case, program):
    a_round(case, program, by=ada)
    hold = says_yes(bo, program, ada)
    news_reaches(ada.agency, at=LATER)
    as_seen_by(ada)
    stay = take_up(hold, guest=Guest(), at=LATER, by=ada)
    with acting(bo):
        arrive(Placement.objects.get(pk=stay.pk), at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER)
    told = record_of(case, ada)
    assert (
        told
        | {
            "A bed was asked for (shelter, adults): Lantern.": "Ada Ruiz",
            "Lantern said yes first, and holds a bed: Bunk 2, Lantern Shelter.": "Bo Lind, Lantern",
            "A bed is held for them: Bunk 2, Lantern Shelter.": "Ada Ruiz",
            "Places are asked no longer: the bed was taken up.": "Ada Ruiz",
            "They reached the bed that was held for them: Bunk 2, Lantern Shelter.": "Bo Lind, Lantern",
        }
        == told
    )


def test_how_a_round_ended_is_said_and_not_guessed(ada, bo, case, program):
    call_off(a_round(case, program, by=ada), at=LATER, by=ada)
    assert "Places are asked no longer: it was called off." in record_of(case, ada)
    a_round(case, program, by=ada, at=LATER)
    hold = says_yes(bo, program, ada)
    with acting(bo):
        take_back(Hold.objects.get(pk=hold.pk), words="Flood.", at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER)
    told = record_of(case, ada)
    assert told["The bed that was held is held no longer: taken back by the place."] == "Bo Lind, Lantern"


def test_a_house_that_cannot_take_them_stands_in_the_record_with_its_reason(ada, bo, case, program):
    stay = a_placement(case, Bed.objects.of(program).get(), by=ada)
    with acting(bo):
        cannot_take(Placement.objects.get(pk=stay.pk), reason="full", at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER)
    said = "Bunk 2, Lantern Shelter, is free again: the house cannot take them, no place free."
    assert record_of(case, ada)[said] == "Bo Lind, Lantern"


def test_a_ride_names_who_drives_and_whether_it_was_asked_for_or_boarded(ada, bo, case):
    ride = a_ride(case, by=ada, driving=Ride.Driving.PARTNER, partner=bo.agency)
    other = a_case(by=ada)
    ride_along(other, ride, Seat(), at=LATER, by=ada)
    with acting(bo):
        assign_driver(Ride.objects.get(pk=ride.pk), bo.user, at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER)
    told = record_of(case, ada)
    assert told["A ride was asked for: Lantern drives."] == "Ada Ruiz"
    assert told["Their ride: a driver is found (Bo Lind, Lantern)."] == "Bo Lind, Lantern"
    assert "They were put on a ride that was arranged already: Lantern drives." in record_of(other, ada)


def test_of_a_house_that_hides_nothing_is_named(ada, case):
    hidden = a_place("Rose House", is_confidential=True, address="", city="", postal_code="", latitude=None,
                     longitude=None)  # fmt: skip
    a_placement(case, a_bed(keeper=ada.agency, at=NOON, place=hidden, label="Room 1"), by=ada)
    told = record_of(case, ada)
    assert "A bed is held for them." in told
    assert not any("Rose House" in one or "Room 1" in one for one in told)


def test_of_those_who_hide_no_sentence_names_who_drives_and_the_agency_stands_beside_alone(ada, case):
    rose = an_actor(
        Role.PARTNER, agency=an_agency(name="Rose", kind=Agency.Kind.VICTIM_SERVICE), name="Kim Vale"
    )
    as_seen_by(ada)
    ride = a_ride(case, by=ada, driving=Ride.Driving.PARTNER, partner=rose.agency)
    with acting(rose):
        assign_driver(Ride.objects.get(pk=ride.pk), rose.user, at=LATER, by=rose)
    news_reaches(ada.agency, at=LATER)
    assert record_of(case, ada)["Their ride: a driver is found."] == "Rose"


@pytest.fixture
def safe_haven(ada):
    found = an_agency(name="Safe Haven", kind="victim_service")
    as_seen_by(ada)
    return found


def test_whoever_helps_victims_and_drives_or_was_asked_is_not_named(ada, bo, case, safe_haven):
    ride = a_ride(case, by=ada, driving=Ride.Driving.PARTNER, partner=safe_haven)
    other = a_case(by=ada)
    ride_along(other, ride, Seat(), at=LATER, by=ada)
    a_referral(case, by=ada, to_agency=safe_haven, to_name=safe_haven.name)
    told = [*record_of(case, ada), *record_of(other, ada)]
    assert "A ride was asked for." in told
    assert "They were put on a ride that was arranged already." in told
    assert [one for one in told if "Safe Haven" in one] == []


def test_nor_is_a_house_of_theirs_that_was_asked_in_a_round_and_said_yes(ada, case, safe_haven):
    """Of whoever others ask by phone only nothing is known here; it may have come to be one since."""
    program = a_program(keeper=safe_haven, at=NOON, place=a_place("The Pines"))
    Agency.objects.filter(pk=safe_haven.pk).update(kind=Agency.Kind.SHELTER)
    a_round(case, program, by=ada)
    Agency.objects.filter(pk=safe_haven.pk).update(kind=Agency.Kind.VICTIM_SERVICE)
    told = list(record_of(case, ada))
    assert [one for one in told if "Safe Haven" in one or "Pines" in one] == []


def test_a_packet_names_whoever_was_asked_for_help_but_nobody_who_helps_victims(ada, case, bo, safe_haven):
    for to in (bo.agency, safe_haven):
        a_referral(case, by=ada, to_agency=to, to_name=to.name)
    a_ride(case, by=ada, driving=Ride.Driving.PARTNER, partner=safe_haven)
    told = packet_of(case, ("help", "chronology"), by=ada)["sections"]
    packet = str(told)
    assert len(told[0]["lines"]) == 2, "the need is told all the same"
    assert ("Lantern" in packet, "Safe Haven" in packet) == (True, False)
