"""The bed that the first place holds: taken up or given back by those who asked, taken back by the place, or let go."""

from datetime import datetime

from django.db import transaction

from breakwater.cases.models import Case
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.referrals.actions.letters import Word, hold_case
from breakwater.referrals.actions.loop import Letter, accept, refer
from breakwater.referrals.actions.placement import Guest, place
from breakwater.referrals.actions.rounds import bed_of, close_round, end_hold, locked_round, must_stand
from breakwater.referrals.models import Ask, Hold, Placement, Referral, Round, lost_rounds
from breakwater.resources.models import Domain
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle

_SAY_WHY = "Say why: the other side reads it."


@transaction.atomic
def take_up(hold: Hold, *, guest: Guest, at: datetime, by: Actor) -> Placement:
    """Take the bed that is held: from now it is theirs, and they are expected there.

    Raises:
        Overtaken: the hold ran out by the clock of the database, or ended otherwise.
        Unlawful: the place is told a name, and a law protects it.
    """
    case, won, hold = _ours(hold, by=by)
    bed = bed_of(hold)
    must_stand(hold)
    end_hold(hold, Hold.Ending.TAKEN_UP, "", at=at, by=by)
    placement = place(case, bed, guest=guest, at=at, by=by, is_promised=True)
    close_round(won, Round.Ending.TAKEN_UP, at=at, by=by)
    return placement


@transaction.atomic
def take_up_outside(hold: Hold, *, guest: Guest, at: datetime, by: Actor) -> Referral:
    """Take what a place without accounts keeps: it becomes a referral that they accepted, and its clocks run on.

    Raises:
        Overtaken: the hold ran out by the clock of the database, or ended otherwise.
        Unlawful: the place is told a name, and a law protects it.
    """
    case, won, hold = _ours(hold, by=by)
    asked = Ask.objects.select_related("program__place", "program__service").get(pk=hold.ask_id)
    must_stand(hold)
    end_hold(hold, Hold.Ending.TAKEN_UP, "", at=at, by=by)
    letter = Letter(
        to_name=asked.name, need=Domain.HOUSING, known_as=guest.known_as, service=asked.program.service,
        words=f"{asked.program.get_kind_display()}, as you said yes to. {asked.words}".strip(),
    )  # fmt: skip
    referral = refer(case, letter, at=at, by=by)
    accept(referral, word=Word(source=asked.source, words=asked.answer), at=at, by=by)
    close_round(won, Round.Ending.TAKEN_UP, at=at, by=by)
    return referral


@transaction.atomic
def give_back(hold: Hold, *, words: str, at: datetime, by: Actor) -> Hold:
    """The bed that is held is not needed; from now it is free.

    Raises:
        Overtaken: the hold ran out, or ended otherwise.
        Refused: nothing is said about why.
    """
    _, won, hold = _ours(hold, by=by)
    if not words.strip():
        raise Refused(_SAY_WHY)
    must_stand(hold)
    end_hold(hold, Hold.Ending.GIVEN_BACK, words, at=at, by=by)
    close_round(won, Round.Ending.RAN_OUT, at=at, by=by)
    return hold


@transaction.atomic
def take_back(hold: Hold, *, words: str, at: datetime, by: Actor) -> Hold:
    """The place cannot keep the bed after all. It counts as a no in what the board's word was worth.

    Raises:
        NotPermitted: another agency holds it.
        Overtaken: the hold ran out, or ended otherwise.
        Refused: nothing is said about why.
    """
    by.must("referrals.answer")
    if hold.to_agency_id != by.agency_id:
        raise NotPermitted("Only the place that holds the bed can take it back.")
    if not words.strip():
        raise Refused(_SAY_WHY)
    found: Hold = Hold.objects.select_related("from_agency").lock(hold)
    must_stand(found)
    end_hold(found, Hold.Ending.WITHDRAWN, words, at=at, by=by)
    return found


@transaction.atomic
def let_go(round_: Round, *, at: datetime, by: Actor) -> bool:
    """Nobody took up the bed in its time: the round is over, and those who asked may ask again. Whether it was.

    Somebody may have taken it up or called it off a moment ago; then nothing changes.
    """
    by.must("clocks.run")
    hold_case(round_.case_id)
    found = locked_round(round_)
    if not lost_rounds().filter(pk=found.pk).exists():
        return False
    for hold in (
        Hold.objects.run_out().select_related("to_agency").filter(round=found).select_for_update(of=("self",))
    ):
        end_hold(hold, Hold.Ending.RAN_OUT, "", at=at, by=by)
    close_round(found, Round.Ending.RAN_OUT, at=at, by=by)
    return True


def _ours(hold: Hold, *, by: Actor) -> tuple[Case, Round, Hold]:
    """The case, the round and the hold, locked in this order behind the circle; for those who asked."""
    if hold.from_agency_id != by.agency_id:
        raise NotPermitted("Only those who asked can say so.")
    found = Round.objects.select_related("circle", "case__circle").get(pk=hold.round_id)
    by.must("referrals.place", found.circle)
    hold_circle(found.circle)
    hold_case(found.case_id)
    won = locked_round(found)
    return found.case, won, Hold.objects.select_related("bed__place", "bed__agency", "to_agency").lock(hold)
