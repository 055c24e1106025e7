"""A case that came home can be closed, handed on and given a bed: what hung on it has ended."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from breakwater.cases.actions.closing import close_case
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.actions.owners import take
from breakwater.cases.models import Case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.db import run_sql
from breakwater.referrals.actions.answering import accept_ask, free_for
from breakwater.referrals.actions.loop import accept
from breakwater.referrals.actions.placement import arrive, leave
from breakwater.referrals.models import Ask, Handoff, Hold, Passenger, Placement, Referral, Ride, Round, Wait
from breakwater.referrals.testing import (
    a_bed,
    a_handoff,
    a_placement,
    a_program,
    a_referral,
    a_ride,
    a_round,
    a_wait,
    asked_of,
    news_reaches,
    offered,
)
from breakwater.trust.actions.standing import let_out
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import a_guest, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def house(now):
    return an_actor(Role.SUPERVISOR, agency=an_agency(name="Hope House"), now=now)


@pytest.fixture
def boss(now):
    return an_actor(Role.SUPERVISOR, now=now)


@pytest.fixture
def rosa(boss, now):
    """Of a shelter that was let in."""
    return an_actor(Role.SUPERVISOR, agency=an_agency(name="Lantern Shelter", kind="shelter"), now=now)


@pytest.fixture
def case(boss, rosa, now):
    """Held by the guest, in the record of another."""
    person = a_case(by=as_seen_by(boss), at=now - timedelta(hours=2)).person
    a_guest(person.circle, agency=rosa.agency, at=now - timedelta(hours=1), by=boss)
    told = Story(what_is_happening="Nowhere to sleep.", asked_by="self", asked_at=now)
    case = take_in(told, person=person, at=now, by=as_seen_by(rosa))
    checked()
    return case


def checked():
    """What PostgreSQL does at the end of a transaction, done now."""
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET CONSTRAINTS ALL DEFERRED")


def comes_home(case, *, boss, guest, at):
    as_seen_by(boss)
    let_out(Case.objects.get(pk=case.pk).circle, agency=guest.agency, at=at, by=boss)
    checked()
    home = Case.objects.select_related("circle").get(pk=case.pk)
    take(home, at=at, by=boss)
    checked()
    return home


def is_closed(case, *, by, at):
    close_case(case, outcome="declined", words="They want nothing more.", at=at, by=by)
    checked()


def test_a_referral_and_a_hand_off_are_taken_back_and_who_was_asked_reads_so(case, boss, rosa, house, now):
    a_referral(case, by=as_seen_by(rosa), to_agency=house.agency)
    a_handoff(case, by=rosa, to=house.agency)
    home = comes_home(case, boss=boss, guest=rosa, at=now)
    is_closed(home, by=boss, at=now)
    as_seen_by(house)
    for letter in (Referral.objects.get(), Handoff.objects.get()):
        assert (letter.stage, letter.due_at) == ("withdrawn", None)
        assert letter.stages.latest("at", "recorded_at").by is None, "Breakwater did it"


def test_what_a_receiver_answered_just_before_is_heard_in_peace(case, boss, rosa, house, now):
    referral = a_referral(case, by=as_seen_by(rosa), to_agency=house.agency)
    accept(referral, at=now, by=as_seen_by(house))
    home = comes_home(case, boss=boss, guest=rosa, at=now)
    news_reaches(rosa.agency, at=now, times=2)
    is_closed(home, by=as_seen_by(boss), at=now)


def test_places_are_asked_no_more_and_the_case_asks_anew(case, boss, rosa, house, now):
    program = a_program(keeper=as_seen_by(house).agency, at=now)
    a_round(case, program, by=as_seen_by(rosa), at=now)
    home = comes_home(case, boss=boss, guest=rosa, at=now)
    news_reaches(house.agency, at=now)
    as_seen_by(house)
    assert Entry.objects.filter(verb="referrals.ask_called_off", agency=rosa.agency).exists()
    as_seen_by(boss)
    again = a_round(home, program, by=boss, at=now)
    checked()
    assert Round.objects.get(closed_at=None) == again
    as_seen_by(rosa)
    assert [one.stage for one in Ask.objects.filter(from_agency=rosa.agency)] == ["called_off"]


def test_a_bed_that_was_won_goes_back_to_the_house(case, boss, rosa, house, now):
    program = a_program(keeper=as_seen_by(house).agency, at=now)
    a_round(case, program, by=as_seen_by(rosa), at=now)
    asked = asked_of(program, by=as_seen_by(house))
    accept_ask(asked, free_for(asked, now)[0], at=now, by=house)
    home = comes_home(case, boss=boss, guest=rosa, at=now)
    news_reaches(rosa.agency, at=now)
    news_reaches(house.agency, at=now)
    as_seen_by(house)
    assert [one.ended_how for one in Hold.objects.all()] == ["given_back"]
    is_closed(home, by=as_seen_by(boss), at=now)


def test_a_stay_is_theirs_to_end_where_the_record_is_kept_and_nobody_is_put_out(case, boss, rosa, house, now):
    bed = a_bed(keeper=as_seen_by(house).agency, at=now)
    arrive(a_placement(case, bed, by=as_seen_by(rosa), at=now), at=now, by=rosa)
    home = comes_home(case, boss=boss, guest=rosa, at=now)
    stay = Placement.objects.get()
    assert (stay.agency, stay.ends_at) == (boss.agency, None)
    leave(stay, at=now, by=boss)
    a_placement(home, a_bed(keeper=house.agency, at=now), by=boss, at=now)
    checked()


def test_a_bed_that_is_held_for_them_is_held_on_and_its_clock_comes_along(case, boss, rosa, now):
    a_placement(case, a_bed(keeper=rosa.agency, at=now), by=rosa, at=now)
    home = comes_home(case, boss=boss, guest=rosa, at=now)
    stay = Placement.objects.get()
    assert Clock.objects.running().get(about=stay.pk).agency == boss.agency
    arrive(stay, at=now, by=as_seen_by(rosa))
    news_reaches(boss.agency, at=now)
    as_seen_by(boss)
    assert not Clock.objects.running().filter(about=stay.pk).exists()
    assert Case.objects.get(pk=home.pk).agency == boss.agency


def test_they_wait_on_no_list_that_nobody_could_take_them_off(case, boss, rosa, house, now):
    program = a_program(keeper=as_seen_by(house).agency, at=now)
    wait = a_wait(case, program, by=as_seen_by(rosa), at=now)
    offered(program, at=now, by=as_seen_by(house))
    home = comes_home(case, boss=boss, guest=rosa, at=now)
    news_reaches(rosa.agency, at=now)
    news_reaches(house.agency, at=now)
    as_seen_by(house)
    found = Wait.objects.get(pk=wait.pk)
    assert (found.closed_how, found.reason) == ("left", "closed")
    is_closed(home, by=as_seen_by(boss), at=now)


def test_nobody_is_driven_for_who_is_out_and_the_driver_hears_it(case, boss, rosa, house, now):
    ride = a_ride(case, by=as_seen_by(rosa), at=now, partner=house.agency, driving=Ride.Driving.PARTNER)
    home = comes_home(case, boss=boss, guest=rosa, at=now)
    assert Passenger.objects.get().left_at is not None
    news_reaches(house.agency, at=now)
    as_seen_by(house)
    assert Ride.objects.get(pk=ride.pk).stage == "canceled"
    is_closed(home, by=as_seen_by(boss), at=now)


def test_what_the_house_wrote_down_just_before_keeps_no_clock_running(case, boss, rosa, house, now):
    bed = a_bed(keeper=as_seen_by(house).agency, at=now)
    stay = a_placement(case, bed, by=as_seen_by(rosa), at=now)
    arrive(stay, at=now, by=as_seen_by(house))
    home = comes_home(case, boss=boss, guest=rosa, at=now)
    news_reaches(rosa.agency, at=now)
    as_seen_by(boss)
    assert Clock.objects.get(about=stay.pk).ended_how == "met"
    leave(Placement.objects.get(), at=now, by=boss)
    is_closed(home, by=boss, at=now)


def test_only_a_case_that_comes_home_changes_who_placed_somebody(case, boss, rosa, now):
    a_placement(case, a_bed(keeper=rosa.agency, at=now), by=rosa, at=now)
    with pytest.raises(IntegrityError, match="who_placed_somebody_is_who_holds_their_record"):
        run_sql("UPDATE referrals_placement SET agency_id = %s", (boss.agency.pk,))
