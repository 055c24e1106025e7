"""What is read together: the action plan as a text, the de-escalation card, the matrix as a picture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from breakwater.cases.models import Barrier, Case, Gate, Note
from breakwater.cases.rules import missing_gates
from breakwater.kernel.text import Filled, Ours
from breakwater.kernel.together import Together
from breakwater.people.models import Person
from breakwater.plans.library import MATRIX, SAID
from breakwater.plans.models import (
    Agreement,
    Goal,
    Lesson,
    Need,
    SafetyPlan,
    Step,
    Sufficiency,
    in_order_of_work,
)
from breakwater.plans.rules import Change, change, entries_of, first_in_need, mean_level, polygon
from breakwater.ui.languages import ENGLISH, spoken

_RADIUS = 100.0


_OF_PLAN = Together(
    ("case_id",),
    goals=Goal.objects.of_episode,
    steps=lambda case_id: Step.objects.of_episode(case_id).defer("worker__password"),
    needs=Need.objects.of_episode,
    barriers=lambda case_id: Barrier.objects.of_case(Case(pk=case_id)).defer(
        "by__password", "removed_by__password"
    ),
    gates=lambda case_id: Gate.objects.standing().filter(case=case_id),
    advocacy=lambda case_id: Note.objects.filter(case=case_id, kind=Note.Kind.ADVOCACY).in_order(),
    agreements=Agreement.objects.of_episode,
)


def action_plan_of(case: Case, *, zone: tzinfo) -> dict[str, Any]:
    """Everything the action plan shows, in one statement; and what changed in it since they last saw it."""
    found: dict[str, Any] = _OF_PLAN.ask(case_id=case.pk)
    last = next(iter(found["agreements"]), None)
    language = last.language if last else ENGLISH
    stands = plan_as_text(found["goals"], found["steps"], zone=zone, language=language)
    return found | {
        "needs": in_order_of_work(found["needs"]),
        "changed": change(last.as_shown, stands) if last else None,
        "missing": [
            (kind, Gate.Kind(kind).label) for kind in missing_gates({gate.kind for gate in found["gates"]})
        ],
        "minutes": sum(note.minutes or 0 for note in found["advocacy"]),
        "strengths": entries_of(case.person.strengths),
    }


def plan_as_text(
    goals: Iterable[Goal], steps: Iterable[Step], *, zone: tzinfo, language: str = ENGLISH
) -> str:
    """The standing goals and the steps still to do, a line each, as the person reads them before they answer."""
    lines_of = InLines(language=language, zone=zone)
    to_do = [step for step in steps if step.ends_at is None]
    standing = [goal for goal in goals if goal.ends_at is None]
    lines = []
    for goal in standing:
        lines.append(lines_of.goal(goal))
        lines += [lines_of.step(step) for step in to_do if step.goal_id == goal.pk]
    told = {goal.pk for goal in standing}
    return "\n".join([*lines, *(lines_of.step(step) for step in to_do if step.goal_id not in told)])


def as_it_stands(case: Case, *, zone: tzinfo, language: str = ENGLISH) -> str:
    """The same, read from the case."""
    goals, steps = Goal.objects.of_episode(case.pk), Step.objects.of_episode(case.pk)
    return plan_as_text(goals, steps, zone=zone, language=language)


def kept_apart_in(case: Case) -> list[str]:
    """Which laws protect something that stands in the plan, and so the whole of it as it is talked over."""
    standing = (model.objects.standing().filter(case=case.pk) for model in (Goal, Step))
    found = (segments for rows in standing for segments in rows.values_list("segments", flat=True))
    return sorted({one for segments in found for one in segments})


def changed_since(last: Agreement, *, zone: tzinfo) -> Change:
    """What changed in the plan since it was talked over, told in the language in which they read it then."""
    return change(last.as_shown, as_it_stands(last.case, zone=zone, language=last.language))


@dataclass(frozen=True, kw_only=True)
class InLines:
    """A goal or a step in one line of the language in which somebody reads their plan."""

    language: str
    zone: tzinfo

    def goal(self, goal: Goal) -> str:
        """What they want, in which part of their life, and what helps."""
        form = "goal_builds_on" if goal.builds_on.strip() else "goal"
        return SAID.paper[form][self.language].format(
            domain=self._domain(goal), words=_one_line(goal.words), builds_on=_one_line(goal.builds_on)
        )

    def step(self, step: Step) -> str:
        """What is done, by whom and until when."""
        return SAID.paper["step"][self.language].format(
            words=_one_line(step.words), who=self._doer(step), moment=self._moment(step.due_at)
        )

    def _domain(self, goal: Goal) -> str:
        if self.language == ENGLISH or goal.domain not in SAID.domains:
            return goal.get_domain_display().lower()
        return SAID.domains[goal.domain][self.language].lower()

    def _doer(self, step: Step) -> str:
        is_theirs = step.owner == step.Owner.PERSON
        return (
            SAID.paper["me"][self.language].lower() if is_theirs and self.language != ENGLISH else step.doer
        )

    def _moment(self, due_at: datetime) -> str:
        due = due_at.astimezone(self.zone)
        if self.language == ENGLISH:
            return f"{due:%a} {due.day} {due:%b %Y, %H:%M}"
        return spoken(self.language).written(due, self.zone)


def _one_line(words: str) -> str:
    return " ".join(words.split())


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the next worker does, and leaves, when it gets hard: read in ten seconds."""

    speaks: str = ""
    worse: list[str] = field(default_factory=list)
    helps: list[tuple[str, str]] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    strengths: list[str] = field(default_factory=list)
    follows: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything on it besides how they speak."""
        return bool(self.worse or self.helps or self.signs or self.strengths)


def card_of(person: Person, lessons: Iterable[Lesson], plan: SafetyPlan | None) -> Card:
    """The de-escalation card: what was learned goes first, then what the person wrote into their own plan."""
    learned = list(lessons)
    helps = [one for one in learned if one.kind == Lesson.Kind.COPING and not one.did_not_help]
    told = {one.words.strip() for one in helps}
    own = [line for line in entries_of(plan.own_coping) if line not in told] if plan else []
    interpreter = "with an interpreter" if person.needs_interpreter else ""
    return Card(
        speaks=", ".join(filter(None, (person.language, interpreter, person.pronouns))),
        worse=[
            *(one.words for one in learned if one.kind == Lesson.Kind.TRIGGER), *entries_of(person.triggers),
        ],
        helps=[*((one.words, _how(one)) for one in helps), *((line, Ours("in their own plan")) for line in own)],
        signs=entries_of(plan.warning_signs) if plan else [],
        strengths=entries_of(person.strengths),
        follows={one.words: one.leads_to for one in learned if one.leads_to},
    )  # fmt: skip


def _how(lesson: Lesson) -> str:
    """How well, from 0 to 10; in the words of a step where it was told so before there were numbers."""
    if lesson.effect is None:
        said = Lesson.Works(lesson.works or 0).label.lower()
        return Ours(f"{said}, with somebody" if lesson.with_others else said)
    if lesson.with_others:
        return Filled("it helps {effect} of 10, with somebody", effect=lesson.effect)
    return Filled("it helps {effect} of 10", effect=lesson.effect)


@dataclass(frozen=True, kw_only=True)
class Radar:
    """Readings of the matrix as a picture, and as the table beside it."""

    spokes: list[tuple[str, float, float, float, float]]
    rings: list[str]
    shapes: list[tuple[Sufficiency, str]]
    rows: list[tuple[str, list[int | None]]]
    means: list[float | None]
    low: list[list[str]]


def radar_of(readings: Sequence[Sufficiency]) -> Radar:
    """The picture: a spoke for each domain that any reading knows, a ring for each level, a shape for each reading."""
    levels = [one.by_domain for one in readings]
    domains = [code for code in MATRIX.domains if any(code in one for one in levels)]
    most, rim = len(MATRIX.levels), [len(MATRIX.levels)] * len(domains)
    ends = polygon(rim, most=most, radius=_RADIUS)
    names = polygon(rim, most=most, radius=_RADIUS + 14)
    return Radar(
        spokes=[
            (str(number), *end, *name)
            for number, (end, name) in enumerate(zip(ends, names, strict=True), start=1)
        ],
        rings=[
            _points(polygon([level] * len(domains), most=most, radius=_RADIUS)) for level in MATRIX.levels
        ],
        shapes=[
            (one, _points(polygon([known.get(code) for code in domains], most=most, radius=_RADIUS)))
            for one, known in zip(readings, levels, strict=True)
        ],
        rows=[(MATRIX.domains[code], [known.get(code) for known in levels]) for code in domains],
        means=[mean_level(known) for known in levels],
        low=[[MATRIX.domains[code] for code in first_in_need(known, low=MATRIX.low)] for known in levels],
    )


def _points(corners: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in corners)
