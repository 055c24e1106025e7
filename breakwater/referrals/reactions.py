"""What each end of a letter does about news: from the other end, and from its own cases."""

from breakwater.cases.events import FollowUpAttempted, NoteAdded
from breakwater.cases.models import Assignment
from breakwater.kernel.events import on
from breakwater.messaging.actions.notices import News, tell_workers
from breakwater.referrals.actions.asking import hear_answer, hear_asked_back, hear_withdrawal
from breakwater.referrals.actions.driving import hear_ride
from breakwater.referrals.actions.handoff import hear_contact, hear_hand_off
from breakwater.referrals.actions.loop import hear_referral
from breakwater.referrals.actions.meeting import hear_meeting
from breakwater.referrals.actions.placement import hear_host
from breakwater.referrals.actions.turns import offer_free_beds
from breakwater.referrals.actions.waiting import follow_offer, hear_offer, hear_removal, hear_skip
from breakwater.referrals.events import (
    AskAnswered,
    HandoffAnswered,
    HandoffMeetingTold,
    HoldEnded,
    HostReported,
    ListChanged,
    OfferEnded,
    OfferMade,
    PassedOver,
    QuestionPut,
    ReferralAnswered,
    RideMoved,
    TakenOffList,
)
from breakwater.referrals.models import Ask, Hold, Wait
from breakwater.trust.access import Actor
from breakwater.trust.models import Entry


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
    """An arrival or a departure stops the clock of those who placed, and enters the story of their case."""
    hear_host(entry, by=by)


@on(NoteAdded, when=lambda note: note.reached)
def confirm_the_first_contact(entry: Entry, by: Actor) -> None:
    """The receiver reached the person of a case it took over: the hand-off is complete."""
    if entry.facts["reached"]:
        hear_contact(entry, by=by)


@on(FollowUpAttempted, when=lambda tried: tried.outcome == "reached")
def confirm_the_first_contact_by_follow_up(entry: Entry, by: Actor) -> None:
    """The same, when the person was reached by a follow-up."""
    if entry.facts["outcome"] == "reached":
        hear_contact(entry, by=by)


@on(AskAnswered)
def call_the_others_off(entry: Entry, by: Actor) -> None:
    """The first yes starts the clock of those who asked, and tells the other places that they need not answer."""
    hear_answer(entry, by=by)


@on(QuestionPut)
def owe_a_reply(entry: Entry, by: Actor) -> None:
    """A place that was asked waits for a reply: whoever is accountable is told, and a clock runs until it is given."""
    hear_asked_back(entry, by=by)
    asked = Ask.objects.select_related("round").get(pk=entry.about)
    if waits := asked.questions.filter(replied_at=None).first():
        case_id = asked.round.case_id
        owners = Assignment.objects.owners().filter(case=case_id, agency=by.agency_id, worker__isnull=False)
        news = News(kind="request", cause=waits.pk, about=case_id)
        tell_workers(news, set(owners.values_list("worker", flat=True)), at=by.now, by=by)


@on(HoldEnded, when=lambda ended: ended.how == "withdrawn")
def follow_the_withdrawal(entry: Entry, by: Actor) -> None:
    """The place took its bed back: those who asked must ask again."""
    hear_withdrawal(entry, by=by)


@on(ListChanged)
def offer_what_is_free(entry: Entry, by: Actor) -> None:
    """Somebody joined a list or left it: a bed that is free is offered at once to who is next."""
    wait = Wait.objects.select_related("program").get(pk=entry.about)
    offer_free_beds(wait.program, at=by.now, by=by)


@on(OfferMade)
def it_is_their_turn(entry: Entry, by: Actor) -> None:
    """Those who sent somebody to wait have a clock until the offer runs out, and it stands in the story of the case."""
    hear_offer(entry, by=by)


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
    """What one end of a ride wrote down stops the clocks of the other's passengers, and enters their story."""
    hear_ride(entry, by=by)
