"""The warm hand-off: offer a case, accept or decline it, confirm the first contact. Until then it is ours."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from breakwater.cases.actions.holding import held
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.judging import worst
from breakwater.cases.models import Case, Danger, Triage
from breakwater.cases.rules import FIRST_CONTACT, TRIAGE_RESPONSE
from breakwater.cases.schemes import scheme
from breakwater.clocks.library import profile
from breakwater.clocks.models import Clock
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.events import Event
from breakwater.people.models import Person
from breakwater.referrals.actions.letters import QUESTION, Kind, Word, catch_up, heard_from, permit, tell
from breakwater.referrals.actions.packets import goes_with_packet, would_go_with_packet
from breakwater.referrals.events import (
    FirstContactConfirmed,
    HandoffAccepted,
    HandoffAnswered,
    HandoffDeclined,
    HandoffOffered,
    HandoffWithdrawn,
)
from breakwater.referrals.filed import pass_on, why_not_by_link
from breakwater.referrals.models import Handoff, HandoffStage, HandoffStageCode, Told
from breakwater.referrals.rules import HAND_OFF_CLOCK_AFTER, NEXT_IN_HAND_OFF, why_contact_is_not_confirmed
from breakwater.resources.models import Service
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.models import Agency, Entry

_OPENED = "Your agency has already opened its case from this packet."


def _told(handoff: Any, stage: Any) -> Event:
    match stage.code:
        case HandoffStageCode.OFFERED:
            return HandoffOffered(handoff_id=handoff.pk, to_agency_id=handoff.to_agency_id)
        case HandoffStageCode.ACCEPTED:
            return HandoffAccepted(handoff_id=handoff.pk)
        case HandoffStageCode.DECLINED:
            return HandoffDeclined(handoff_id=handoff.pk)
        case HandoffStageCode.WITHDRAWN:
            return HandoffWithdrawn(handoff_id=handoff.pk)
    return FirstContactConfirmed(handoff_id=handoff.pk, told_by=stage.told_by)


def _how_soon(handoff: Any) -> timedelta | None:
    """Nobody in danger now, and nobody with whom no one has been yet, waits longer for the receiver than for us.

    That is the time of the code, or of a first contact.
    """
    responses = Clock.objects.running().in_episode(handoff.case_id).filter(kind=TRIAGE_RESPONSE)
    if worst(Danger.objects.levels_of(Case(pk=handoff.case_id))) != "now" and not responses.exists():
        return None
    triage = Triage.objects.standing().filter(case=handoff.case_id).first()
    if triage and (limit := scheme(triage.scheme).code(triage.code).limit):
        return limit
    first = profile(handoff.from_agency.profile).spec(FIRST_CONTACT).limit
    return first.time if first else None


HAND_OFF = Kind(
    stages=HandoffStage,
    link="handoff",
    follows=NEXT_IN_HAND_OFF,
    clocks=HAND_OFF_CLOCK_AFTER,
    sends="referrals.hand_off",
    once="each_hand_off_stage_once",
    question=QUESTION,
    how_soon=_how_soon,
    tells=_told,
    answers=lambda handoff, stage: HandoffAnswered(
        handoff_id=handoff.pk, stage_id=stage.pk, code=str(stage.code)
    ),
)


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Who is asked to take a case over; an agency when it works here too, a service when the directory lists it."""

    name: str
    agency: Agency | None = None
    service: Service | None = None


def shown_before(
    case: Case, *, to: Receiver, packet: dict[str, Any], at: datetime, by: Actor
) -> dict[str, Any]:
    """A packet as its receiver would see it now, with what the law sends along. Nothing is written down."""
    along = would_go_with_packet(_offer(case, to, packet), at=at, by=by)
    return packet | {"goes_with": along} if along else packet


def read_to_offer(
    case: Case, tells: Callable[[], dict[str, Any]], *, to: Receiver, at: datetime, by: Actor
) -> dict[str, Any]:
    """A packet as it is now, while the record is held: nothing in it comes to be protected before it is offered.

    Args:
        tells: reads it.
    """
    hold_circle(case.circle)
    return shown_before(case, to=to, packet=tells(), at=at, by=by)


@transaction.atomic
def offer_case(case: Case, *, to: Receiver, packet: dict[str, Any], at: datetime, by: Actor) -> Handoff:
    """Ask another agency to take a case over, with exactly this packet. Our clock runs until it answers.

    Raises:
        Refused: the case is closed, nobody or one's own agency is asked, nothing is in the packet, or a file cannot be
            opened by somebody without accounts.
        Unlawful: a law protects what is in it, and no consent of the person covers it.
        Overtaken: the case is already offered to somebody.
    """
    by.must("referrals.hand_off", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    if sentence := _why_not_offered(case, to, packet, by=by):
        raise Refused(sentence)
    handoff = _offer(case, to, packet)
    handoff.circle, handoff.from_agency, handoff.offered_at, handoff.offered_by = (
        case.circle,
        by.agency,
        at,
        by.user,
    )
    if along := goes_with_packet(handoff, at=at, by=by):
        handoff.packet = packet | {"goes_with": along}
    with refuse_if(
        "one_open_hand_off_per_case", "This case is already offered to somebody. Take that back first."
    ):
        handoff.save(force_insert=True)
    HandoffStage.objects.create(
        handoff=handoff, from_agency=by.agency, to_agency=to.agency, code=HandoffStageCode.OFFERED,
        told_by=Told.SENDER, at=at, by=by.user, by_agency=by.agency,
    )  # fmt: skip
    if to.agency:
        pass_on(handoff, packet.get("files", ()), by=by)
    catch_up(handoff, kind=HAND_OFF, by=by)
    return handoff


@transaction.atomic
def accept_case(handoff: Handoff, *, at: datetime, by: Actor, word: Word | None = None) -> HandoffStage:
    """The receiver will take the case over. Its first contact is awaited; until then the case stays ours.

    Raises:
        Overtaken: it was answered or taken back a moment ago.
        Refused: the sender writes it down without naming who told it.
    """
    return _tell(handoff, HandoffStageCode.ACCEPTED, word, at=at, by=by)


@transaction.atomic
def decline_case(handoff: Handoff, *, at: datetime, by: Actor, word: Word) -> HandoffStage:
    """The receiver will not take the case over, and says why. It stays ours.

    Raises:
        Overtaken: it was answered or taken back a moment ago.
        Refused: nothing is said about why, or the sender writes it down without naming who told it.
    """
    if not word.words.strip():
        raise Refused("Say why, in a few words.")
    return _tell(handoff, HandoffStageCode.DECLINED, word, at=at, by=by)


@transaction.atomic
def confirm_contact(handoff: Handoff, *, at: datetime, by: Actor, word: Word) -> HandoffStage:
    """The receiver has reached the person: the hand-off is complete, and the case may be closed.

    A receiver that works here has opened its own case first: to have spoken with somebody is not to answer for them.

    Raises:
        Overtaken: it was not accepted, or is complete already.
        Refused: nobody but the sender says so, or the receiver has no open case of its own.
    """
    is_told = handoff.stage == HandoffStageCode.ACCEPTED and permit(handoff, HAND_OFF, by=by) is not None
    if is_told and (sentence := _why_nobody_has_them(handoff, at=at, by=by)):
        raise Refused(sentence)
    return _tell(handoff, HandoffStageCode.FIRST_CONTACT, word, at=at, by=by)


@transaction.atomic
def withdraw_offer(handoff: Handoff, *, words: str, at: datetime, by: Actor) -> HandoffStage:
    """Keep the case after all.

    Raises:
        Overtaken: it was declined, or is complete.
        Refused: nothing is said about why, or it is not the actor's agency that offered it.
    """
    if handoff.from_agency_id != by.agency_id:
        raise Refused("Only the agency that offered a case can take the offer back. You can decline it.")
    if not words.strip():
        raise Refused("Say why you take it back: the receiver reads it.")
    return _tell(handoff, HandoffStageCode.WITHDRAWN, Word(told_by=Told.SENDER, words=words), at=at, by=by)


@transaction.atomic
def take_over(
    handoff: Handoff, story: Story, *, person: Person | None = None, at: datetime, by: Actor, **known: Any
) -> Case:
    """The receiver opens its own case from the packet: its own circle, its own words, its own clocks.

    Who opens it before anybody accepted has accepted with it. Somebody whom the receiver knows already comes as
    ``person``.

    Raises:
        NotPermitted: the case was not offered to the actor's agency.
        Refused: it was declined or taken back.
        Overtaken: the receiver has opened its case already.
    """
    handoff = to_take_over(handoff, at=at, by=by)
    if Case.objects.held_by(by).filter(came_from=handoff.pk).exists():
        raise Overtaken(_OPENED)
    return take_in(replace(story, came_from=handoff.pk), person=person, at=at, by=by, **known)


def to_take_over(handoff: Handoff, *, at: datetime, by: Actor) -> Handoff:
    """A hand-off that its receiver may take over now, held until the act ends; accepted with it where nobody had."""
    if handoff.to_agency_id != by.agency_id:
        raise NotPermitted("This case was not offered to your agency.")
    handoff = Handoff.objects.lock(handoff)
    if handoff.stage == HandoffStageCode.OFFERED:
        accept_case(handoff, at=at, by=by)
    elif handoff.stage not in (HandoffStageCode.ACCEPTED, HandoffStageCode.FIRST_CONTACT):
        raise Refused("This case was declined or taken back, so there is nothing to open.")
    if handoff.is_held_by_receiver(at):
        raise Overtaken(_OPENED)
    return handoff


@transaction.atomic
def hear_hand_off(entry: Entry, *, by: Actor) -> None:
    """The sender's side takes in what the receiver wrote down. Hearing it again changes nothing."""
    handoff = Handoff.objects.lock(Handoff(pk=entry.about))
    catch_up(handoff, kind=HAND_OFF, by=by)


def _tell(handoff: Handoff, code: str, word: Word | None, *, at: datetime, by: Actor) -> HandoffStage:
    is_sender = permit(handoff, HAND_OFF, by=by)
    word = heard_from(word or Word(), is_sender=is_sender, by=by)
    if is_sender and (sentence := _why_not_known(code, word, by=by)):
        raise Refused(sentence)
    stage: HandoffStage = tell(handoff, code, word, kind=HAND_OFF, at=at, by=by)
    return stage


def _why_nobody_has_them(handoff: Handoff, *, at: datetime, by: Actor) -> str:
    """An agency that works here holds somebody with a case of its own: with an owner, and with clocks that run."""
    if handoff.to_agency_id is None or handoff.is_held_by_receiver(at):
        return ""
    if by.agency_id == handoff.to_agency_id:
        return "Open your own case from the packet first: until then nobody at your agency is accountable for them."
    return (
        f"{handoff.to_name} has not opened a case of its own yet, so nobody there is accountable for them."
        " The case stays yours until then."
    )


def _why_not_known(code: str, word: Word, *, by: Actor) -> str:
    """The sender writes the receiver's answer down on the word of somebody named."""
    ours = (by.name, by.agency.name)
    if code == HandoffStageCode.FIRST_CONTACT:
        return why_contact_is_not_confirmed(told_by=word.told_by, source=word.source, ours=ours)
    if code in (HandoffStageCode.ACCEPTED, HandoffStageCode.DECLINED) and not word.source.strip():
        return "Say who there told you, so that it can be checked."
    return ""


def _offer(case: Case, to: Receiver, packet: dict[str, Any]) -> Handoff:
    offer = Handoff(case=case, to_agency=to.agency, to_name=to.name, service=to.service)
    offer.packet = packet
    return offer


def _why_not_offered(case: Case, to: Receiver, packet: dict[str, Any], *, by: Actor) -> str:
    if not to.name.strip():
        return "Say who is asked to take the case over."
    if to.agency and to.agency.pk == by.agency_id:
        return "A hand-off goes to another agency. Within your own, change the owner."
    if not packet.get("sections"):
        return "Choose at least one section: the receiver cannot take over what it cannot see."
    return "" if to.agency else why_not_by_link(case, packet, by=by)
