"""Receive what a person asks about their record; make sure who asks; extend, answer, and look again."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from breakwater.kernel.days import day_after
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.events import (
    AskerChecked,
    RecordRequestAnswered,
    RecordRequestExtended,
    RecordRequestReceived,
    RefusalReviewed,
)
from breakwater.trust.journal import record
from breakwater.trust.library import law_of
from breakwater.trust.models import Circle, RecordRequest
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.rules.requests import Right, is_free, last_day


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody asked, as it was written down.

    Args:
        received_at: when it reached the agency, whoever opened the letter: the clock runs from then.
    """

    kind: str
    words: str
    received_at: datetime
    asker: str = "self"
    asker_name: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a person is answered, and on which ground when not everything is granted."""

    outcome: str
    words: str = ""
    ground: str = ""
    fee_cents: int = 0


@transaction.atomic
def receive_request(asked: Asked, *, circle: Circle, at: datetime, by: Actor) -> RecordRequest:
    """A person asks about their record. From now a clock runs.

    Raises:
        Refused: it says nothing, it comes from tomorrow, or nobody knows who asks.
    """
    by.must("trust.receive_requests", circle)
    law = law_of(by.agency)
    if asked.received_at > at:
        raise Refused("This has not happened yet. Check the day on which it was received.")
    if asked.asker != "self" and not asked.asker_name.strip():
        raise Refused("Write the name of whoever asks for the person.")
    due_at = day_after(last_day(_day(asked.received_at, by), law.requests[asked.kind]), by.zone)
    made = RecordRequest.objects.create(
        circle=circle, agency=by.agency, kind=asked.kind, law=f"{law.code} {law.version}", asker=asked.asker,
        asker_name=asked.asker_name, words=asked.words, received_at=asked.received_at, received_by=by.user,
        due_at=due_at,
    )  # fmt: skip
    news = RecordRequestReceived(request_id=made.pk, kind=made.kind, due_at=due_at)
    record(news, about=made.pk, circle=circle, by=by, at=asked.received_at)
    return made


@transaction.atomic
def check_asker(asked: RecordRequest, *, how: str, words: str, at: datetime, by: Actor) -> None:
    """Somebody made sure that it is the person, or somebody who may speak for them. May be said anew until answered.

    The later check counts; that there was an earlier one, by whom and how, stays in the journal.

    Raises:
        Refused: somebody asks for the person, and nobody saw what gives them the right to.
    """
    by.must("trust.receive_requests", asked.circle)
    asked = _open(asked)
    if asked.asker != "self" and how != RecordRequest.Checked.AUTHORITY:
        raise Refused("Somebody asks for the person: look at what gives them the right to.")
    if how == RecordRequest.Checked.AUTHORITY and not words.strip():
        raise Refused("Write which papers give them the right to.")
    asked.checked, asked.checked_words, asked.checked_at, asked.checked_by = how, words, at, by.user
    asked.save(update_fields=["checked", "checked_words", "checked_at", "checked_by"])
    news = AskerChecked(request_id=asked.pk, how=how)
    record(news, about=asked.pk, circle=asked.circle, by=by, at=at)


@transaction.atomic
def extend_request(asked: RecordRequest, *, reason: str, at: datetime, by: Actor) -> None:
    """The answer takes longer, once, for a reason that was written to the person before the first day was over.

    Raises:
        Refused: without a reason, a second time, or too late.
    """
    by.must("trust.answer_requests", asked.circle)
    asked = _open(asked)
    right = _right(asked, by)
    if not reason.strip():
        raise Refused("Write the reason, as the person reads it, and by when they have their answer.")
    if asked.extended_at is not None:
        raise Refused("The law allows one extension, and it was used.")
    if at >= asked.due_at:
        raise Refused("The time is over: it can no longer be extended. Answer now.")
    asked.due_at = day_after(last_day(_day(asked.received_at, by), right, extended=1), by.zone)
    asked.extended_at, asked.extended_by, asked.extension_reason = at, by.user, reason
    asked.save(update_fields=["due_at", "extended_at", "extended_by", "extension_reason"])
    news = RecordRequestExtended(request_id=asked.pk, due_at=asked.due_at)
    record(news, about=asked.pk, circle=asked.circle, by=by, at=at)


@transaction.atomic
def answer_request(asked: RecordRequest, answer: Answer, *, at: datetime, by: Actor) -> None:
    """Answer the person. The answer stands.

    Raises:
        Unlawful: nobody made sure who asks, a refusal has no ground of the law, or a fee where the first is free.
        Overtaken: somebody has answered already.
    """
    by.must("trust.answer_requests", asked.circle)
    asked, refusals = _open(asked), law_of(by.agency).refusals
    if not asked.checked:
        raise Unlawful(refusals["HIPAA-VER-01"])
    is_whole = answer.outcome == RecordRequest.Outcome.GRANTED
    if not is_whole and (answer.ground not in _right(asked, by).grounds or not answer.words.strip()):
        raise Unlawful(refusals["HIPAA-ACC-01"])
    if answer.fee_cents and costs_nothing(asked, by):
        raise Unlawful(refusals["HIPAA-AOD-01"])
    asked.outcome, asked.answer, asked.fee_cents = answer.outcome, answer.words, answer.fee_cents
    asked.ground = "" if is_whole else answer.ground
    asked.answered_at, asked.answered_by = at, by.user
    asked.save(update_fields=["outcome", "answer", "fee_cents", "ground", "answered_at", "answered_by"])
    news = RecordRequestAnswered(request_id=asked.pk, outcome=asked.outcome)
    record(news, about=asked.pk, circle=asked.circle, by=by, at=at)


@transaction.atomic
def appeal_refusal(asked: RecordRequest, *, words: str, at: datetime, by: Actor) -> None:
    """The person does not agree with a refusal. What they say stays with the record.

    Raises:
        Refused: nothing was refused, or nothing was said.
    """
    by.must("trust.receive_requests", asked.circle)
    asked = RecordRequest.objects.lock(asked)
    if not asked.ground:
        raise Refused("Nothing was refused here.")
    if not words.strip():
        raise Refused("Write down what the person says.")
    if asked.appealed_at is not None:
        raise Overtaken("Somebody wrote this down a moment ago. Open the page again to see how it stands.")
    asked.appealed_at, asked.appeal = at, words
    asked.save(update_fields=["appealed_at", "appeal"])


@transaction.atomic
def review_refusal(asked: RecordRequest, *, verdict: str, words: str, at: datetime, by: Actor) -> None:
    """Somebody else looks again, where the law gives the person the right to. The first verdict stands.

    Raises:
        Unlawful: whoever refused looks again at their own refusal.
        Refused: this ground is not looked at again, or nobody asked for it.
    """
    by.must("trust.answer_requests", asked.circle)
    asked = RecordRequest.objects.lock(asked)
    if by.user_id == asked.answered_by_id:
        raise Unlawful(law_of(by.agency).refusals["HIPAA-ACC-02"])
    if asked.appealed_at is None or not is_looked_at_again(asked, by):
        raise Refused("There is nothing here to look at again.")
    if asked.reviewed_at is not None:
        raise Overtaken("Somebody looked again a moment ago. Look at what they said.")
    asked.reviewed_at, asked.reviewed_by, asked.verdict, asked.review_words = at, by.user, verdict, words
    asked.save(update_fields=["reviewed_at", "reviewed_by", "verdict", "review_words"])
    news = RefusalReviewed(request_id=asked.pk, verdict=verdict)
    record(news, about=asked.pk, circle=asked.circle, by=by, at=at)


def is_looked_at_again(asked: RecordRequest, by: Actor) -> bool:
    """Whether the law lets somebody else look again at this refusal."""
    ground = _right(asked, by).grounds.get(asked.ground)
    return ground is not None and ground.second_look


def costs_nothing(asked: RecordRequest, by: Actor) -> bool:
    """Whether this one is free for the person."""
    earlier = RecordRequest.objects.filter(
        circle=asked.circle_id, agency=by.agency_id, kind=asked.kind, outcome=RecordRequest.Outcome.GRANTED
    ).exclude(pk=asked.pk)
    days = [_day(one, by) for one in earlier.values_list("received_at", flat=True)]
    return is_free(_day(asked.received_at, by), _right(asked, by), days)


def _open(asked: RecordRequest) -> RecordRequest:
    """The request, held until the transaction ends."""
    held: RecordRequest = RecordRequest.objects.lock(asked)
    if held.answered_at is not None:
        raise Overtaken("This was answered already. Open the page again to see how it stands.")
    return held


def _right(asked: RecordRequest, by: Actor) -> Right:
    return law_of(by.agency).requests[asked.kind]


def _day(moment: datetime, by: Actor) -> date:
    return moment.astimezone(by.zone).date()
