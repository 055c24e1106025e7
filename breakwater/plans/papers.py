"""What the person is given on paper: their words, and nothing that says whose they are or who helped to write them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from breakwater.formats.paper import Block, Boxed, Drawn, Entries, Facts, Heading, Line, Table, Words
from breakwater.plans.library import FORM, SAID
from breakwater.plans.models import Agreement, Goal, Need, SafetyPlan, Step
from breakwater.plans.rules import entries_of
from breakwater.plans.strokes import HEIGHT, WIDTH
from breakwater.ui.emergency import danger_line
from breakwater.ui.languages import Language

_SHARES = (7, 8, 10)
"""Of what, who and by when: who helps, and the longest day, stand in one line."""


def titles_and_entries(plan: SafetyPlan, language: str) -> list[tuple[str, list[str]]]:
    """The sections of a safety plan that say something, entry by entry."""
    told = ((one.title[language], entries_of(plan.words[code])) for code, one in FORM.sections.items())
    return [(title, entries) for title, entries in told if entries]


def safety_plan_on_paper(
    plan: SafetyPlan, language: Language, *, profile: str, zone: ZoneInfo
) -> list[Block]:
    """A safety plan: whom to call in danger, then its sections in the order in which they are used."""
    read_again = f"{FORM.paper['read_again'][language.code]} {language.dated(plan.review_at, zone)}."
    blocks = [*_whom_to_call(profile, language), Words(read_again, quiet=True)]
    for number, (title, entries) in enumerate(titles_and_entries(plan, language.code), start=1):
        blocks += [Heading(f"{number}. {title}"), Entries(tuple(entries))]
    return blocks


def action_plan_on_paper(
    found: Mapping[str, Any], language: Language, *, profile: str, zone: ZoneInfo, is_large: bool = False
) -> list[Block]:
    """An action plan that was read by ``overview.action_plan_of``: goals with their steps, needs, what they said.

    What stands in the way, and what was done about it, are the workers' words and stay with them.
    """
    paper = _ActionPlan(language, zone, is_large=is_large)
    standing = [goal for goal in found["goals"] if goal.ends_at is None]
    to_do = [step for step in found["steps"] if step.ends_at is None]
    needs = [need for need in found["needs"] if need.ends_at is None]
    blocks = [
        *paper.goals(standing, to_do), *paper.other_steps(standing, to_do), *paper.needs(needs),
        *paper.said(found["agreements"], is_the_same=not found["changed"]),
    ]  # fmt: skip
    if not standing and not to_do and not needs:
        return [Words(paper.says("nothing"))]
    sign = Line((paper.says("agree"), paper.says("on")))
    return [*_whom_to_call(profile, language), *blocks, sign]


def _whom_to_call(profile: str, language: Language) -> list[Block]:
    """First of all, as on their own copy: at the end it would stand alone on a second page, which gets lost."""
    line = danger_line(profile, language.code)
    return [Boxed(line)] if line else []


class _ActionPlan:
    """The parts of an action plan on paper, in one language."""

    def __init__(self, language: Language, zone: ZoneInfo, *, is_large: bool) -> None:
        self.language, self.zone, self.is_large = language, zone, is_large

    def says(self, name: str) -> str:
        return SAID.paper[name][self.language.code]

    def domain(self, code: str) -> str:
        return SAID.domains[code][self.language.code] if code in SAID.domains else code

    def goals(self, standing: Iterable[Goal], to_do: Sequence[Step]) -> Iterator[Block]:
        for number, goal in enumerate(standing, start=1):
            yield Heading(f"{number}. {self.domain(goal.domain)}")
            yield Words(goal.words)
            if goal.builds_on.strip():
                yield Words(f"{self.says('builds_on')} {goal.builds_on}", quiet=True)
            yield self._steps([step for step in to_do if step.goal_id == goal.pk])

    def other_steps(self, standing: Iterable[Goal], to_do: Iterable[Step]) -> list[Block]:
        told = {goal.pk for goal in standing}
        others = [step for step in to_do if step.goal_id not in told]
        return [Heading(self.says("steps")), self._steps(others)] if others else []

    def needs(self, standing: Iterable[Need]) -> list[Block]:
        entries = tuple(": ".join(filter(None, (self.domain(one.domain), one.words))) for one in standing)
        return [Heading(self.says("needs")), Entries(entries)] if entries else []

    def said(self, agreements: Sequence[Agreement], *, is_the_same: bool) -> list[Block]:
        """Their own voice when it was last talked over; and what they drew, under the plan they saw and no other."""
        last = next(iter(agreements), None)
        if last is None:
            return []
        drawn = tuple(last.drawn) if is_the_same else ()
        voice: list[Block] = [Words(last.voice)] if last.voice.strip() else []
        hand: list[Block] = [Drawn(drawn, WIDTH, HEIGHT, self.says("signed"))] if drawn else []
        heading = Heading(self.says("said").format(day=self.language.dated(last.at, self.zone)))
        return [heading, *voice, *hand] if voice or hand else []

    def _steps(self, steps: Iterable[Step]) -> Block:
        """Row by row; in large print under one another: a narrow column would hold a word a line."""
        rows = tuple(
            (one.words, self._doer(one), self.language.moment(one.due_at, self.zone)) for one in steps
        )
        if not rows:
            return Words(self.says("no_steps"), quiet=True)
        who, by = self.says("who"), self.says("by")
        if self.is_large:
            return Facts(tuple((what, f"{who}: {doer}\n{by}: {due}") for what, doer, due in rows))
        return Table((self.says("what"), who, by), rows, _SHARES)

    def _doer(self, step: Step) -> str:
        if step.owner == Step.Owner.PARTNER:
            return step.partner
        return self.says("me" if step.owner == Step.Owner.PERSON else "worker")
