"""Set goals and end them; talk the whole plan over with the person; read the self-sufficiency matrix."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.holding import held, locked
from breakwater.cases.models import Case
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Overtaken, Refused, Stale
from breakwater.plans.events import GoalEnded, GoalSet, PlanTalkedOver, SufficiencyRead
from breakwater.plans.library import MATRIX
from breakwater.plans.models import Agreement, Goal, Sufficiency
from breakwater.plans.overview import as_it_stands, kept_apart_in
from breakwater.plans.rules import levels_as_text
from breakwater.plans.strokes import why_not_drawn
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.journal import record
from breakwater.ui.languages import ENGLISH

_NOT_BOTH = "Say why there is no signature, and leave the signature empty."
_SAW_IT = "Say who saw them make their mark, and where it is."


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the person answered to the plan, in which way, in their words; and why there is no signature."""

    how: str
    voice: str = ""
    signature: str = ""
    strokes: str = ""
    why_not: str = ""


@transaction.atomic
def set_goal(case: Case, *, domain: str, words: str, builds_on: str, at: datetime, by: Actor) -> Goal:
    """Set a goal, in the person's words, and what of theirs it builds on.

    Raises:
        Refused: it says nothing, or the case is closed.
    """
    by.must("plans.work", case.circle)
    case = held(case, by=by)
    if not words.strip():
        raise Refused("Say where they want to get to, in their words.")
    goal = Goal(
        circle=case.circle, case=case, domain=domain, words=words, builds_on=builds_on, by=by.user,
        starts_at=at,
    )  # fmt: skip
    goal.save(force_insert=True)
    record(
        GoalSet(goal_id=goal.pk, domain=domain),
        about=goal.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return goal


@transaction.atomic
def end_goal(goal: Goal, *, how: str, outcome: str, at: datetime, by: Actor) -> Goal:
    """A goal was reached, changed or left. Its steps stay as they are.

    Raises:
        Overtaken: it has already ended.
    """
    by.must("plans.work", goal.circle)
    locked(goal.case, by=by)
    goal = Goal.objects.lock(goal)
    if goal.ends_at is not None:
        raise Overtaken(f"This goal has already ended: {goal.get_ended_how_display().lower()}.")
    goal.ends_at, goal.ended_how = max(at, goal.starts_at), how
    goal.outcome, goal.ended_by = outcome, by.user
    goal.save(update_fields=["ends_at", "ended_how", "outcome", "ended_by"])
    record(
        GoalEnded(goal_id=goal.pk, domain=goal.domain, ended_how=how),
        about=goal.pk, circle=goal.circle, episode=goal.case_id, by=by, at=at,
    )  # fmt: skip
    return goal


@transaction.atomic
def talk_over(
    case: Case, answer: Answer, *, as_shown: str, at: datetime, by: Actor, language: str = ENGLISH
) -> Agreement:
    """The plan was talked over with the person. What they saw is kept as they saw it.

    Args:
        as_shown: the plan as it stood on the page before them.
        language: in which it stood there.

    Raises:
        Stale: somebody changed the plan meanwhile: they would sign what they did not see.
        Refused: there is no plan yet, or neither a signature nor why there is none; or the case is closed.
    """
    by.must("plans.work", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    stands = as_it_stands(case, zone=by.zone, language=language)
    if sentence := _why_not_answered(answer, stands):
        raise Refused(sentence)
    if as_shown.splitlines() != stands.splitlines():
        raise Stale(
            "The plan was changed while you talked it over. Read it together again, then save.",
            theirs={"shown": stands}, who="Somebody", at=at,
        )  # fmt: skip
    last = Agreement.objects.of_episode(case.pk).first()
    made = Agreement(
        circle=case.circle, case=case, version=last.version + 1 if last else 1, as_shown=stands, how=answer.how,
        voice=answer.voice, signature=answer.signature, strokes=answer.strokes,
        why_not=answer.why_not, language=language, by=by.user, at=at, segments=kept_apart_in(case),
    )  # fmt: skip
    made.save(force_insert=True)
    record(
        PlanTalkedOver(agreement_id=made.pk, version=made.version, how=made.how),
        about=made.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def read_sufficiency(
    case: Case, levels: Mapping[str, int], *, moment: str, words: str, at: datetime, by: Actor
) -> Sufficiency:
    """Read the self-sufficiency matrix: a level for each domain that applies.

    Raises:
        Refused: no domain has a level, or one has a level there is not; or the case is closed.
        Overtaken: entry or exit was read already.
    """
    by.must("plans.work", case.circle)
    case = held(case, by=by)
    if not levels or not set(levels) <= set(MATRIX.domains) or not set(levels.values()) <= set(MATRIX.levels):
        raise Refused("Choose a level for at least one domain. Leave out what does not apply.")
    reading = Sufficiency(
        circle=case.circle, case=case, moment=moment, matrix=MATRIX.version, levels=levels_as_text(levels),
        words=words, by=by.user, at=at,
    )  # fmt: skip
    taken = "This was read already. What is read now is a reading in between."
    with refuse_if("one_entry_reading_per_case", taken), refuse_if("one_exit_reading_per_case", taken):
        reading.save(force_insert=True)
    record(
        SufficiencyRead(reading_id=reading.pk, moment=moment),
        about=reading.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return reading


def _why_not_answered(answer: Answer, stands: str) -> str:
    if not stands:
        return "There is no goal and no step yet. Plan something together first."
    if answer.how not in Agreement.How.values:
        return "Say what they answered."
    return _why_not_signed(answer) if answer.how == Agreement.How.SIGNED else _why_not_said(answer)


def _why_not_signed(answer: Answer) -> str:
    if answer.signature.strip() or answer.strokes:
        return why_not_drawn(answer.strokes)
    return "Let them type their name themselves, or draw it, or say that they agreed aloud."


def _why_not_said(answer: Answer) -> str:
    if answer.signature.strip() or answer.strokes:
        return _NOT_BOTH
    if answer.why_not.strip():
        return ""
    return _SAW_IT if answer.how == Agreement.How.MARKED else _NOT_BOTH
