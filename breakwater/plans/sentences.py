"""How the chronology tells what happened to needs, steps, goals and safety plans."""

from typing import Any

from breakwater.cases.timeline import says
from breakwater.cases.timeline.sentences import Facts
from breakwater.kernel.text import Filled, Ours
from breakwater.plans import events
from breakwater.plans.models import (
    Agreement,
    CopyGiven,
    FamilyTelling,
    Goal,
    Lesson,
    Need,
    Safeguard,
    Step,
    Sufficiency,
)
from breakwater.resources.models import Domain


@says(events.NeedNamed)
def _named(facts: Facts) -> str:
    return f"A need was named: {_domain(facts)}."


@says(events.NeedEnded)
def _ended(facts: Facts) -> str:
    met = facts.get("ended_how") == Need.Ending.MET
    return f"A need was met: {_domain(facts)}." if met else f"No longer needed: {_domain(facts)}."


@says(events.StepPlanned)
def _planned(facts: Facts) -> str:
    owner = dict(Step.Owner.choices).get(str(facts.get("owner")), "somebody")
    return f"A step was planned, to be done by {owner.lower()}."


@says(events.GoalSet)
def _goal(facts: Facts) -> str:
    return f"A goal was set: {_domain(facts)}."


@says(events.GoalEnded)
def _goal_ended(facts: Facts) -> str:
    return f"A goal ended, {_label(Goal.Ending, facts, 'ended_how')}: {_domain(facts)}."


@says(events.PlanTalkedOver)
def _talked_over(facts: Facts) -> str:
    return f"The action plan was talked over: {_label(Agreement.How, facts, 'how')}."


@says(events.SufficiencyRead)
def _read(facts: Facts) -> str:
    return f"Self-sufficiency was read {_label(Sufficiency.Moment, facts, 'moment')}."


@says(events.SafetyPlanWritten)
def _written(facts: Facts) -> str:
    stands = "complete" if facts.get("is_complete") else "not complete yet"
    return f"Safety plan, version {facts.get('version')}: {stands}."


@says(events.SafetyPlanCopied)
def _copied(facts: Facts) -> str:
    whom = "The person" if facts.get("to_person") else "Somebody round the person"
    how = _label(CopyGiven.How, facts, "how")
    return f"{whom} was given the safety plan, version {facts.get('version')}: {how}."


@says(events.FamilyChosen)
def _family_chosen(facts: Facts) -> str:
    parts = facts.get("parts")
    seen = f"{parts} parts" if parts != 1 else "1 part"
    return (
        f"They chose what somebody in their household may see of their plans: {seen if parts else 'nothing'}."
    )


@says(events.FamilyTold)
def _family_told(facts: Facts) -> str:
    many = "Parts" if facts.get("parts") != 1 else "A part"
    how = "read out" if facts.get("how") == FamilyTelling.How.READ else "handed on paper"
    return f"{many} of a plan {'were' if many == 'Parts' else 'was'} {how} to somebody in their household."


@says(events.SafeguardAgreed)
def _agreed(facts: Facts) -> str:
    return f"Safer surroundings were agreed: {_label(Safeguard.Means, facts, 'means')}."


@says(events.SafeguardEnded)
def _safe(facts: Facts) -> str:
    code = str(facts.get("means"))
    means = Ours(dict(Safeguard.Means.choices).get(code, code))
    ended = Ours(_label(Safeguard.Ending, facts, "ended_how"))
    return Filled("{means_label}: {ended_label}.", means_label=means, ended_label=ended)


@says(events.LessonLearned)
def _learned(facts: Facts) -> str:
    helps = facts.get("kind") == Lesson.Kind.COPING
    return "Learned what helps." if helps else "Learned what makes it worse."


@says(events.LessonDropped)
def _unlearned(facts: Facts) -> str:
    helped = facts.get("kind") == Lesson.Kind.COPING
    return "Something that helped does so no longer." if helped else "Something no longer makes it worse."


def _label(choices: Any, facts: Facts, name: str) -> str:
    code = str(facts.get(name))
    return str(dict(choices.choices).get(code, code)).lower()


def _domain(facts: Facts) -> str:
    code = str(facts.get("domain"))
    return dict(Domain.choices).get(code, code).lower()
