"""What every act in a round has in common, on the side of those who ask.

Whoever asks locks the case first, then what was asked, then the round; a place that answers locks its own ask and then
the round. So nobody waits for somebody who waits for them.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from breakwater.cases.actions.holding import keep_held
from breakwater.clocks.actions import Promise, start, stop
from breakwater.clocks.models import Clock
from breakwater.kernel.db import RecordedNow, refuse_if
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.events import Event
from breakwater.referrals.events import AskCalledOff, HoldEnded, RoundClosed
from breakwater.referrals.models import Ask, Hold, Round
from breakwater.resources.models import Bed
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

ANSWER, CONFIRMATION, QUESTION = "round_answer", "hold_confirmation", "round_question"
_RAN_OUT = "what_ran_out_is_not_taken_up", "This bed is no longer held: its time ran out."


def locked_round(round_: Round) -> Round:
    """What was asked, and then the round, held until the act is done. To be called with the case held."""
    list(Ask.objects.select_for_update(of=("self",)).filter(round=round_).order_by("pk"))
    found: Round = Round.objects.select_related("circle").select_for_update(of=("self",)).get(pk=round_.pk)
    return found


def must_stand(hold: Hold) -> None:
    """Go on only while the bed is held: the clock of the database decides, and no other.

    Raises:
        Overtaken: its time ran out, or it ended otherwise.
    """
    if not Hold.objects.standing().filter(pk=hold.pk).exists():
        ended = hold.get_ended_how_display().lower() if hold.ended_at else "its time ran out"
        raise Overtaken(f"This bed is no longer held: {ended}.")


def bed_of(hold: Hold) -> Bed:
    """The bed that is held.

    Raises:
        Refused: a place without accounts holds it, of whose beds nothing is known.
    """
    if hold.bed is None:
        raise Refused("They have no account here: take their place as a referral.")
    return hold.bed


def end_hold(hold: Hold, how: Hold.Ending, words: str, *, at: datetime, by: Actor) -> None:
    """The bed is no longer held, and the other side hears why.

    Raises:
        Overtaken: it is taken up, and its time ran out in this moment.
    """
    write_end(hold, how, words=words, by=by)
    other = hold.from_agency if hold.to_agency_id == by.agency_id else hold.to_agency
    record(HoldEnded(hold_id=hold.pk, how=str(how)), about=hold.pk, to_agency=other, by=by, at=at)


def write_end(hold: Hold, how: Hold.Ending, *, reason: str = "", words: str = "", by: Actor) -> None:
    """The bed is no longer held, by the clock that says when it was held and when they were last heard.

    Raises:
        Overtaken: it is taken up, and its time ran out in this moment.
    """
    hold.ended_at, hold.ended_how, hold.ended_by = RecordedNow(), how, by.user
    hold.reason, hold.words = reason, words
    with refuse_if(*_RAN_OUT):
        hold.save(update_fields=["ended_at", "ended_how", "reason", "words", "ended_by"])
    hold.refresh_from_db(fields=["ended_at"])


def close_round(found: Round, how: Round.Ending, *, at: datetime, by: Actor) -> None:
    """The round is over: nobody is asked any more, its clocks end, and it stands in the story of the case."""
    found.closed_at, found.closed_how = at, how
    found.save(update_fields=["closed_at", "closed_how"])
    call_off_asks(found, at=at, by=by)
    ended = dict(Hold.objects.filter(round=found).values_list("pk", "ended_at"))
    kept = how == Round.Ending.TAKEN_UP
    how_clocks_end, excuse = (Clock.Ended.MET, "") if kept else (Clock.Ended.EXCUSED, str(how.label))
    for clock in Clock.objects.running().filter(about__in=[found.pk, *ended]).select_related("circle"):
        stop(clock, how=how_clocks_end, excuse=excuse, at=ended.get(clock.about) or at, by=by)
    tell_round(RoundClosed(round_id=found.pk, how=str(how)), found, at=at, by=by)
    keep_held(found.case_id, circle=found.circle, at=at, by=by)


def call_off_asks(found: Round, *, at: datetime, by: Actor) -> None:
    """Those who have not answered are told that they need not."""
    waiting = list(Ask.objects.waiting().filter(round=found).select_related("to_agency"))
    end_questions(waiting, "They need not answer any more.", at=at, by=by)
    for asked in waiting:
        asked.stage, asked.over_at = Ask.Stage.CALLED_OFF, max(at, asked.asked_at)
        asked.save(update_fields=["stage", "over_at"])
        record(AskCalledOff(ask_id=asked.pk), about=asked.pk, to_agency=asked.to_agency, by=by, at=at)


def end_questions(asks: Iterable[Ask], excuse: str, *, at: datetime, by: Actor) -> None:
    """Nobody waits for a reply to what these places asked: its clock ends. Without an excuse they have it."""
    how = Clock.Ended.EXCUSED if excuse else Clock.Ended.MET
    running = Clock.objects.running().filter(kind=QUESTION, about__in=[one.pk for one in asks])
    for clock in running.select_related("circle"):
        stop(clock, how=how, excuse=excuse, at=at, by=by)


def promise(
    kind: str, found: Round, *, about: UUID, until: datetime | None = None, at: datetime, by: Actor
) -> None:
    """A clock of the round, in the case it belongs to. Without a moment its limit is the profile's."""
    made = Promise(kind=kind, about=about, started_at=at, until=until)
    start(made, circle=found.circle, episode=found.case_id, at=at, by=by)


def tell_round(event: Event, found: Round, *, at: datetime, by: Actor) -> None:
    """Write what happened in the story of the case."""
    record(event, about=found.pk, circle=found.circle, episode=found.case_id, by=by, at=at)
