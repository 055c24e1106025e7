"""The warm part of a hand-off: a call with three or a visit together, who was on it, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.kernel.errors import Overtaken, Refused
from breakwater.referrals.actions.handoff import HAND_OFF, confirm_contact
from breakwater.referrals.actions.letters import Word, holds_case, is_news, permit
from breakwater.referrals.events import HandoffMeetingHeld, HandoffMeetingTold
from breakwater.referrals.models import Handoff, HandoffStageCode, Meeting, Told
from breakwater.referrals.rules import why_no_meeting
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Entry

_OVER = (HandoffStageCode.DECLINED, HandoffStageCode.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class Together:
    """A meeting as it is told: of which kind, who was on it besides the person, and what came of it."""

    kind: str
    outcome: str
    receiver: str = ""
    sender: str = ""
    others: str = ""
    words: str = ""


@transaction.atomic
def note_meeting(handoff: Handoff, told: Together, *, held_at: datetime, at: datetime, by: Actor) -> Meeting:
    """Write down a call with three or a visit together. When the receiver and the person spoke, that is their contact.

    Before the receiver has accepted it confirms nothing: a case is not theirs by being talked about.

    Raises:
        Refused: it lies ahead, or nobody of the receiver is named though they spoke.
        Overtaken: the hand-off was declined or taken back.
    """
    is_sender = permit(handoff, HAND_OFF, by=by)
    handoff = Handoff.objects.lock(handoff)
    if handoff.stage in _OVER:
        raise Overtaken("This hand-off is over: it was declined or taken back.")
    if sentence := why_no_meeting(
        kind=told.kind,
        outcome=told.outcome,
        receiver=told.receiver,
        ours=(by.name, by.agency.name) if is_sender else (),
    ):
        raise Refused(sentence)
    if held_at > at:
        raise Refused("A meeting is written down once it was held. Check the time.")
    meeting = Meeting.objects.create(
        handoff=handoff, from_agency_id=handoff.from_agency_id, to_agency_id=handoff.to_agency_id, kind=told.kind,
        outcome=told.outcome, receiver=told.receiver, sender=told.sender, others=told.others, words=told.words,
        at=held_at, by=by.user, by_agency=by.agency,
    )  # fmt: skip
    if is_sender:
        _enter(handoff, meeting, by=by)
    else:
        news = HandoffMeetingTold(handoff_id=handoff.pk, meeting_id=meeting.pk)
        record(news, about=handoff.pk, to_agency=handoff.from_agency, by=by, at=at)
    _confirm(handoff, meeting, at=at, by=by)
    return meeting


@transaction.atomic
def hear_meeting(entry: Entry, *, by: Actor) -> None:
    """What the receiver wrote down of a meeting enters the story of the sender's case. Twice is once."""
    handoff = Handoff.objects.lock(Handoff(pk=entry.about))
    meeting = Meeting.objects.get(pk=UUID(str(entry.facts["meeting_id"])))
    if holds_case(handoff.case_id) and is_news(meeting.pk, by=by):
        _enter(handoff, meeting, by=by)


def _enter(handoff: Handoff, meeting: Meeting, *, by: Actor) -> None:
    news = HandoffMeetingHeld(
        handoff_id=handoff.pk, meeting_id=meeting.pk, kind=meeting.kind, outcome=meeting.outcome
    )
    record(news, about=handoff.pk, circle=handoff.circle, episode=handoff.case_id, by=by, at=meeting.at)


def _confirm(handoff: Handoff, meeting: Meeting, *, at: datetime, by: Actor) -> None:
    """The first contact, on the word of whoever of the receiver was there. It is written down when it is told.

    Where the receiver works here and has no case yet, they met and nobody there is accountable: the hand-off waits.
    """
    if meeting.outcome == Meeting.Outcome.SPOKE and handoff.stage == HandoffStageCode.ACCEPTED:
        if handoff.to_agency_id and not handoff.is_held_by_receiver(meeting.at):
            return
        last = handoff.stages.latest("at").at
        word = Word(told_by=Told.RECEIVER, source=meeting.receiver, words=f"{meeting.get_kind_display()}.")
        confirm_contact(handoff, word=word, at=max(meeting.at, last), by=by)
