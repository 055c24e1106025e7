"""What each end of a letter does about news: from the other end, and from its own cases."""

from typing import Any
from uuid import UUID, uuid5

from breakwater.cases.events import FollowUpAttempted, NoteAdded
from breakwater.cases.models import Attempt, Case, Note
from breakwater.kernel.events import on
from breakwater.messaging.actions.notices import settle
from breakwater.referrals.actions.asking import (
    ask_of_ours,
    hear_answer,
    hear_asked_back,
    hear_withdrawal,
    hold_of_ours,
)
from breakwater.referrals.actions.driving import bed_is_gone, hear_ride
from breakwater.referrals.actions.handoff import hear_hand_off
from breakwater.referrals.actions.loop import hear_referral
from breakwater.referrals.actions.meeting import hear_meeting
from breakwater.referrals.actions.staying import ARRIVED, hear_host
from breakwater.referrals.actions.taking_over import hear_contact
from breakwater.referrals.actions.telling import tell_driver, tell_duty, tell_owners
from breakwater.referrals.actions.turns import offer_free_beds
from breakwater.referrals.actions.waiting import follow_offer, hear_offer, hear_removal, hear_skip
from breakwater.referrals.events import (
    AskAnswered,
    AskCalledOff,
    BedLeft,
    HandoffAnswered,
    HandoffMeetingTold,
    HoldEnded,
    HostReported,
    HostTold,
    ListChanged,
    OfferEnded,
    OfferMade,
    PassedOver,
    PlaceAsked,
    QuestionPut,
    ReferralAnswered,
    RideBedGone,
    RideMoved,
    TakenOffList,
)
from breakwater.referrals.models import Ask, Hold, Passenger, Placement, Ride, Wait
from breakwater.trust.access import Actor
from breakwater.trust.events import AgencyLeftCircle
from breakwater.trust.models import Entry


@on(AgencyLeftCircle)
def tell_that_they_left(entry: Entry, by: Actor) -> None:
    """Another agency left a record of ours by itself: whoever is accountable for a case in it is told."""
    if entry.agency_id != by.agency_id:
        for case in Case.objects.open().held_by(by).filter(circle=entry.circle_id).order_by("pk"):
            tell_owners(case.pk, uuid5(case.pk, str(entry.pk)), by=by)


@on(ReferralAnswered)
def follow_the_referral(entry: Entry, by: Actor) -> None:
    """The receiver's stage stops and starts the sender's clocks, and enters the story of its case."""
    hear_referral(entry, by=by)


@on(HandoffAnswered)
def follow_the_hand_off(entry: Entry, by: Actor) -> None:
    """The receiver's answer stops and starts the sender's clocks, and enters the story of its case."""
    hear_hand_off(entry, by=by)


@on(HandoffMeetingTold)
def enter_the_meeting(entry: Entry, by: Actor) -> None:
    """A meeting that the receiver wrote down enters the story of the sender's case."""
    hear_meeting(entry, by=by)


@on(HostReported)
def follow_the_host(entry: Entry, by: Actor) -> None:
    """What happened at a bed stops the clock of those who placed, enters the story of their case, and is told them."""
    hear_host(entry, by=by)
    stay, code = Placement.objects.filter(pk=_about(entry)).first(), entry.facts["code"]
    if stay is not None:
        is_gone = code != ARRIVED and Case.objects.open().filter(pk=stay.case_id).exists()
        tell_owners(stay.case_id, uuid5(stay.pk, code), is_urgent=is_gone, by=by)


@on(BedLeft, when=lambda left: left.ended_how != Placement.Ending.MOVED)
def tell_that_the_bed_is_gone(entry: Entry, by: Actor) -> None:
    """Whoever is accountable hears at once that the bed is gone, also when one of us wrote it: once, whoever told."""
    stay, code = Placement.objects.filter(pk=_about(entry)).first(), entry.facts["ended_how"]
    if stay is None or code == Placement.Ending.MOVED:
        return
    if Case.objects.open().filter(pk=stay.case_id).exists():
        tell_owners(stay.case_id, uuid5(stay.pk, code), is_urgent=True, wrote=entry.by_id, by=by)


@on(HostTold)
def somebody_is_expected(entry: Entry, by: Actor) -> None:
    """Those who keep a bed are told who is expected there, and what those who placed them wrote down since."""
    cause = uuid5(_about(entry), f"told {entry.facts['code']}")
    tell_duty("house", cause, about=_about(entry), by_whom="referrals.place", by=by)


@on(BedLeft, when=lambda left: left.ended_how != "left")
def tell_who_drives_there(entry: Entry, by: Actor) -> None:
    """A bed was given up before anybody slept in it: the rides that go to it say so, and who drives is told."""
    if entry.facts["ended_how"] == Placement.Ending.LEFT:
        return
    placement = Placement.objects.select_related("bed__place").get(pk=entry.about)
    bed_is_gone(placement, at=entry.at, by=by)


@on(RideBedGone)
def the_bed_is_gone(entry: Entry, by: Actor) -> None:
    """Whoever drives somebody to a bed that was given up hears it before they are there."""
    ride = Ride.objects.visible_to(by).get(pk=_about(entry))
    tell_driver(ride, uuid5(ride.pk, "bed gone"), is_urgent=True, by=by)


@on(PlaceAsked)
def a_bed_is_asked_for(entry: Entry, by: Actor) -> None:
    """Those who keep beds are told that one is asked for: half an hour is soon over."""
    asked = Ask.objects.filter(pk=_about(entry), stage=Ask.Stage.WAITING).first()
    if asked:
        tell_duty("request", asked.pk, about=asked.pk, by_whom="referrals.answer", is_urgent=True, by=by)


@on(AskCalledOff)
def nobody_asks_any_more(entry: Entry, by: Actor) -> None:
    """A place that need not answer any more has nothing waiting."""
    settle(_about(entry), at=by.now, by=by)


@on(NoteAdded, when=lambda note: note.reached)
def confirm_the_first_contact(entry: Entry, by: Actor) -> None:
    """The receiver reached the person of a case it took over: the hand-off is complete."""
    if entry.facts["reached"] and Note.objects.contacts().filter(pk=_about(entry)).exists():
        hear_contact(entry, by=by)


@on(FollowUpAttempted, when=lambda tried: tried.outcome == "reached")
def confirm_the_first_contact_by_follow_up(entry: Entry, by: Actor) -> None:
    """The same, when the person was reached by a follow-up."""
    if entry.facts["outcome"] == "reached" and Attempt.objects.spoke().filter(pk=_about(entry)).exists():
        hear_contact(entry, by=by)


@on(AskAnswered)
def call_the_others_off(entry: Entry, by: Actor) -> None:
    """The first yes starts the clock of those who asked and is told them; the other places need not answer."""
    hear_answer(entry, by=by)
    asked = ask_of_ours(entry)
    if asked is None:
        return
    if entry.facts["code"] == Ask.Stage.ACCEPTED or not asked.round.asks.waiting().exists():
        tell_owners(asked.round.case_id, asked.pk, is_urgent=True, by=by)


@on(QuestionPut)
def owe_a_reply(entry: Entry, by: Actor) -> None:
    """A place that was asked waits for a reply: whoever is accountable is told, and a clock runs until it is given."""
    hear_asked_back(entry, by=by)
    asked = ask_of_ours(entry)
    if asked and (waits := asked.questions.filter(replied_at=None).first()):
        tell_owners(asked.round.case_id, waits.pk, kind="request", by=by)


@on(HoldEnded, when=lambda ended: ended.how == "withdrawn")
def follow_the_withdrawal(entry: Entry, by: Actor) -> None:
    """The place took its bed back: those who asked must ask again, and are told."""
    hear_withdrawal(entry, by=by)
    hold: Any = hold_of_ours(entry)
    if hold:
        tell_owners(hold.round.case_id, uuid5(hold.pk, "withdrawn"), is_urgent=True, by=by)


@on(ListChanged)
def offer_what_is_free(entry: Entry, by: Actor) -> None:
    """Somebody joined a list or left it: a bed that is free is offered at once to who is next."""
    wait = Wait.objects.select_related("program").get(pk=entry.about)
    offer_free_beds(wait.program, at=by.now, by=by)


@on(OfferMade)
def it_is_their_turn(entry: Entry, by: Actor) -> None:
    """Those who sent somebody to wait have a clock until the offer runs out, and it stands in the story of the case."""
    hear_offer(entry, by=by)
    hold = Hold.objects.select_related("wait").get(pk=entry.about)
    tell_owners(hold.wait.case_id, hold.pk, is_urgent=True, by=by)


@on(OfferEnded)
def follow_the_offer(entry: Entry, by: Actor) -> None:
    """The clock of those who were offered a bed ends; the house that offered it goes on to the next."""
    hold = Hold.objects.select_related("wait__program").get(pk=entry.about)
    if hold.from_agency_id == by.agency_id:
        follow_offer(hold, at=entry.at, by=by)
    if hold.to_agency_id == by.agency_id:
        offer_free_beds(hold.wait.program, at=by.now, by=by)


@on(PassedOver)
def they_were_passed_over(entry: Entry, by: Actor) -> None:
    """That somebody was passed over, and why, enters the story of their case."""
    hear_skip(entry, by=by)


@on(TakenOffList)
def they_were_taken_off(entry: Entry, by: Actor) -> None:
    """The clock of those who sent somebody ends, and it enters the story of their case."""
    hear_removal(entry, by=by)


@on(RideMoved)
def follow_the_ride(entry: Entry, by: Actor) -> None:
    """What one end of a ride wrote down stops the clocks of the other's passengers, enters their story, and is told."""
    hear_ride(entry, by=by)
    ride, code = Ride.objects.visible_to(by).get(pk=entry.about), entry.facts["code"]
    if ride.to_agency_id != by.agency_id:
        for case_id in (
            Passenger.objects.on_board().filter(ride=ride, agency=by.agency).values_list("case", flat=True)
        ):
            tell_owners(case_id, uuid5(ride.pk, f"{code} {case_id}"), by=by)
    elif code == Ride.Stage.ASKED and ride.stage == Ride.Stage.ASKED:
        tell_duty("request", ride.pk, about=ride.pk, by_whom="referrals.place", is_urgent=True, by=by)
    elif code == Ride.Stage.CANCELED:
        settle(ride.pk, at=by.now, by=by)
        tell_driver(ride, uuid5(ride.pk, code), is_urgent=True, by=by)


def _about(entry: Entry) -> UUID:
    """What the news is about: an ask, a stay or a ride, always told."""
    return UUID(str(entry.about))
