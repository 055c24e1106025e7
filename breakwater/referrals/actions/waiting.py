"""Those who sent somebody to wait: join a list, say that it is still wanted, take or refuse an offer, leave.

Whoever acts locks the circle, the case, then the entry, then the bed, then the offer. The house locks the program first
and goes on in the same order, so that nobody waits for somebody who waits for them.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from breakwater.cases.actions.holding import held, keep_held
from breakwater.cases.models import Case
from breakwater.clocks.actions import Promise, replace, start, stop
from breakwater.clocks.models import Clock
from breakwater.kernel.db import RecordedNow, refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.events import Event
from breakwater.referrals.actions.letters import hold_case, holds_case, is_news
from breakwater.referrals.actions.placement import Guest, in_turn, move, place
from breakwater.referrals.actions.rounds import bed_of, must_stand, write_end
from breakwater.referrals.events import (
    ListChanged,
    OfferEnded,
    OfferOver,
    OfferReceived,
    TurnSkipped,
    WaitBegun,
    WaitConfirmed,
    WaitOver,
)
from breakwater.referrals.library import WAITS
from breakwater.referrals.models import Hold, ListRule, Placement, Skip, Wait
from breakwater.referrals.rules import rank_of
from breakwater.resources.fit import Wants
from breakwater.resources.models import Program
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.journal import record
from breakwater.trust.models import Entry

CONFIRMATION, OFFER = "waitlist_confirmation", "waitlist_offer"
_FIRST = "Choose a reason, so that the house and the next search can do better."
_IN_WORDS = "Say the other reason in a few words."


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """What the house reads of somebody who waits: facts and grounds as codes, and words that name nobody."""

    wants: Wants
    grounds: tuple[str, ...] = ()
    words: str = ""

    def facts(self) -> dict[str, object]:
        """What is told, and nothing that is not."""
        return self.wants.facts() | ({"grounds": list(self.grounds)} if self.grounds else {})


@transaction.atomic
def join_list(case: Case, program: Program, applicant: Applicant, *, at: datetime, by: Actor) -> Wait:
    """Put somebody on the list of a program. A clock runs until one asks whether a bed is still wanted.

    Raises:
        Refused: the case is closed, the list cannot be joined from here, or takes nobody now.
        Overtaken: they wait there already.
    """
    by.must("referrals.place", case.circle)
    case = held(case, by=by)
    if not Program.objects.waited_for_by(by.agency).filter(pk=program.pk).exists():
        raise Refused("This list cannot be joined from here. Call those who keep it.")
    rule = ListRule.objects.filter(program=program).first()
    if rule and not rule.is_open:
        raise Refused("This house takes nobody on its list now. Ask another.")
    keeper = program.agency or by.agency
    facts: Any = applicant.facts()
    with refuse_if("nobody_waits_twice_on_a_list", "They stand on this list already."):
        wait = Wait.objects.create(
            circle=case.circle, case=case, from_agency=by.agency, to_agency=keeper, program=program,
            facts=facts, words=applicant.words, since=at, confirmed_at=at, due_at=at + WAITS.confirm_every,
            rank=rank_of(applicant.grounds, rule.first if rule else ()), by=by.user,
            offer_for=rule.offer_for if rule else WAITS.offer_for,
        )  # fmt: skip
    _ask_again(wait, at=at, by=by)
    _tell(WaitBegun(wait_id=wait.pk, program_id=program.pk), wait, at=at, by=by)
    record(ListChanged(wait_id=wait.pk), about=wait.pk, to_agency=keeper, by=by, at=at)
    return wait


@transaction.atomic
def confirm_wait(wait: Wait, *, at: datetime, by: Actor) -> Wait:
    """A bed is still wanted. Who let an offer run out is offered the next one again.

    Raises:
        Overtaken: they wait no longer.
    """
    wait = _ours(wait, by=by)
    wait.confirmed_at, wait.due_at = at, at + WAITS.confirm_every
    wait.heard_at = RecordedNow()
    wait.save(update_fields=["confirmed_at", "due_at", "heard_at"])
    wait.refresh_from_db(fields=["heard_at"])
    _ask_again(wait, at=at, by=by)
    _tell(WaitConfirmed(wait_id=wait.pk), wait, at=at, by=by)
    return wait


@transaction.atomic
def leave_list(wait: Wait, *, reason: str, words: str = "", at: datetime, by: Actor) -> Wait:
    """They wait no longer. A bed that is offered to them goes on to the next.

    Raises:
        Refused: no reason of the table is chosen, or another one is not told in words.
        Overtaken: they wait no longer already.
    """
    check_reason(reason, words, WAITS.leaves)
    wait = _ours(wait, by=by)
    for hold in _offers_of(wait):
        _end(hold, Hold.Ending.GIVEN_BACK, "", "", at=at, by=by)
    wait.reason, wait.answer = reason, words
    _close(wait, Wait.Ending.LEFT, at=at, by=by)
    return wait


@transaction.atomic
def take_offer(hold: Hold, *, guest: Guest, at: datetime, by: Actor) -> Placement:
    """Take the bed that is offered: from now it is theirs, and they wait there no longer. Who has a bed moves.

    Raises:
        Overtaken: the offer ran out by the clock of the database, or ended otherwise.
        Unlawful: the house is told a name, and a law protects it.
    """
    wait, hold = _offered_to_us(hold, by=by)
    _end(hold, Hold.Ending.TAKEN_UP, "", "", at=at, by=by)
    placement = _to_bed(wait.case, hold, guest, at=at, by=by)
    _close(wait, Wait.Ending.PLACED, at=at, by=by)
    return placement


@transaction.atomic
def refuse_offer(hold: Hold, *, reason: str, words: str = "", at: datetime, by: Actor) -> Hold:
    """This bed is not taken. They keep their place on the list, and the bed goes on to the next.

    Raises:
        Refused: no reason of the table is chosen, or another one is not told in words.
        Overtaken: the offer ran out, or ended otherwise.
    """
    check_reason(reason, words, WAITS.declines)
    _, hold = _offered_to_us(hold, by=by)
    _end(hold, Hold.Ending.GIVEN_BACK, reason, words, at=at, by=by)
    return hold


@transaction.atomic
def hear_offer(entry: Entry, *, by: Actor) -> None:
    """It is their turn: a clock runs until the offer runs out. Hearing it again changes nothing."""
    hold: Any = Hold.objects.select_related("wait__circle").get(pk=entry.about)
    if not (holds_case(hold.wait.case_id) and is_news(hold.pk, by=by)):
        return
    _tell(OfferReceived(wait_id=hold.wait_id, hold_id=hold.pk), hold.wait, at=entry.at, by=by)
    if Hold.objects.standing().filter(pk=hold.pk).exists():
        promise = Promise(kind=OFFER, about=hold.pk, started_at=hold.starts_at, until=hold.expires_at)
        start(promise, circle=hold.wait.circle, episode=hold.wait.case_id, at=entry.at, by=by)
    else:
        follow_offer(hold, at=entry.at, by=by)


@transaction.atomic
def follow_offer(hold: Hold, *, at: datetime, by: Actor) -> None:
    """Our clock and our story take in that an offer stands no longer, once, however we learn of it."""
    wait = Wait.objects.select_related("circle").get(pk=hold.wait_id)
    if not (holds_case(wait.case_id) and is_news(uuid5(hold.pk, "over"), by=by)):
        return
    how = hold.ended_how or Hold.Ending.RAN_OUT
    kept = how in (Hold.Ending.TAKEN_UP, Hold.Ending.GIVEN_BACK)
    _stop(hold.pk, kept=kept, excuse=str(Hold.Ending(how).label), at=hold.ended_at or at, by=by)
    _tell(OfferOver(wait_id=wait.pk, hold_id=hold.pk, how=str(how)), wait, at=at, by=by)
    keep_held(wait.case_id, circle=wait.circle, at=at, by=by)


@transaction.atomic
def hear_skip(entry: Entry, *, by: Actor) -> None:
    """They were passed over: it stands in the story of the case. Hearing it again changes nothing."""
    skip = Skip.objects.select_related("wait__circle").get(pk=entry.facts["skip_id"])
    if holds_case(skip.wait.case_id) and is_news(skip.pk, by=by):
        _tell(TurnSkipped(wait_id=skip.wait_id, reason=skip.reason), skip.wait, at=entry.at, by=by)


@transaction.atomic
def hear_removal(entry: Entry, *, by: Actor) -> None:
    """The house took them off: our clock ends, and it stands in the story. Hearing it again changes nothing."""
    wait = Wait.objects.select_related("circle").get(pk=entry.about)
    if holds_case(wait.case_id) and is_news(uuid5(wait.pk, "taken off"), by=by):
        _over(wait, at=entry.at, by=by)


def check_reason(reason: str, words: str, allowed: Container[str]) -> None:
    """Go on only with a reason of the table, told in words where it is another one.

    Raises:
        Refused: it is none.
    """
    if reason not in allowed:
        raise Refused(_FIRST)
    if reason == "other" and not words.strip():
        raise Refused(_IN_WORDS)


def _ours(wait: Wait, *, by: Actor) -> Wait:
    """The entry, locked after its circle and case, for those who sent somebody, while they wait."""
    if wait.from_agency_id != by.agency_id:
        raise NotPermitted("Only those who put them on the list can say so.")
    by.must("referrals.place", wait.circle)
    hold_circle(wait.circle)
    hold_case(wait.case_id)
    found: Wait = Wait.objects.select_related("circle", "case__circle", "to_agency").lock(wait)
    must_wait(found)
    return found


def must_wait(wait: Wait) -> None:
    """Go on only while they wait.

    Raises:
        Overtaken: they wait no longer.
    """
    if wait.closed_at is not None:
        raise Overtaken(f"They are not on this list any more: {wait.get_closed_how_display().lower()}.")


def _offered_to_us(hold: Hold, *, by: Actor) -> tuple[Wait, Hold]:
    """The entry, the bed and the offer, locked in this order, while the offer stands."""
    if hold.from_agency_id != by.agency_id or hold.wait_id is None:
        raise NotPermitted("Only those to whom the bed is offered can say so.")
    wait = _ours(Wait.objects.select_related("circle").get(pk=hold.wait_id), by=by)
    in_turn(hold.bed_id)
    found = Hold.objects.select_related("bed__place", "bed__agency", "to_agency").lock(hold)
    must_stand(found)
    return wait, found


def _to_bed(case: Case, hold: Hold, guest: Guest, *, at: datetime, by: Actor) -> Placement:
    """The bed becomes theirs; who has another one moves."""
    stay, bed = Placement.objects.standing().filter(case=case).first(), bed_of(hold)
    if stay is None:
        return place(case, bed, guest=guest, at=at, by=by, is_promised=True)
    return move(stay, bed, at=at, by=by, is_promised=True)


def _offers_of(wait: Wait) -> list[Hold]:
    """The offer that stands, locked after its bed."""
    standing = Hold.objects.standing().filter(wait=wait)
    in_turn(*standing.values_list("bed", flat=True))
    return list(standing.select_related("to_agency").select_for_update(of=("self",)))


def _end(hold: Hold, how: Hold.Ending, reason: str, words: str, *, at: datetime, by: Actor) -> None:
    write_end(hold, how, reason=reason, words=words, by=by)
    news = OfferEnded(hold_id=hold.pk, how=str(how))
    record(news, about=hold.pk, to_agency=hold.to_agency, by=by, at=at)
    follow_offer(hold, at=at, by=by)


def _close(wait: Wait, how: Wait.Ending, *, at: datetime, by: Actor) -> None:
    wait.closed_at, wait.closed_how, wait.closed_by = max(at, wait.since), how, by.user
    wait.save(update_fields=["closed_at", "closed_how", "reason", "answer", "closed_by"])
    _over(wait, at=at, by=by)
    record(ListChanged(wait_id=wait.pk), about=wait.pk, to_agency=wait.to_agency, by=by, at=at)


def _over(wait: Wait, *, at: datetime, by: Actor) -> None:
    kept = wait.closed_how == Wait.Ending.PLACED
    _stop(wait.pk, kept=kept, excuse=str(wait.get_closed_how_display()), at=at, by=by)
    _tell(WaitOver(wait_id=wait.pk, how=wait.closed_how, reason=wait.reason), wait, at=at, by=by)
    keep_held(wait.case_id, circle=wait.circle, at=at, by=by)


def _ask_again(wait: Wait, *, at: datetime, by: Actor) -> None:
    promise = Promise(kind=CONFIRMATION, about=wait.pk, started_at=at, until=wait.due_at)
    replace(promise, circle=wait.circle, episode=wait.case_id, at=at, by=by)


def _stop(about: UUID, *, kept: bool, excuse: str, at: datetime, by: Actor) -> None:
    for clock in Clock.objects.running().of(about).select_related("circle"):
        ended = Clock.Ended.MET if kept else Clock.Ended.EXCUSED
        stop(clock, how=ended, excuse="" if kept else excuse, at=at, by=by)


def _tell(event: Event, wait: Wait, *, at: datetime, by: Actor) -> None:
    record(event, about=wait.pk, circle=wait.circle, episode=wait.case_id, by=by, at=at)
