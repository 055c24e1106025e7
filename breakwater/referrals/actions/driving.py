"""Driving: say who drives, and write down how a ride goes. Each end's own passengers follow what either wrote down."""

from datetime import datetime
from uuid import uuid5

from django.db import transaction

from breakwater.cases.actions.holding import keep_held
from breakwater.clocks.actions import stop
from breakwater.clocks.models import Clock
from breakwater.kernel.db import one_at_a_time, refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.messaging.actions.notices import settle
from breakwater.referrals.actions.letters import hold_case, holds_case, is_news
from breakwater.referrals.actions.waiting import check_reason
from breakwater.referrals.events import RideBedGone, RideMoved, RideStands
from breakwater.referrals.library import RIDES
from breakwater.referrals.models import Passenger, Placement, Ride, Stop
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Appointment, Entry, User

ASSIGNMENT, PICK_UP = "ride_assignment", "ride_pick_up"
LEFT = "left"
_MET_BY = {
    Ride.Stage.ASSIGNED: (ASSIGNMENT,),
    Ride.Stage.PICKED_UP: (ASSIGNMENT, PICK_UP),
    Ride.Stage.ARRIVED: (ASSIGNMENT, PICK_UP),
}
"""Which promises a stage keeps; every other ending excuses what still runs."""
_BUSY = "They drive somebody else at that time. Choose another driver, or another time."


@transaction.atomic
def assign_driver(ride: Ride, driver: User | None, *, at: datetime, by: Actor) -> Ride:
    """Say who drives. Whoever was to drive before reads no longer where it goes.

    Raises:
        NotPermitted: another agency drives.
        Refused: they do not work here, or nobody is named where our own people drive.
        Overtaken: they were picked up already, or it is over, or the driver drives somebody else then.
    """
    by.must("referrals.place")
    ride = hold_ride(ride, by=by)
    if ride.driving_agency_id != by.agency_id:
        raise NotPermitted("Only those who drive say who of them does.")
    if ride.stage == Ride.Stage.PICKED_UP:
        raise Overtaken("They are on their way already.")
    if ride.driving == Ride.Driving.CONTRACTED:
        driver = None
    elif (
        driver is None or not Appointment.objects.standing(at).filter(agency=by.agency, user=driver).exists()
    ):
        raise Refused("Choose somebody who works here.")
    if driver:
        # Two who check the exclusion constraint at once wait for each other, and one would be broken off.
        one_at_a_time(f"drives {driver.pk}")
    with refuse_if("nobody_drives_two_rides_at_once", _BUSY):
        ride.driver, ride.stage = driver, Ride.Stage.ASSIGNED
        ride.save(update_fields=["driver", "stage"])
    settle(ride.pk, at=at, by=by)
    _moved(ride, at=at, by=by)
    return ride


@transaction.atomic
def pick_up(ride: Ride, *, at: datetime, by: Actor) -> Ride:
    """They are in the car.

    Raises:
        Overtaken: they were picked up already, or it is over.
        Refused: nobody drives yet.
    """
    by.must("referrals.place")
    ride = hold_ride(ride, by=by)
    if ride.stage == Ride.Stage.PICKED_UP:
        raise Overtaken("They were picked up already.")
    if ride.stage == Ride.Stage.ASKED:
        raise Refused("Say first who drives.")
    ride.stage, ride.picked_up_at = Ride.Stage.PICKED_UP, at
    ride.save(update_fields=["stage", "picked_up_at"])
    _moved(ride, at=at, by=by)
    return ride


@transaction.atomic
def arrive_there(ride: Ride, *, at: datetime, by: Actor) -> Ride:
    """They reached where they were going. From now the driver reads no longer where that is.

    Raises:
        Overtaken: it is over.
        Refused: nobody was picked up.
    """
    by.must("referrals.place")
    ride = hold_ride(ride, by=by)
    if ride.stage != Ride.Stage.PICKED_UP:
        raise Refused("Write down first that they were picked up.")
    ride.arrived_at = at
    return end_ride(ride, Ride.Stage.ARRIVED, at=at, by=by)


@transaction.atomic
def did_not_happen(ride: Ride, *, reason: str, words: str = "", at: datetime, by: Actor) -> Ride:
    """Nobody was driven, or not to where they were going.

    Raises:
        Refused: no reason of the table is chosen, or another one is not told in words.
        Overtaken: it is over already.
    """
    by.must("referrals.place")
    check_reason(reason, words, RIDES.reasons)
    ride = hold_ride(ride, by=by)
    ride.reason, ride.words = reason, words
    return end_ride(ride, Ride.Stage.DID_NOT_HAPPEN, at=at, by=by)


@transaction.atomic
def hear_ride(entry: Entry, *, by: Actor) -> None:
    """Our own passengers follow what the other end wrote down. Hearing it again changes nothing."""
    ride = Ride.objects.visible_to(by).get(pk=entry.about)
    _follow_all(ride, entry.facts["code"], at=entry.at, by=by)


@transaction.atomic
def bed_is_gone(placement: Placement, *, at: datetime, by: Actor) -> list[Ride]:
    """The rides to a bed that was given up say so, and who drives hears it. Hearing it again changes nothing."""
    riding = Passenger.objects.on_board().filter(case=placement.case_id, agency=by.agency).values("ride")
    stops = Stop.objects.filter(ride__in=riding, which=Stop.Which.TO)
    house = placement.bed.place.name.casefold()
    goals = [
        one.ride_id for one in stops if one.keeper_id == placement.host_id or house in one.words.casefold()
    ]
    open_ones = Ride.objects.open().filter(pk__in=goals, bed_gone_at=None).select_related("to_agency")
    rides = list(open_ones.order_by("pk").select_for_update(of=("self",)))
    for ride in rides:
        ride.bed_gone_at = at
        ride.save(update_fields=["bed_gone_at"])
        record(RideBedGone(ride_id=ride.pk), about=ride.pk, to_agency=ride.to_agency, by=by, at=at)
    return rides


def hold_ride(ride: Ride, *, by: Actor) -> Ride:
    """The ride, for either end, locked after the cases of our own who ride: as whoever boards or leaves it does.

    Raises:
        Overtaken: it is over, or somebody boarded between.
    """
    ours = Passenger.objects.on_board().filter(ride=ride, agency=by.agency).order_by("case_id")
    cases = list(ours.values_list("case_id", flat=True))
    for case_id in cases:
        hold_case(case_id)
    found = open_ride(ride, by=by)
    if ours.exclude(case__in=cases).exists():
        raise Overtaken("Somebody was put on this ride a moment ago. Look at it again.")
    return found


def open_ride(ride: Ride, *, by: Actor) -> Ride:
    """The ride, locked, for either end, while it is not over."""
    if by.agency_id not in (ride.from_agency_id, ride.to_agency_id):
        raise NotPermitted("Neither did your agency arrange this ride, nor does it drive.")
    found: Ride = Ride.objects.select_related("from_agency", "to_agency").lock(ride)
    if found.over_at is not None:
        raise Overtaken(f"This ride is over: {found.get_stage_display().lower()}.")
    return found


def end_ride(ride: Ride, stage: Ride.Stage, *, at: datetime, by: Actor) -> Ride:
    """The ride is over, one way or another, and both ends follow."""
    ride.stage, ride.over_at = stage, at
    ride.save(update_fields=["stage", "over_at", "arrived_at", "reason", "words"])
    _moved(ride, at=at, by=by)
    return ride


def _moved(ride: Ride, *, at: datetime, by: Actor) -> None:
    """Our passengers follow at once; the other end hears, and follows with its own."""
    _follow_all(ride, ride.stage, at=at, by=by)
    other = ride.from_agency if ride.from_agency_id != by.agency_id else ride.to_agency
    if other:
        record(RideMoved(ride_id=ride.pk, code=ride.stage), about=ride.pk, to_agency=other, by=by, at=at)


def _follow_all(ride: Ride, code: str, *, at: datetime, by: Actor) -> None:
    ours = Passenger.objects.on_board().filter(ride=ride, agency=by.agency).select_related("circle")
    for passenger in ours.order_by("case_id"):
        follow(passenger, code, at=at, by=by)


def follow(passenger: Passenger, code: str, *, at: datetime, by: Actor) -> None:
    """The clocks and the story of one passenger take in a stage, once, however we learn of it."""
    if not (holds_case(passenger.case_id) and is_news(uuid5(passenger.pk, code), by=by)):
        return
    met = _MET_BY.get(Ride.Stage(code), ()) if code in Ride.Stage.values else ()
    is_over = code not in (Ride.Stage.ASSIGNED, Ride.Stage.PICKED_UP)
    for clock in Clock.objects.running().of(passenger.pk).select_related("circle"):
        if clock.kind in met:
            stop(clock, how=Clock.Ended.MET, at=at, by=by)
        elif is_over:
            label = "Taken off the ride" if code == LEFT else str(Ride.Stage(code).label)
            stop(clock, how=Clock.Ended.EXCUSED, excuse=label, at=at, by=by)
    news = RideStands(ride_id=passenger.ride_id, passenger_id=passenger.pk, code=code)
    record(news, about=passenger.pk, circle=passenger.circle, episode=passenger.case_id, by=by, at=at)
    keep_held(passenger.case_id, circle=passenger.circle, at=at, by=by)
