"""The house that keeps the beds: say the rule of its list, offer what is free to who is next, pass over, take off."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from breakwater.kernel.db import locked, refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.referrals.actions.answering import SPOKEN_FOR, must_be_in_use
from breakwater.referrals.actions.placement import in_turn
from breakwater.referrals.actions.rounds import bed_of, must_stand, write_end
from breakwater.referrals.actions.waiting import check_reason, must_wait
from breakwater.referrals.events import ListRuleSaid, OfferEnded, OfferMade, PassedOver, TakenOffList
from breakwater.referrals.library import WAITS
from breakwater.referrals.models import Hold, ListRule, Skip, Wait
from breakwater.referrals.models.placement import taken_beds
from breakwater.referrals.rules import rank_of
from breakwater.resources.actions.keeping import bring_back_into_use, take_out_of_use
from breakwater.resources.models import Bed, Program
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

_TAKEN = "a_held_bed_is_given_to_nobody_else"
_NOT_YOURS = "Another agency keeps this list."


@transaction.atomic
def say_rule(
    program: Program, *, first: Sequence[str], offer_for: timedelta, is_open: bool, at: datetime, by: Actor
) -> ListRule:
    """Say whom the list puts first, how long an offer stands, and whether it takes names. Everybody may read it.

    Who waits already is put in the new order; how long an offer to them stands stays as they were told.

    Raises:
        NotPermitted: another agency keeps the program.
        Refused: a ground is not of the table or said twice, or an offer would stand too briefly or too long.
    """
    by.must("resources.beds")
    program = _ours(program, by=by)
    if set(first) - WAITS.grounds.keys() or len(set(first)) < len(first):
        raise Refused("Put each ground in its place once.")
    if not timedelta(minutes=5) <= offer_for <= WAITS.longest_offer:
        raise Refused("An offer stands for at least five minutes, and for a day at most.")
    rule, _ = ListRule.objects.update_or_create(
        program=program,
        defaults={
            "agency": by.agency, "first": list(first), "offer_for": offer_for, "is_open": is_open, "said_at": at,
            "by": by.user,
        },
    )  # fmt: skip
    for wait in Wait.objects.in_line().filter(program=program).select_for_update(of=("self",)):
        wait.rank = rank_of(wait.facts.get("grounds", ()), first)
        wait.save(update_fields=["rank"])
    record(ListRuleSaid(program_id=program.pk), about=program.pk, by=by, at=at)
    return rule


@transaction.atomic
def offer_free_beds(program: Program, *, at: datetime, by: Actor) -> list[Hold]:
    """Offer each bed that is free to who is next. PostgreSQL says when an offer runs out, and gives no bed twice.

    Raises:
        NotPermitted: another agency keeps the program.
    """
    by.must("referrals.answer")
    return _go_on(_ours(program, by=by), at=at, by=by)


@transaction.atomic
def skip_turn(wait: Wait, *, reason: str, words: str = "", at: datetime, by: Actor) -> Skip:
    """Pass somebody over for a while, and say why: those who sent them read it. Their place on the list stays.

    Raises:
        Refused: no reason of the table is chosen, or another one is not told in words.
        Overtaken: they wait no longer, or took the bed a moment ago.
    """
    check_reason(reason, words, WAITS.skips)
    wait = _at_our_house(wait, by=by)
    _take_offers_back(wait, words, at=at, by=by)
    skip = Skip.objects.create(
        wait=wait, from_agency=wait.from_agency, to_agency=by.agency, reason=reason, words=words, at=at,
        lasts=WAITS.skip_for, by=by.user,
    )  # fmt: skip
    record(PassedOver(skip_id=skip.pk), about=skip.pk, to_agency=wait.from_agency, by=by, at=at)
    _go_on(wait.program, at=at, by=by)
    return skip


@transaction.atomic
def take_off(wait: Wait, *, reason: str, words: str = "", at: datetime, by: Actor) -> Wait:
    """Take somebody off the list for good, and say why: those who sent them read it.

    Raises:
        Refused: no reason of the table is chosen, or another one is not told in words.
        Overtaken: they wait no longer, or took the bed a moment ago.
    """
    check_reason(reason, words, WAITS.removals)
    wait = _at_our_house(wait, by=by)
    _take_offers_back(wait, words, at=at, by=by)
    wait.closed_at, wait.closed_how, wait.closed_by = max(at, wait.since), Wait.Ending.TAKEN_OFF, by.user
    wait.reason, wait.answer = reason, words
    wait.save(update_fields=["closed_at", "closed_how", "closed_by", "reason", "answer"])
    record(TakenOffList(wait_id=wait.pk), about=wait.pk, to_agency=wait.from_agency, by=by, at=at)
    _go_on(wait.program, at=at, by=by)
    return wait


@transaction.atomic
def take_offer_back(hold: Hold, *, words: str, at: datetime, by: Actor) -> Hold:
    """The bed cannot be kept after all, and is out of use until the house says otherwise. They keep their place.

    Raises:
        NotPermitted: another agency offered it.
        Overtaken: the offer ran out, or ended otherwise.
        Refused: nothing is said about why.
    """
    by.must("referrals.answer")
    if hold.to_agency_id != by.agency_id or hold.wait_id is None:
        raise NotPermitted("Only the house that offered the bed can take it back.")
    if not words.strip():
        raise Refused("Say why: the other side reads it.")
    wait = _locked(Wait.objects.get(pk=hold.wait_id), by=by)
    in_turn(hold.bed_id)
    found: Hold = Hold.objects.select_related("from_agency", "bed").lock(hold)
    must_stand(found)
    _end(found, Hold.Ending.WITHDRAWN, words, at=at, by=by)
    take_out_of_use(bed_of(found), reason="Taken back by the house", at=at, by=by)
    _go_on(wait.program, at=at, by=by)
    return found


@transaction.atomic
def reopen_bed(bed: Bed, program: Program, *, at: datetime, by: Actor) -> Bed:
    """A bed can be used again, and is offered to who is next.

    Raises:
        NotPermitted: another agency keeps it.
        Overtaken: it is in use already.
    """
    by.must("referrals.answer")
    program = _ours(program, by=by)
    bring_back_into_use(bed, at=at, by=by)
    _go_on(program, at=at, by=by)
    return bed


def _go_on(program: Program, *, at: datetime, by: Actor) -> list[Hold]:
    """End what ran out, and offer what is free. To be called with the program held."""
    for hold in Hold.objects.run_out().in_turn().filter(wait__program=program).select_related("from_agency"):
        _end(hold, Hold.Ending.RAN_OUT, "", at=at, by=by)
    if not Wait.objects.open().filter(program=program).exists():
        return []
    free = Bed.objects.in_service(at).of(program).exclude(pk__in=taken_beds(at)).order_by("label")
    offers = [_offer(bed, program, at=at, by=by) for bed in free]
    return [hold for hold in offers if hold]


def _ours(program: Program, *, by: Actor) -> Program:
    if program.agency_id != by.agency_id:
        raise NotPermitted(_NOT_YOURS)
    found: Program = locked(Program.objects.all(), program.pk)
    return found


def _at_our_house(wait: Wait, *, by: Actor) -> Wait:
    by.must("referrals.answer")
    if wait.to_agency_id != by.agency_id:
        raise NotPermitted(_NOT_YOURS)
    found = _locked(wait, by=by)
    must_wait(found)
    return found


def _locked(wait: Wait, *, by: Actor) -> Wait:
    """The entry, held after its program, as everything that a house does in its list."""
    program = _ours(wait.program, by=by)
    found: Wait = Wait.objects.select_related("from_agency").lock(wait)
    found.program = program
    return found


def _offer(bed: Bed, program: Program, *, at: datetime, by: Actor) -> Hold | None:
    """Hold one bed for who is next. Somebody may have taken it a moment ago: then it is not offered."""
    line = Wait.objects.that_can_be_offered().filter(program=program).not_passed(bed)
    wait = line.select_for_update(of=("self",)).select_related("from_agency").first()
    if wait is None:
        return None
    try:
        with refuse_if(_TAKEN, SPOKEN_FOR):
            hold = _held_for(wait, bed, by=by)
    except Overtaken:
        return None
    hold.refresh_from_db()
    record(OfferMade(hold_id=hold.pk), about=hold.pk, to_agency=wait.from_agency, by=by, at=at)
    return hold


def _take_offers_back(wait: Wait, words: str, *, at: datetime, by: Actor) -> None:
    standing = Hold.objects.standing().filter(wait=wait)
    in_turn(*standing.values_list("bed", flat=True))
    for hold in standing.select_related("from_agency").select_for_update(of=("self",)):
        _end(hold, Hold.Ending.WITHDRAWN, words, at=at, by=by)


def _end(hold: Hold, how: Hold.Ending, words: str, *, at: datetime, by: Actor) -> None:
    write_end(hold, how, words=words, by=by)
    news = OfferEnded(hold_id=hold.pk, how=str(how))
    record(news, about=hold.pk, to_agency=hold.from_agency, by=by, at=at)


def _held_for(wait: Wait, bed: Bed, *, by: Actor) -> Hold:
    hold: Hold = Hold.objects.create(
        wait=wait, from_agency=wait.from_agency, to_agency=by.agency, bed=bed, by=by.user
    )
    must_be_in_use(bed)
    return hold
