"""Rides: ask for one, put more people on it, take somebody off it, call it off.

Two agencies may know of a ride: the one that arranged it, and the one that drives. Each keeps the clocks and the story
of its own passengers, and follows what the other wrote down. Where a hidden ride goes is in no event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from breakwater.cases.actions.holding import held
from breakwater.cases.models import Case
from breakwater.clocks.actions import Promise, start
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.driving import (
    ASSIGNMENT,
    LEFT,
    PICK_UP,
    end_ride,
    follow,
    hold_ride,
    open_ride,
)
from breakwater.referrals.actions.letters import hold_case
from breakwater.referrals.actions.sharing import Telling, goes_with
from breakwater.referrals.events import RideAsked, RideMoved
from breakwater.referrals.library import RIDES
from breakwater.referrals.models import Passenger, Ride, Stop
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.journal import record
from breakwater.trust.models import Agency
from breakwater.trust.rules.law import REFER

_HIDDEN_BY = frozenset({"vsp", "location-confidential"})
"""Laws that hide where somebody is: 34 USC 12291(b)(2) and 45 CFR 1370.4."""
_FULL = "Not so many seats are left on this ride. Ask for another one."


@dataclass(frozen=True, kw_only=True)
class End:
    """One end of a ride, in words. A hidden one is read by the driver, and by who knows the place already."""

    words: str
    is_hidden: bool = False
    keeper: Agency | None = None


@dataclass(frozen=True, kw_only=True)
class Journey:
    """What is asked for: when, how long, from where, to where, and who drives."""

    starts_at: datetime
    origin: End
    goal: End
    driving: str = Ride.Driving.OWN
    partner: Agency | None = None
    contractor: str = ""
    lasts: timedelta = RIDES.lasts


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Who rides: how many, what they need, the name that the driver is told or nothing, and what they must know."""

    seats: int = 1
    needs: Sequence[str] = ()
    told_as: str = ""
    words: str = ""


@transaction.atomic
def ask_for_ride(case: Case, journey: Journey, seat: Seat, *, at: datetime, by: Actor) -> Ride:
    """Ask for a ride. Two clocks run from now: until a driver is found, and until they are picked up.

    Raises:
        Refused: the case is closed, an end is missing, it lies in the past or lasts too long, or nobody is to drive.
        Unlawful: a partner's driver is told a name, and a law protects it.
    """
    by.must("referrals.place", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    if sentence := _why_no_ride(journey, at=at, by=by):
        raise Refused(sentence)
    ride = Ride.objects.create(
        from_agency=by.agency, to_agency=journey.partner, driving=journey.driving, starts_at=journey.starts_at,
        contractor=journey.contractor.strip(), ends_at=journey.starts_at + journey.lasts, asked_at=at, by=by.user,
        seats=RIDES.most_seats,
    )  # fmt: skip
    _write_ends(case, ride, journey, by=by)
    _seat(case, ride, seat, at=at, by=by)
    if journey.partner:
        record(
            RideMoved(ride_id=ride.pk, code=ride.stage),
            about=ride.pk,
            to_agency=journey.partner,
            by=by,
            at=at,
        )
    return ride


@transaction.atomic
def ride_along(case: Case, ride: Ride, seat: Seat, *, at: datetime, by: Actor) -> Passenger:
    """Put somebody more on a ride.

    Raises:
        NotPermitted: another agency's ride.
        Refused: the case is closed.
        Overtaken: they were picked up already, or it is over, this person rides already, or it is full.
        Unlawful: a partner's driver is told a name, and a law protects it.
    """
    by.must("referrals.place", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    ride = open_ride(ride, by=by)
    if ride.stage == Ride.Stage.PICKED_UP:
        raise Overtaken("They are on their way already. Ask for another ride.")
    return _seat(case, ride, seat, at=at, by=by)


@transaction.atomic
def leave_ride(passenger: Passenger, *, at: datetime, by: Actor) -> Passenger:
    """Somebody does not ride after all. The ride goes on for the others.

    Raises:
        Overtaken: they were taken off it already, or it is over.
    """
    if passenger.agency_id != by.agency_id:
        raise NotPermitted("Only those who put them on the ride can take them off it.")
    by.must("referrals.place", passenger.circle)
    hold_case(passenger.case_id)
    open_ride(passenger.ride, by=by)
    found: Passenger = Passenger.objects.select_related("circle").lock(passenger)
    if found.left_at is not None:
        raise Overtaken("They were taken off this ride already.")
    found.left_at = at
    found.save(update_fields=["left_at"])
    follow(found, LEFT, at=at, by=by)
    return found


@transaction.atomic
def call_ride_off(ride: Ride, *, words: str, at: datetime, by: Actor) -> Ride:
    """The ride is not needed.

    Raises:
        NotPermitted: another agency arranged it.
        Refused: nothing is said about why.
        Overtaken: it is over already.
    """
    by.must("referrals.place")
    if ride.from_agency_id != by.agency_id:
        raise NotPermitted("Only those who arranged the ride can call it off. Say that it did not happen.")
    if not words.strip():
        raise Refused("Say why: the other side reads it.")
    ride = hold_ride(ride, by=by)
    ride.words = words
    return end_ride(ride, Ride.Stage.CANCELED, at=at, by=by)


def _why_no_ride(journey: Journey, *, at: datetime, by: Actor) -> str:
    if not (journey.origin.words.strip() and journey.goal.words.strip()):
        return "Say from where and to where."
    if journey.starts_at < at - RIDES.early:
        return "This time has passed. Say when they are to be picked up."
    if not timedelta(0) < journey.lasts <= RIDES.longest:
        return "A ride lasts for some minutes, and for half a day at most."
    if (journey.driving == Ride.Driving.PARTNER) != (
        journey.partner is not None
    ) or journey.partner == by.agency:
        return "Say which partner drives."
    if (journey.driving == Ride.Driving.CONTRACTED) != bool(journey.contractor.strip()):
        return "Say which service drives."
    return ""


def _write_ends(case: Case, ride: Ride, journey: Journey, *, by: Actor) -> None:
    """Both ends, each hidden where it was said, where a law hides where they are, or where a hidden house is meant."""
    ours = by.agency if by.agency.kind == Agency.Kind.VICTIM_SERVICE else None
    by_law = bool(_HIDDEN_BY & set(case.circle.segments))
    for which, end in ((Stop.Which.FROM, journey.origin), (Stop.Which.TO, journey.goal)):
        keeper = end.keeper or ours
        is_house = keeper is not None and keeper.kind == Agency.Kind.VICTIM_SERVICE
        Stop(
            ride=ride, from_agency=by.agency, to_agency=journey.partner, which=which, words=end.words, keeper=keeper,
            is_hidden=end.is_hidden or by_law or is_house, by=by.user,
        ).save(force_insert=True)  # fmt: skip


def _seat(case: Case, ride: Ride, seat: Seat, *, at: datetime, by: Actor) -> Passenger:
    if not 1 <= seat.seats <= RIDES.most_seats:
        raise Refused(f"A ride takes one to {RIDES.most_seats}.")
    if set(seat.needs) - RIDES.needs.keys():
        raise Refused("Choose what they need from the list.")
    _may_tell_the_driver(case, ride, seat.told_as, at=at, by=by)
    needs: Any = list(seat.needs)
    with (
        refuse_if("everybody_rides_once_in_a_ride", "They are on this ride already."),
        refuse_if("a_ride_takes_as_many_as_it_has_seats", _FULL),
    ):
        passenger = Passenger.objects.create(
            circle=case.circle, case=case, ride=ride, agency=by.agency, seats=seat.seats, needs=needs,
            told_as=seat.told_as, words=seat.words, joined_at=at, by=by.user,
        )  # fmt: skip
    told: Any = {"circle": case.circle, "episode": case.pk, "at": at, "by": by}
    waits = start(Promise(kind=PICK_UP, about=passenger.pk, started_at=ride.starts_at), **told)
    if ride.stage == Ride.Stage.ASKED:
        finding = Promise(kind=ASSIGNMENT, about=passenger.pk, started_at=at, no_later_than=waits.due_at)
        start(finding, **told)
    news = RideAsked(ride_id=ride.pk, passenger_id=passenger.pk)
    record(news, about=passenger.pk, circle=case.circle, episode=case.pk, by=by, at=at)
    return passenger


def _may_tell_the_driver(case: Case, ride: Ride, told_as: str, *, at: datetime, by: Actor) -> None:
    """Somebody else's driver may be told a name, where no law protects it or the person agreed."""
    if not told_as or (ride.driving == Ride.Driving.OWN or ride.to_agency_id == by.agency_id):
        return
    telling = Telling(
        act=REFER, to_agency=ride.to_agency, to_name=ride.contractor, information=("who", "needs"),
        what="A ride, with their name",
    )  # fmt: skip
    goes_with(case, telling, at=at, by=by)
