"""Ready-made letters and placements, made by real actions."""

from datetime import datetime, timedelta
from typing import Any

from breakwater.cases.models import Case
from breakwater.kernel.ids import new_id
from breakwater.referrals.actions.asking import Wish, ask_many
from breakwater.referrals.actions.handoff import Receiver, offer_case
from breakwater.referrals.actions.loop import Letter, refer
from breakwater.referrals.actions.placement import Guest, place
from breakwater.referrals.actions.rides import End, Journey, Seat, ask_for_ride
from breakwater.referrals.actions.turns import offer_free_beds
from breakwater.referrals.actions.waiting import Applicant, join_list
from breakwater.referrals.models import Ask, Handoff, Hold, Placement, Referral, Ride, Round, Wait
from breakwater.referrals.packet import USUAL, packet_of
from breakwater.resources.fit import Wants
from breakwater.resources.models import Bed, Place, Program
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.dispatch import react
from breakwater.trust.models import Agency, Entry


def a_letter(**facts: Any) -> Letter:
    """A letter to somebody outside, about housing."""
    usual = {
        "to_name": "Hope House",
        "need": "housing",
        "words": "A room for a mother and two children tonight.",
    }
    return Letter(**(usual | facts))


def a_referral(case: Case, *, by: Actor, at: datetime | None = None, **facts: Any) -> Referral:
    """A referral that was just sent."""
    return refer(case, a_letter(**facts), at=at or by.now, by=by)


def a_handoff(
    case: Case, *, by: Actor, to: Agency | None = None, at: datetime | None = None, **chosen: Any
) -> Handoff:
    """A case that was just offered, with the usual packet."""
    packet = packet_of(case, chosen.pop("sections", USUAL), by=by, **chosen)
    receiver = Receiver(name=to.name if to else "Long Road Services", agency=to)
    return offer_case(case, to=receiver, packet=packet, at=at or by.now, by=by)


def a_bed(*, keeper: Agency, at: datetime, **facts: Any) -> Bed:
    """A bed of an agency, in use since long before."""
    place_of_it = facts.pop("place", None) or Place.objects.create(
        source="testing", external_id=new_id().hex, name="Harbor Street Shelter", city="Dayton"
    )
    usual = {
        "label": f"Bed {new_id().hex[-6:]}",
        "kind": Bed.Kind.SHELTER_ADULT,
        "starts_at": at - timedelta(days=365),
    }
    return Bed.objects.create(place=place_of_it, agency=keeper, **(usual | facts))


def a_placement(case: Case, bed: Bed, *, by: Actor, at: datetime | None = None, **guest: Any) -> Placement:
    """A bed that is held for somebody."""
    return place(case, bed, guest=Guest(**guest), at=at or by.now, by=by)


def a_program(*, keeper: Agency, at: datetime, beds: int = 1, **facts: Any) -> Program:
    """A program of an agency with beds of its own kind, in use since long before."""
    usual = {"kind": Bed.Kind.SHELTER_ADULT}
    place_of_it = facts.pop("place", None) or Place.objects.create(
        source="testing", external_id=new_id().hex, name=f"{keeper.name} house", city="Dayton"
    )
    made: Program = Program.objects.create(place=place_of_it, agency=keeper, **(usual | facts))
    for _ in range(beds):
        a_bed(keeper=keeper, at=at, place=place_of_it, kind=made.kind)
    return made


def a_round(case: Case, *programs: Program, by: Actor, at: datetime | None = None, **wants: Any) -> Round:
    """Places that were just asked for a bed."""
    wish = Wish(kind=programs[0].kind, wants=Wants(**wants), words="One person, tonight.")
    return ask_many(case, wish, programs, at=at or by.now, by=by)


def asked_of(program: Program, *, by: Actor) -> Ask:
    """What a program was asked last, as its keepers see it."""
    found: Ask = Ask.objects.visible_to(by).filter(program=program).latest("asked_at", "pk")
    return found


def a_wait(
    case: Case,
    program: Program,
    *,
    by: Actor,
    at: datetime | None = None,
    grounds: tuple[str, ...] = (),
    **wants: Any,
) -> Wait:
    """Somebody who was just put on a list."""
    applicant = Applicant(wants=Wants(**wants), grounds=grounds, words="Sleeps light.")
    return join_list(case, program, applicant, at=at or by.now, by=by)


def offered(program: Program, *, at: datetime, by: Actor) -> list[Hold]:
    """What is free is offered to who is next, as the worker of the queue would."""
    with acting(by):
        return offer_free_beds(program, at=at, by=by)


def a_ride(
    case: Case, *, by: Actor, at: datetime | None = None, seat: Seat | None = None, **facts: Any
) -> Ride:
    """A ride that was just asked for, in an hour."""
    now = at or by.now
    usual: dict[str, Any] = {
        "starts_at": now + timedelta(hours=1),
        "origin": End(words="Main Library, front door"),
        "goal": End(words="Harbor Street Shelter"),
    }
    return ask_for_ride(case, Journey(**(usual | facts)), seat or Seat(), at=now, by=by)


def news_reaches(agency: Agency, *, at: datetime, times: int = 1, since: int | None = None) -> None:
    """Let an agency hear everything that others announced to it, as the worker would; or what came since an entry."""
    with acting(system_for(agency, now=at)):
        told = Entry.objects.filter(to_agency=agency, **({"pk__gt": since} if since else {}))
        waiting = list(told.order_by("pk").values_list("pk", flat=True))
    for _ in range(times):
        for entry_id in waiting:
            react(entry_id, agency, at=at)
