"""The place that is asked: say yes and hold a bed, say no and why, or ask something first."""

from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import refuse_by, refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.events import Event
from breakwater.messaging.actions.notices import settle
from breakwater.referrals.actions.accepting import must_say_why
from breakwater.referrals.events import AskAnswered, QuestionPut
from breakwater.referrals.models import Ask, Hold, Question
from breakwater.referrals.models.placement import taken_beds
from breakwater.referrals.rules import as_counted
from breakwater.resources.models import Bed
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

WON = "Another place was faster: they have a bed. Yours stays free, and there is nothing to do."
SPOKEN_FOR = "This bed was just taken or is held for somebody else. Choose another, or say that you are full."


_WHY_NOT = {
    "a_round_is_won_once": WON,
    "a_closed_round_is_won_by_nobody": "They no longer look for a bed. There is nothing to do.",
    "a_held_bed_is_given_to_nobody_else": SPOKEN_FOR,
}


@transaction.atomic
def accept_ask(ask: Ask, bed: Bed, *, at: datetime, by: Actor) -> Hold:
    """Say yes and hold a bed. Of all who say yes, one is first; PostgreSQL says who, and until when it is held.

    Raises:
        Refused: the bed is not one of the program's, or not in use.
        Overtaken: another place was faster, the bed is gone, or nobody asks any more.
    """
    ask = _awaited(ask, by=by)
    if ask.is_won:
        raise Overtaken(WON)
    if not Bed.objects.in_service(at).of(ask.program).filter(pk=bed.pk).exists():
        raise Refused("Choose one of the beds that were asked about, in use now.")
    hold = won_by(ask, bed, by=by)
    must_be_in_use(bed)
    say(ask, Ask.Stage.ACCEPTED, at=at, by=by)
    return hold


@transaction.atomic
def decline_ask(ask: Ask, *, reason: str, words: str = "", at: datetime, by: Actor) -> Ask:
    """Say no, and why: the next search is better for it.

    Raises:
        Refused: no reason of the table is chosen, or another one is not told in words.
        Overtaken: it was answered or called off a moment ago.
    """
    must_say_why(reason, words)
    ask = _awaited(ask, by=by)
    ask.reason, ask.answer = reason, words
    say(ask, Ask.Stage.DECLINED, at=at, by=by)
    return ask


@transaction.atomic
def put_question(ask: Ask, *, words: str, at: datetime, by: Actor) -> Question:
    """Ask something before answering. The ask goes on waiting.

    Raises:
        Refused: nothing is asked.
        Overtaken: it was answered or called off, or the last question has no reply yet.
    """
    return asked_back(_awaited(ask, by=by), words, at=at, by=by)


def free_for(ask: Ask, at: datetime) -> list[Bed]:
    """The beds of the program that can be offered now, in the order one counts."""
    beds = Bed.objects.in_service(at).of(ask.program).exclude(pk__in=taken_beds(at))
    return as_counted(beds.select_related("place"))


def must_be_in_use(bed: Bed) -> None:
    """To be called when the bed is held: whoever takes it out of use has waited for that, or did so before.

    Raises:
        Overtaken: it was taken out of use a moment ago.
    """
    if bed.is_out_now():
        raise Overtaken("This bed was just taken out of use. Choose another, or say that you are full.")


def won_by(ask: Ask, bed: Bed | None, *, by: Actor) -> Hold:
    """The round is won by this yes. A place without accounts keeps a bed of which no more is known.

    Raises:
        Overtaken: another place was faster, the bed is gone, or nobody asks any more.
    """
    with refuse_by(_WHY_NOT):
        hold: Hold = Hold.objects.create(
            round_id=ask.round_id,
            ask=ask,
            from_agency=ask.from_agency,
            to_agency=ask.to_agency,
            bed=bed,
            by=by.user,
        )
    hold.refresh_from_db()
    return hold


def asked_back(ask: Ask, words: str, *, at: datetime, by: Actor) -> Question:
    """A place wants to know something first. To be called with the ask held.

    Raises:
        Refused: nothing is asked.
        Overtaken: the last question has no reply yet.
    """
    if not words.strip():
        raise Refused("Write the question.")
    with refuse_if(
        "one_question_at_a_time", "Your last question has no reply yet. Wait for it, or call them."
    ):
        question: Question = Question.objects.create(
            ask=ask, from_agency=ask.from_agency, to_agency=ask.to_agency, words=words, at=at, by=by.user
        )
    _tell(QuestionPut(ask_id=ask.pk), ask, at=at, by=by)
    return question


def still_awaited(ask: Ask) -> Ask:
    """The ask, locked, while an answer is awaited; and whether another was faster.

    Who comes late is told so by this look, before doing anything else and without waiting in the queue of those who
    came with the winner. It decides nothing: that is the unique row's to do.

    Raises:
        Overtaken: it was answered or called off a moment ago.
    """
    asks = Ask.objects.select_related("from_agency", "to_agency", "program__place").with_is_won()
    found: Ask = asks.lock(ask)
    if found.stage == Ask.Stage.CALLED_OFF:
        raise Overtaken(WON)
    if found.stage != Ask.Stage.WAITING:
        raise Overtaken(f"This was answered already: {found.get_stage_display().lower()}.")
    return found


def say(ask: Ask, stage: Ask.Stage, *, at: datetime, by: Actor) -> None:
    """Write the answer of a place down, and let those who asked hear it. To be called with the ask held."""
    ask.stage, ask.over_at, ask.answered_by = stage, max(at, ask.asked_at), by.user
    ask.save(update_fields=["stage", "reason", "answer", "source", "over_at", "answered_by"])
    settle(ask.pk, at=at, by=by)
    _tell(AskAnswered(ask_id=ask.pk, code=str(stage)), ask, at=at, by=by)


def _awaited(ask: Ask, *, by: Actor) -> Ask:
    """The ask, locked, for the place that was asked, while an answer is awaited."""
    by.must("referrals.answer")
    if ask.to_agency_id != by.agency_id:
        raise NotPermitted("Your agency was not asked.")
    return still_awaited(ask)


def _tell(event: Event, ask: Ask, *, at: datetime, by: Actor) -> None:
    record(event, about=ask.pk, to_agency=ask.from_agency, by=by, at=at)
