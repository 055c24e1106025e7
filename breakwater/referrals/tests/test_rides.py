"""Rides: who drives whom when; a hidden end is read by the driver while the ride is theirs, and by nobody else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from breakwater.cases.actions.closing import close_case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.db import run_sql
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.driving import arrive_there, assign_driver, did_not_happen, pick_up
from breakwater.referrals.actions.rides import End, Seat, call_ride_off, leave_ride, ride_along
from breakwater.referrals.models import Passenger, Ride, Stop
from breakwater.referrals.testing import a_ride, news_reaches
from breakwater.trust.access import acting
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Agency, Entry
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=10)
THERE = NOON + timedelta(hours=1)
HIDDEN = End(words="14 Heron Lane, blue door", is_hidden=True)


@pytest.fixture
def bo():
    return an_actor(Role.PARTNER, agency=an_agency(name="Lantern"))


@pytest.fixture
def ada(bo):
    actor = an_actor()
    as_seen_by(actor)
    return actor


@pytest.fixture
def case(ada):
    return a_case(by=ada, known_as="Jay Rivers")


def colleague_of(actor, role=Role.PARTNER):
    made = an_actor(role, agency=actor.agency)
    as_seen_by(actor)
    return made


def clocks(*about):
    return dict(Clock.objects.filter(about__in=about).values_list("kind", "ended_how"))


def story(case):
    told = Entry.objects.of_episode(case.pk).filter(verb="referrals.ride_stands").order_by("pk")
    return [entry.facts["code"] for entry in told]


def goal_for(actor, ride):
    """What somebody reads of where it goes, as PostgreSQL lets them."""
    with acting(actor):
        return [one.words for one in Stop.objects.filter(ride=ride, which="to")]


@pytest.mark.parametrize(("ahead", "due"), [(0, 15), (10, 25), (120, 30)], ids=["now", "soon", "later"])
def test_a_driver_is_found_before_they_wait_at_the_door(ada, bo, case, ahead, due):
    a_ride(case, by=ada, driving="partner", partner=bo.agency, starts_at=ada.now + timedelta(minutes=ahead))
    found = Clock.objects.get(about=Passenger.objects.get().pk, kind="ride_assignment")
    assert found.due_at == ada.now + timedelta(minutes=due)


def test_a_partner_drives_and_our_clocks_and_story_follow(ada, bo, case):
    ride = a_ride(case, by=ada, driving="partner", partner=bo.agency, seat=Seat(seats=2, needs=("car_seat",)))
    rider = Passenger.objects.get()
    assert clocks(rider.pk) == {"ride_assignment": "", "ride_pick_up": ""}
    with pytest.raises(Refused, match="A ride is arranged"):
        close_case(case, outcome="declined", words="No more.", at=LATER, by=ada)
    with pytest.raises(NotPermitted, match="Only those who drive"):
        assign_driver(ride, ada.user, at=LATER, by=ada)
    with acting(bo):
        with pytest.raises(Refused, match="Say first who drives"):
            pick_up(ride, at=LATER, by=bo)
        with pytest.raises(Refused, match="somebody who works here"):
            assign_driver(ride, ada.user, at=LATER, by=bo)
        assign_driver(ride, bo.user, at=LATER, by=bo)
        assert Passenger.objects.visible_to(bo).get().needs == ["car_seat"], "the driver reads what they need"
        with pytest.raises(Refused, match="first that they were picked up"):
            arrive_there(ride, at=LATER, by=bo)
        pick_up(ride, at=THERE, by=bo)
        with pytest.raises(Overtaken, match="picked up already"):
            pick_up(ride, at=THERE, by=bo)
        with pytest.raises(Overtaken, match="on their way"):
            assign_driver(ride, bo.user, at=THERE, by=bo)
        arrive_there(ride, at=THERE, by=bo)
        assert not Passenger.objects.visible_to(bo).exists(), "and nothing more once it is over"
    news_reaches(ada.agency, at=THERE, times=2)
    assert clocks(rider.pk) == {"ride_assignment": "met", "ride_pick_up": "met"}
    assert story(case) == ["assigned", "picked_up", "arrived"]
    with pytest.raises(Overtaken, match="This ride is over: arrived"):
        call_ride_off(ride, words="Late", at=THERE, by=ada)


def test_where_a_hidden_ride_goes_the_driver_reads_while_it_is_theirs_and_nobody_else(ada, bo, case):
    ride = a_ride(case, by=ada, driving="partner", partner=bo.agency, goal=HIDDEN)
    first, second = colleague_of(bo), colleague_of(bo)
    as_seen_by(ada)
    helper = colleague_of(ada, Role.CASE_MANAGER)
    assert goal_for(ada, ride) == [HIDDEN.words], "who wrote it knows it"
    assert [goal_for(one, ride) for one in (helper, bo, first, second)] == [[], [], [], []]
    with acting(bo):
        assign_driver(ride, first.user, at=LATER, by=bo)
    assert [goal_for(one, ride) for one in (helper, bo, first, second)] == [[], [], [HIDDEN.words], []]
    with acting(bo):
        assign_driver(ride, second.user, at=LATER, by=bo)
    assert [goal_for(one, ride) for one in (helper, bo, first, second)] == [[], [], [], [HIDDEN.words]]
    with acting(second):
        pick_up(ride, at=THERE, by=second)
    assert goal_for(second, ride) == [HIDDEN.words]
    with acting(second):
        arrive_there(ride, at=THERE, by=second)
    assert [goal_for(one, ride) for one in (helper, bo, first, second)] == [[], [], [], []]
    told = "".join(str(one.facts) for one in Entry.objects.all())
    assert "Heron" not in told


def test_those_who_keep_a_hidden_place_may_know_who_comes_there(ada, bo, case):
    keeper = an_actor(agency=an_agency(name="Hidden Cove", kind=Agency.Kind.VICTIM_SERVICE))
    as_seen_by(ada)
    goal = End(words="14 Heron Lane", is_hidden=True, keeper=keeper.agency)
    ride = a_ride(case, by=ada, goal=goal)
    assert goal_for(keeper, ride) == ["14 Heron Lane"]
    with acting(keeper):
        assert not Ride.objects.exists(), "of the ride itself they learn nothing"
        assert not Passenger.objects.exists()


def test_where_a_law_hides_where_they_are_the_ends_are_hidden_whatever_was_ticked(ada, bo, case):
    raise_segments(case.circle, ["location-confidential"], at=NOON, by=ada)
    a_ride(case, by=ada, driving="partner", partner=bo.agency)
    assert set(Stop.objects.values_list("is_hidden", flat=True)) == {True}
    house = an_actor(agency=an_agency(kind=Agency.Kind.VICTIM_SERVICE))
    with acting(house):
        ride = a_ride(a_case(by=house), by=house, driving="partner", partner=bo.agency)
    assert goal_for(bo, ride) == []
    assert goal_for(an_actor(agency=house.agency), ride) == ["Harbor Street Shelter"], (
        "their own people know it"
    )


def test_open_ends_are_read_at_both_ends_and_by_nobody_else(ada, bo, case):
    ride = a_ride(case, by=ada, driving="partner", partner=bo.agency)
    stranger = an_actor()
    as_seen_by(ada)
    assert [goal_for(one, ride) for one in (ada, bo, stranger)] == [["Harbor Street Shelter"]] * 2 + [[]]


def test_several_ride_and_each_worker_sees_only_their_own(ada, bo, case):
    ride = a_ride(case, by=ada, driving="partner", partner=bo.agency, seat=Seat(words="Waits inside."))
    cy = an_actor(agency=bo.agency)
    as_seen_by(ada)
    with acting(cy):
        theirs = a_case(by=cy, known_as="Kim")
        other = ride_along(theirs, ride, Seat(told_as="Kim"), at=LATER, by=cy)
        with pytest.raises(Overtaken, match="on this ride already"):
            ride_along(theirs, ride, Seat(), at=LATER, by=cy)
        assert [one.told_as for one in Passenger.objects.visible_to(cy)] == ["Kim"]
        assign_driver(ride, bo.user, at=LATER, by=cy)
    assert [one.words for one in Passenger.objects.visible_to(ada)] == ["Waits inside."]
    with acting(bo):
        assert Passenger.objects.visible_to(bo).count() == 2, "the driver sees everybody who rides"
    with acting(cy):
        assert clocks(other.pk) == {"ride_assignment": "met", "ride_pick_up": ""}
        leave_ride(other, at=LATER, by=cy)
        with pytest.raises(Overtaken, match="taken off this ride already"):
            leave_ride(other, at=LATER, by=cy)
        assert clocks(other.pk)["ride_pick_up"] == "excused"
        pick_up(ride, at=THERE, by=cy)
        with pytest.raises(Overtaken, match="on their way already"):
            ride_along(theirs, ride, Seat(), at=LATER, by=cy)
    with acting(bo), pytest.raises(NotPermitted, match="Only those who put them"):
        leave_ride(Passenger.objects.get(case=case), at=LATER, by=bo)


def test_a_ride_that_did_not_happen_or_was_called_off_says_why(ada, bo, case):
    ride = a_ride(case, by=ada, driving="partner", partner=bo.agency)
    with acting(bo):
        with pytest.raises(Refused, match="Choose a reason"):
            did_not_happen(ride, reason="", at=LATER, by=bo)
        with pytest.raises(NotPermitted, match="Only those who arranged"):
            call_ride_off(ride, words="No", at=LATER, by=bo)
        did_not_happen(ride, reason="no_driver", at=LATER, by=bo)
    news_reaches(ada.agency, at=LATER)
    assert set(clocks(Passenger.objects.get().pk).values()) == {"excused"}
    assert story(case) == ["did_not_happen"]
    again = a_ride(case, by=ada)
    with pytest.raises(Refused, match="Say why"):
        call_ride_off(again, words=" ", at=LATER, by=ada)
    call_ride_off(again, words="Her sister came", at=LATER, by=ada)
    assert story(case)[-1] == "canceled"


def test_nobody_drives_two_rides_at_once(ada, case):
    first = a_ride(case, by=ada)
    second = a_ride(a_case(by=ada), by=ada)
    assign_driver(first, ada.user, at=LATER, by=ada)
    with pytest.raises(Overtaken, match="drive somebody else at that time"):
        assign_driver(second, ada.user, at=LATER, by=ada)
    later = a_ride(a_case(by=ada), by=ada, starts_at=THERE + timedelta(hours=2))
    assert assign_driver(later, ada.user, at=LATER, by=ada).stage == "assigned"
    assert Ride.objects.driven_by(ada).count() == 2


def test_a_service_that_is_paid_drives_and_our_worker_writes_it_down(ada, case):
    ride = a_ride(case, by=ada, driving="contracted", contractor="Blue Cab")
    assign_driver(ride, None, at=LATER, by=ada)
    pick_up(ride, at=THERE, by=ada)
    assert arrive_there(ride, at=THERE, by=ada).stage == "arrived"


WRONG = {
    "from where": {"goal": End(words=" ")},
    "time has passed": {"starts_at": NOON - timedelta(hours=1)},
    "half a day": {"lasts": timedelta(days=2)},
    "which partner": {"driving": "partner"},
    "which service": {"driving": "contracted"},
}


@pytest.mark.parametrize("sentence", WRONG)
def test_what_is_missing_is_said(ada, case, sentence):
    with pytest.raises(Refused, match=sentence):
        a_ride(case, by=ada, **WRONG[sentence])


def test_seats_and_needs_are_of_the_table_and_a_protected_name_is_not_told(ada, bo, case):
    with pytest.raises(Refused, match="A ride takes one to 8"):
        a_ride(case, by=ada, seat=Seat(seats=9))
    with pytest.raises(Refused, match="from the list"):
        a_ride(case, by=ada, seat=Seat(needs=("limousine",)))
    raise_segments(case.circle, ["part2"], at=NOON, by=ada)
    with pytest.raises(Unlawful):
        a_ride(case, by=ada, driving="partner", partner=bo.agency, seat=Seat(told_as="Jay"))
    assert a_ride(case, by=ada, driving="partner", partner=bo.agency).stage == "asked", (
        "without a name, always"
    )


def test_a_stranger_does_nothing(ada, bo, case):
    ride = a_ride(case, by=ada)
    with acting(bo), pytest.raises(NotPermitted, match="Neither did your agency"):
        pick_up(ride, at=LATER, by=bo)


RAW = {
    "UPDATE referrals_ride SET driver_id = %s": "those_who_drive_say_who_drives",
    "UPDATE referrals_ride SET starts_at = starts_at - interval '1 day', by_id = %s": "what_was_sent_stays_as_sent",
}


@pytest.mark.parametrize("sql", RAW)
def test_nobody_makes_themselves_the_driver_by_hand(ada, bo, case, sql):
    a_ride(case, by=ada, driving="partner", partner=bo.agency, goal=HIDDEN)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        run_sql(sql, (ada.user.pk,))
    assert refused.value.__cause__.diag.constraint_name == RAW[sql]


def test_a_stop_is_neither_rewritten_nor_moved_to_another_ride(ada, bo, case):
    ride = a_ride(case, by=ada, driving="partner", partner=bo.agency, goal=HIDDEN)
    with pytest.raises(Exception, match="append"), transaction.atomic():
        run_sql("UPDATE referrals_stop SET is_hidden = false")
    with acting(bo), pytest.raises(ProgrammingError), transaction.atomic():
        Stop.objects.bulk_create(
            [Stop(ride=ride, from_agency=bo.agency, which="to", words="Elsewhere", by=bo.user)]
        )
