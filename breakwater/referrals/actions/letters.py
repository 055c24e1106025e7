"""What both kinds of letters have in common: a stage is told at one end, and the sender's side follows.

The far end cannot touch the sender's circle. It writes the stage and announces it as news for the sender; the
sender's own side, in a reaction, stops and starts its clocks and writes its own entry. When the sender writes
a stage down itself, it follows at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model

from breakwater.cases.actions.holding import keep_held
from breakwater.cases.models import Case
from breakwater.clocks.actions import Promise, start, stop
from breakwater.clocks.models import Clock
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.events import Event
from breakwater.referrals.models import Hearing, Told
from breakwater.referrals.rules import clocks_ended_by, is_kept, why_it_cannot_follow
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Circle

QUESTION = "referral_question"
"""The clock that runs while a receiver waits for a reply: before it answers, or before it reaches the person."""

_LONGEST_SOURCE = 200
_A_MINUTE = timedelta(minutes=1)
"""Whoever types a time types minutes."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """Who told us, and in which words."""

    told_by: str = Told.RECEIVER
    source: str = ""
    reason: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What differs between a referral and a hand-off.

    Args:
        stages: the table of stages, and ``link`` its column that names the letter.
        follows: which stage may follow which; ``clocks`` which clock runs at which.
        sends: the capability of the sender's people.
        once: the constraint that lets each stage be told once.
        how_soon: how long its next clock may run at most, whatever the profile says; ``None`` leaves it to the profile.
        question: the clock that runs while the far end waits for a reply, until the next stage at the latest.
        tells: the sender's own entry for a stage; ``answers`` the far end's news.
    """

    stages: type[Model]
    link: str
    follows: Mapping[str, frozenset[str]]
    clocks: Mapping[str, str]
    sends: str
    once: str
    tells: Callable[[Any, Any], Event]
    answers: Callable[[Any, Any], Event]
    question: str = ""
    how_soon: Callable[[Any], timedelta | None] = lambda letter: None


def permit(letter: Any, kind: Kind, *, by: Actor) -> bool:
    """Go on only at one of the two ends; whether it is the sender's.

    Raises:
        NotPermitted: the actor's role does not allow it, or its agency is at neither end.
    """
    if letter.from_agency_id == by.agency_id:
        by.must(kind.sends, Circle(pk=letter.circle_id))
        return True
    by.must("referrals.answer")
    if letter.to_agency_id != by.agency_id:
        raise NotPermitted("This letter is neither from your agency nor to it.")
    return False


def heard_from(word: Word, *, is_sender: bool, by: Actor) -> Word:
    """The word with its source: what the receiver's people write down themselves, they are the source of."""
    if is_sender or word.source.strip():
        return word
    return replace(word, source=f"{by.name}, {by.agency.name}"[:_LONGEST_SOURCE])


def tell(letter: Any, code: str, word: Word, *, kind: Kind, at: datetime, by: Actor) -> Any:
    """Write one stage down, once. To be called inside the transaction of the act, after ``permit``.

    Raises:
        Overtaken: another stage was told a moment ago, at this end or the other.
        Refused: it would lie before the stage that was told last.
    """
    manager: Any = type(letter)._default_manager
    letter = manager.lock(letter)
    if sentence := why_it_cannot_follow(letter.stage, code, to=letter.to_name, allowed=kind.follows):
        raise Overtaken(sentence)
    stages: Any = kind.stages._default_manager
    last = stages.filter(**{kind.link: letter}).latest("at").at
    if last - at >= _A_MINUTE:
        raise Refused("That would be before what was told last. Check the time.")
    at = max(at, last)
    with refuse_if(kind.once, f"{letter.to_name} was faster. Open the page again to see how it stands."):
        stage = stages.create(
            **{kind.link: letter}, **_words(kind, word), from_agency_id=letter.from_agency_id,
            to_agency_id=letter.to_agency_id, code=code, at=at, by=by.user, by_agency=by.agency,
        )  # fmt: skip
    letter.stage, letter.closed_at = code, None if code in kind.follows else at
    letter.save(update_fields=["stage", "closed_at"])
    if letter.from_agency_id == by.agency_id:
        catch_up(letter, kind=kind, by=by)
    else:
        record(kind.answers(letter, stage), about=letter.pk, to_agency=letter.from_agency, by=by, at=at)
    return stage


def catch_up(letter: Any, *, kind: Kind, by: Actor) -> None:
    """The sender's side follows every stage that it has not followed yet, in order. To be called with the letter held.

    News may come late, twice or in the wrong order, and the sender may have written a stage down meanwhile: the
    stages stand in the order in which they were told, and each is followed once.
    """
    hold_case(letter.case_id)
    stages = list(letter.stages.order_by("at", "recorded_at"))
    followed = Hearing.objects.filter(news__in=[stage.pk for stage in stages]).values_list("news", flat=True)
    heard = set(followed)
    for stage in stages:
        if stage.pk not in heard:
            _follow(letter, stage, kind=kind, by=by)
            Hearing.objects.create(news=stage.pk, agency=by.agency, heard_at=by.now)
    letter.save(update_fields=["due_at"])
    keep_held(letter.case_id, circle=letter.circle, at=by.now, by=by)


def _follow(letter: Any, stage: Any, *, kind: Kind, by: Actor) -> None:
    """Stop what this stage answers, start what we wait for next, and write it in the story of the case."""
    ended = [*clocks_ended_by(stage.code, kind.clocks), kind.question]
    for clock in Clock.objects.running().of(letter.pk).filter(kind__in=ended).select_related("circle"):
        kept = clock.kind != kind.question and is_kept(clock.kind, stage.code)
        excuse = "" if kept else str(stage.get_code_display())
        stop(clock, how=Clock.Ended.MET if kept else Clock.Ended.EXCUSED, excuse=excuse, at=stage.at, by=by)
    letter.due_at = _wait_for_next(letter, stage, kind=kind, by=by)
    record(
        kind.tells(letter, stage),
        about=letter.pk, circle=letter.circle, episode=letter.case_id, by=by, at=stage.at,
    )  # fmt: skip


def hold_case(case_id: UUID) -> None:
    """Hold a case until the act is done, so that nobody closes it or ends its last clock meanwhile."""
    Case.objects.select_for_update(of=("self",)).get(pk=case_id)


def is_news(news: UUID, *, by: Actor) -> bool:
    """Whether our side hears of this for the first time. From now on it has."""
    heard = Hearing.objects.get_or_create(news=news, defaults={"agency": by.agency, "heard_at": by.now})
    return heard[1]


def _wait_for_next(letter: Any, stage: Any, *, kind: Kind, by: Actor) -> datetime | None:
    if stage.code not in kind.clocks:
        return None
    soon = kind.how_soon(letter)
    promise = Promise(
        kind=kind.clocks[stage.code], about=letter.pk, started_at=stage.at,
        no_later_than=stage.at + soon if soon is not None else None,
    )  # fmt: skip
    return start(promise, circle=letter.circle, episode=letter.case_id, at=stage.at, by=by).due_at


def _words(kind: Kind, word: Word) -> dict[str, str]:
    told = {"told_by": word.told_by, "source": word.source, "words": word.words}
    return told | ({"reason": word.reason} if kind.link == "referral" else {})
