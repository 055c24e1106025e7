"""Ask what the duty table asks, with a clock; and write down what was done about it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.holding import episode_of, held, keep_held, locked
from breakwater.cases.models import Case
from breakwater.cases.rules import why_no_such_moment
from breakwater.clocks.actions import Promise, start_all, stop, stop_kind
from breakwater.clocks.models import Clock
from breakwater.duties.events import PromptAnswered, PromptOpened
from breakwater.duties.library import BY_HAND, SIGNALS
from breakwater.duties.models import Answer, Duty, Prompt
from breakwater.duties.rules import REPORT, WRITTEN, deadlines, kept_by
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.journal import record
from breakwater.trust.library import law_of
from breakwater.trust.models import Information
from breakwater.trust.rules import law as acts

CLOCKS = (REPORT, WRITTEN)


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What makes the table ask.

    Args:
        role: of whoever learned it; the rows for other roles are not asked.
        news: the entry of the journal that told it, so that twice is once.
    """

    signal: str
    aware_at: datetime
    role: str = ""
    news: int | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """To whom it was reported, when, how, under which reference, and what was told."""

    to_whom: str
    when: datetime
    how: str
    told: str
    reference: str = ""


@transaction.atomic
def ask(case: Case, sign: Sign, *, at: datetime, by: Actor) -> list[Prompt]:
    """Open a prompt for each row of the agency's table that this asks for, unless one is open already.

    A case may be closed before anybody heard of it: the duty is owed all the same, and its clocks run beside the case.
    """
    by.must("duties.answer", case.circle)
    case = locked(case, by=by)
    asked = Prompt.objects.filter(case=case)
    lines = set(asked.standing().values_list("line", flat=True))
    if sign.news is not None:
        lines |= set(asked.filter(news=sign.news).values_list("line", flat=True))
    duties = Duty.objects.visible_to(by).asking(SIGNALS[sign.signal].topics, role=sign.role)
    return [_open(case, duty, sign, at=at, by=by) for duty in duties if duty.line not in lines]


@transaction.atomic
def ask_by_hand(case: Case, duty: Duty, *, aware_at: datetime, at: datetime, by: Actor) -> Prompt:
    """A worker thinks of a row of the table by themselves.

    Raises:
        Refused: the row asks nothing, the moment is still to come, or the case is closed.
        Overtaken: the same is asked already, or the row was revised.
    """
    by.must("duties.answer", case.circle)
    case = held(case, by=by)
    if why := why_no_such_moment(aware_at, at=at):
        raise Refused(why)
    if duty.agency_id != by.agency_id or duty.ends_at is not None or duty.force == Duty.Force.NONE:
        raise Refused("Choose a row of your agency's table that is in force and asks something.")
    if Prompt.objects.standing().filter(case=case, line=duty.line).exists():
        raise Overtaken("This is asked on the case already.")
    return _open(case, duty, Sign(signal=BY_HAND, aware_at=aware_at), at=at, by=by)


@transaction.atomic
def report(prompt: Prompt, said: Report, *, at: datetime, by: Actor) -> Prompt:
    """It was reported. Over when no form is owed besides.

    Raises:
        Unlawful: a law lets no such report out of this record.
        Refused: it does not say to whom, when and what; or a warning is meant.
        Overtaken: it was answered already.
    """
    by.must("duties.answer", prompt.circle)
    hold_circle(prompt.circle)
    prompt = still_open(prompt, by=by)
    if prompt.duty.is_warning:
        raise Refused("A warning is written with its reasons: weigh the threat first.")
    if not said.to_whom.strip() or not said.told.strip() or said.how not in Answer.How.values:
        raise Refused("Write to whom it was reported, how, and what was told.")
    if why := why_no_such_moment(said.when, at=at):
        raise Refused(why)
    leaving = Leaving(
        act=acts.REPORT, to=Recipient(name=said.to_whom, kind="authority"), purpose="SAFETY", what=said.told,
        information=frozenset({Information.WHO, Information.CARE}), topic=prompt.duty.topic,
        is_mandated=prompt.duty.force == Duty.Force.MANDATORY, about=prompt.pk,
    )  # fmt: skip
    may_leave(leaving, prompt.circle, at=at, by=by)
    answer = Answer(
        kind=Answer.Kind.REPORTED,
        to_whom=said.to_whom,
        how=said.how,
        reference=said.reference,
        words=said.told,
    )
    duty = prompt.duty
    kept = kept_by(said.how, oral_min=duty.deadline_oral_min, written_h=duty.deadline_written_h)
    is_over = set(kept) == set(CLOCKS)
    return _answer(prompt, answer, when=said.when, is_over=is_over, at=at, by=by)


@transaction.atomic
def not_required(prompt: Prompt, *, because: str, at: datetime, by: Actor) -> Prompt:
    """A worker judges that the row asks nothing here, and says why.

    Raises:
        Refused: nothing is said about why.
        Overtaken: it was answered already.
    """
    by.must("duties.answer", prompt.circle)
    prompt = still_open(prompt, by=by)
    if not because.strip():
        raise Refused("Write why it is not required here.")
    answer = Answer(kind=Answer.Kind.NOT_REQUIRED, words=because)
    return _answer(prompt, answer, when=at, at=at, by=by)


@transaction.atomic
def consulted(prompt: Prompt, *, whom: str, words: str, at: datetime, by: Actor) -> Prompt:
    """It was talked over with a supervisor. The prompt stays open, and its clocks run.

    Raises:
        Refused: it is not said with whom.
        Overtaken: it was answered already.
    """
    by.must("duties.answer", prompt.circle)
    prompt = still_open(prompt, by=by)
    if not whom.strip():
        raise Refused("Write with whom you talked it over.")
    answer = Answer(kind=Answer.Kind.CONSULTED, to_whom=whom, words=words)
    return _answer(prompt, answer, when=at, is_over=False, at=at, by=by)


@transaction.atomic
def done_otherwise(prompt: Prompt, *, way: str, words: str, at: datetime, by: Actor) -> Prompt:
    """Something else that is lawful was done in place of a report or a warning.

    Raises:
        Refused: the way is not one of the law's, or nothing is said about what was done.
        Overtaken: it was answered already.
    """
    by.must("duties.answer", prompt.circle)
    prompt = still_open(prompt, by=by)
    if way not in law_of(by.agency).ways or not words.strip():
        raise Refused("Choose which way was taken, and write what was done.")
    answer = Answer(kind=Answer.Kind.OTHERWISE, way=way, words=words)
    return _answer(prompt, answer, when=at, at=at, by=by)


def finish(prompt: Prompt, *, how: str, when: datetime, at: datetime, by: Actor) -> Prompt:
    """End a prompt that is held, with every clock of it that still runs. Part of the act that answers it."""
    kept = how in (Prompt.Ended.REPORTED, Prompt.Ended.WARNED)
    for clock in Clock.objects.running().of(prompt.pk).select_related("circle"):
        excuse = "" if kept else Prompt.Ended(how).label
        stop(clock, how=Clock.Ended.MET if kept else Clock.Ended.EXCUSED, excuse=excuse, at=when, by=by)
    prompt.ends_at, prompt.ended_how = max(at, prompt.starts_at), how
    prompt.save(update_fields=["ends_at", "ended_how"])
    _tell(prompt, how, at=at, by=by)
    keep_held(prompt.case_id, circle=prompt.circle, at=at, by=by)
    return prompt


def still_open(prompt: Prompt, *, by: Actor) -> Prompt:
    """The prompt, held with its case until the act ends.

    Raises:
        Overtaken: it was answered already.
    """
    locked(prompt.case, by=by)
    held_prompt: Prompt = Prompt.objects.lock(prompt)
    if held_prompt.ends_at is not None:
        raise Overtaken("This was answered already. Look at what was written.")
    held_prompt.duty, held_prompt.circle = prompt.duty, prompt.circle
    return held_prompt


def _answer(
    prompt: Prompt, answer: Answer, *, when: datetime, at: datetime, by: Actor, is_over: bool = True
) -> Prompt:
    answer.circle, answer.prompt, answer.by, answer.at = prompt.circle, prompt, by.user, when
    answer.save(force_insert=True)
    if is_over:
        return finish(prompt, how=answer.kind, when=when, at=at, by=by)
    if answer.kind == Answer.Kind.REPORTED:
        stop_kind([REPORT], about=prompt.pk, how=Clock.Ended.MET, at=when, by=by)
    _tell(prompt, answer.kind, at=at, by=by)
    return prompt


def _open(case: Case, duty: Duty, sign: Sign, *, at: datetime, by: Actor) -> Prompt:
    prompt = Prompt.objects.create(
        circle=case.circle, case=case, duty=duty, line=duty.line, signal=sign.signal, news=sign.news,
        became_aware_at=sign.aware_at, by=by.user, starts_at=at,
    )  # fmt: skip
    clocks = deadlines(sign.aware_at, oral_min=duty.deadline_oral_min, written_h=duty.deadline_written_h)
    promises = [
        Promise(kind=one.kind, about=prompt.pk, started_at=sign.aware_at, until=one.until) for one in clocks
    ]
    start_all(promises, circle=case.circle, episode=episode_of(case.pk), at=at, by=by)
    record(
        PromptOpened(prompt_id=prompt.pk, topic=duty.topic, signal=sign.signal),
        about=prompt.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return prompt


def _tell(prompt: Prompt, answer: str, *, at: datetime, by: Actor) -> None:
    record(
        PromptAnswered(
            prompt_id=prompt.pk, topic=prompt.duty.topic, answer=answer, is_over=prompt.ends_at is not None
        ),
        about=prompt.pk, circle=prompt.circle, episode=prompt.case_id, by=by, at=at,
    )  # fmt: skip
