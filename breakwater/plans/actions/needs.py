"""Name needs and say what feeds what; plan steps, move them, finish or drop them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.holding import held, keep_held, locked
from breakwater.cases.models import Case
from breakwater.clocks.actions import Promise, replace, start, stop
from breakwater.clocks.models import Clock
from breakwater.kernel.db import not_before, refuse_if
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.plans.events import (
    NeedEnded,
    NeedNamed,
    NeedsLinked,
    NeedsUnlinked,
    StepDropped,
    StepFinished,
    StepMoved,
    StepPlanned,
)
from breakwater.plans.models import Goal, Link, Need, Step
from breakwater.plans.rules import why_not_due
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.journal import record
from breakwater.trust.models import Appointment, User

STEP = "step"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be done, by whom, for which need."""

    words: str
    owner: str
    worker: User | None = None
    partner: str = ""
    need: Need | None = None
    goal: Goal | None = None


@transaction.atomic
def name_need(case: Case, *, domain: str, words: str, at: datetime, by: Actor) -> Need:
    """Name something the person needs, in their words.

    Raises:
        Refused: the case is closed.
    """
    by.must("plans.work", case.circle)
    case = held(case, by=by)
    need = Need.objects.create(
        circle=case.circle, case=case, domain=domain, words=words, by=by.user, starts_at=at
    )
    record(
        NeedNamed(need_id=need.pk, domain=domain),
        about=need.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return need


@transaction.atomic
def end_need(need: Need, *, how: str, at: datetime, by: Actor) -> Need:
    """A need was met, or is no longer there. What it fed stays written.

    Raises:
        Refused: it has already ended.
    """
    by.must("plans.work", need.circle)
    locked(need.case, by=by)
    need = Need.objects.lock(need)
    if need.ends_at is not None:
        raise Overtaken(f"This need has already ended: {need.get_ended_how_display().lower()}.")
    need.ends_at, need.ended_how, need.ended_by = max(at, need.starts_at), how, by.user
    need.save(update_fields=["ends_at", "ended_how", "ended_by"])
    record(
        NeedEnded(need_id=need.pk, domain=need.domain, ended_how=how),
        about=need.pk, circle=need.circle, episode=need.case_id, by=by, at=at,
    )  # fmt: skip
    return need


@transaction.atomic
def link_needs(cause: Need, *, effect: Need, at: datetime, by: Actor) -> Link:
    """Say that one need makes another worse.

    Raises:
        Refused: it is the same need, one of another case, one that has ended, or the case is closed.
        Overtaken: this was already said.
    """
    by.must("plans.work", cause.circle)
    held(cause.case, by=by)
    if cause.pk == effect.pk:
        raise Refused("A need does not feed itself. Choose another need.")
    if cause.case_id != effect.case_id or cause.ends_at or effect.ends_at:
        raise Refused("Only needs of this case that still stand can be linked.")
    with refuse_if("one_link_between_two_needs", "This was already said."):
        link = Link.objects.create(circle=cause.circle, cause=cause, effect=effect, by=by.user, starts_at=at)
    record(
        NeedsLinked(cause_id=cause.pk, effect_id=effect.pk),
        about=cause.pk, circle=cause.circle, episode=cause.case_id, by=by, at=at,
    )  # fmt: skip
    return link


@transaction.atomic
def unlink_needs(cause: Need, *, effect: Need, at: datetime, by: Actor) -> None:
    """One need does not feed the other after all.

    Raises:
        Overtaken: nobody says that it does.
    """
    by.must("plans.work", cause.circle)
    locked(cause.case, by=by)
    ended = Link.objects.standing().filter(cause=cause, effect=effect).update(ends_at=not_before(at))
    if not ended:
        raise Overtaken("These needs are not linked.")
    record(
        NeedsUnlinked(cause_id=cause.pk, effect_id=effect.pk),
        about=cause.pk, circle=cause.circle, episode=cause.case_id, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def plan_step(case: Case, task: Task, *, due_at: datetime, at: datetime, by: Actor) -> Step:
    """Somebody will do something by a time, and a clock runs until it is done.

    Raises:
        Refused: the case is closed, nothing is to be done, the time is past or too far, the worker does not
            work here, or the need or the goal is not a standing one of this case.
    """
    by.must("plans.work", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    if sentence := why_not_due(due_at, at=at) or _why_not_theirs(case, task, by=by):
        raise Refused(sentence)
    step = Step.objects.create(
        circle=case.circle, case=case, need=task.need, goal=task.goal, words=task.words, owner=task.owner,
        worker=task.worker if task.owner == Step.Owner.WORKER else None,
        partner=task.partner if task.owner == Step.Owner.PARTNER else "",
        due_at=due_at, by=by.user, starts_at=at, segments=_kept_apart_with(task),
    )  # fmt: skip
    start(_promise(step, at=at), circle=case.circle, episode=case.pk, at=at, by=by)
    record(
        StepPlanned(step_id=step.pk, owner=step.owner, due_at=due_at),
        about=step.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return step


@transaction.atomic
def move_step(step: Step, *, due_at: datetime, at: datetime, by: Actor) -> Step:
    """Give a step another time; its clock is replaced.

    Raises:
        Refused: the new time is past, too far, or the same.
        Overtaken: the step has already ended.
    """
    by.must("plans.work", step.circle)
    locked(step.case, by=by)
    step = _still_to_do(step)
    if sentence := why_not_due(due_at, at=at):
        raise Refused(sentence)
    if due_at == step.due_at:
        raise Refused("This is the time the step already has.")
    was_due_at, step.due_at = step.due_at, due_at
    step.save(update_fields=["due_at"])
    replace(_promise(step, at=at), circle=step.circle, episode=step.case_id, at=at, by=by)
    record(
        StepMoved(step_id=step.pk, was_due_at=was_due_at, due_at=due_at),
        about=step.pk, circle=step.circle, episode=step.case_id, by=by, at=at,
    )  # fmt: skip
    return step


@transaction.atomic
def finish_step(step: Step, *, outcome: str, at: datetime, by: Actor) -> Step:
    """It is done; what came of it, in a few words. Was it the last promise of the case, the next contact follows.

    Raises:
        Overtaken: the step has already ended.
    """
    by.must("plans.work", step.circle)
    step = _end(step, how=Step.Ending.DONE, outcome=outcome, at=at, by=by)
    record(
        StepFinished(step_id=step.pk), about=step.pk, circle=step.circle, episode=step.case_id, by=by, at=at
    )
    return step


@transaction.atomic
def drop_step(step: Step, *, reason: str, at: datetime, by: Actor) -> Step:
    """It will not be done, and why.

    Raises:
        Refused: no reason is given.
        Overtaken: the step has already ended.
    """
    by.must("plans.work", step.circle)
    if not reason.strip():
        raise Refused("Say why this step is dropped.")
    step = _end(step, how=Step.Ending.DROPPED, outcome=reason, at=at, by=by)
    record(
        StepDropped(step_id=step.pk), about=step.pk, circle=step.circle, episode=step.case_id, by=by, at=at
    )
    return step


def _kept_apart_with(task: Task) -> list[str]:
    """What is done about a need, or for a goal, that a law keeps apart is kept apart with it: as it is by now."""
    found: set[str] = set()
    for one in (task.need, task.goal):
        if one is not None:
            one.refresh_from_db(fields=["segments"])
            found |= set(one.segments)
    return sorted(found)


def _end(step: Step, *, how: str, outcome: str, at: datetime, by: Actor) -> Step:
    locked(step.case, by=by)
    step = _still_to_do(step)
    step.ends_at, step.ended_how = max(at, step.starts_at), how
    step.outcome, step.ended_by = outcome, by.user
    step.save(update_fields=["ends_at", "ended_how", "outcome", "ended_by"])
    ended = Clock.Ended.MET if how == Step.Ending.DONE else Clock.Ended.EXCUSED
    for clock in Clock.objects.running().of(step.pk).select_related("circle"):
        stop(clock, how=ended, excuse=step.outcome if ended == Clock.Ended.EXCUSED else "", at=at, by=by)
    keep_held(step.case_id, circle=step.circle, at=at, by=by)
    return step


def _still_to_do(step: Step) -> Step:
    found: Step = Step.objects.lock(step)
    if found.ends_at is not None:
        raise Overtaken(f"This step has already ended: {found.get_ended_how_display().lower()}.")
    return found


def _why_not_theirs(case: Case, task: Task, *, by: Actor) -> str:
    if not task.words.strip():
        return "Say what is to be done."
    if task.need is not None and (task.need.case_id != case.pk or task.need.ends_at is not None):
        return "Choose a need of this case that still stands."
    if task.goal is not None and (task.goal.case_id != case.pk or task.goal.ends_at is not None):
        return "Choose a goal of this case that still stands."
    if task.owner == Step.Owner.WORKER:
        works_here = Appointment.objects.standing(by.now).filter(user=task.worker, agency=by.agency)
        if task.worker is None or not works_here.exists():
            return "Choose somebody who works here now."
    if task.owner == Step.Owner.PARTNER and not task.partner.strip():
        return "Say which partner does it."
    return ""


def _promise(step: Step, *, at: datetime) -> Promise:
    return Promise(kind=STEP, about=step.pk, started_at=at, until=step.due_at)
