"""Ready-made needs, steps, goals and safety plans."""

from datetime import datetime, timedelta
from typing import Any

from breakwater.cases.models import Case
from breakwater.people.models import Membership
from breakwater.plans.actions.family import Choice, choose_family
from breakwater.plans.actions.goals import Answer, read_sufficiency, set_goal, talk_over
from breakwater.plans.actions.lessons import Learned, learn
from breakwater.plans.actions.needs import Task, name_need, plan_step
from breakwater.plans.actions.safeguards import Doing, agree_safeguard
from breakwater.plans.actions.safety import Handing, give_copy, write_plan
from breakwater.plans.family import mark_of_choices, standing_choices
from breakwater.plans.library import FORM
from breakwater.plans.models import (
    Agreement,
    CopyGiven,
    FamilyChoice,
    Goal,
    Lesson,
    Need,
    Safeguard,
    SafetyPlan,
    Step,
    Sufficiency,
)
from breakwater.plans.overview import as_it_stands
from breakwater.trust.access import Actor


def a_need(
    case: Case, *, by: Actor, domain: str = "housing", words: str = "Somewhere to sleep", **facts: Any
) -> Need:
    """A need of a case."""
    return name_need(case, domain=domain, words=words, by=by, at=facts.get("at", by.now))


def a_step(
    case: Case, *, by: Actor, words: str = "Call the landlord", due_at: datetime | None = None, **facts: Any
) -> Step:
    """A step of a case that the actor does, due in a day unless said otherwise."""
    at = facts.pop("at", by.now)
    task = Task(**{"words": words, "owner": Step.Owner.WORKER, "worker": by.user, **facts})
    return plan_step(case, task, due_at=due_at or at + timedelta(days=1), at=at, by=by)


def a_goal(
    case: Case, *, by: Actor, words: str = "A door that locks", at: datetime | None = None, **facts: Any
) -> Goal:
    """A goal of a case."""
    told = {"domain": "housing", "builds_on": "She keeps every appointment."} | facts
    return set_goal(case, words=words, at=at or by.now, by=by, **told)


def an_agreement(case: Case, *, by: Actor, at: datetime | None = None, **facts: Any) -> Agreement:
    """The plan of a case, talked over and signed."""
    answer = Answer(**({"how": "signed", "voice": "That is mine.", "signature": "M. V."} | facts))
    return talk_over(case, answer, as_shown=as_it_stands(case, zone=by.zone), at=at or by.now, by=by)


def a_reading(case: Case, *, by: Actor, at: datetime | None = None, **levels: int) -> Sufficiency:
    """The self-sufficiency matrix, read at entry."""
    levels = levels or {"housing": 1, "food": 2, "safety": 3}
    return read_sufficiency(case, levels, moment="entry", words="", at=at or by.now, by=by)


def a_safety_plan(
    case: Case, *, by: Actor, at: datetime | None = None, version: int = 0, **words: str
) -> SafetyPlan:
    """A version of a safety plan; complete unless a section is said to be empty."""
    said = {code: f"My words for {code.replace('_', ' ')}" for code in FORM.sections} | words
    return write_plan(case, said, version=version, review_at=None, at=at or by.now, by=by)


def a_family_choice(
    case: Case, member: Membership, *parts: str, by: Actor, hurt_them: bool = False
) -> FamilyChoice:
    """Somebody of the household may see these parts."""
    read = mark_of_choices(standing_choices(case), [member.pk])
    choice = Choice(parts=frozenset(parts), hurt_them=hurt_them)
    (made,) = choose_family(case, {member.pk: choice}, read=read, at=by.now, by=by)
    return made


def a_copy(plan: SafetyPlan, *, by: Actor, at: datetime | None = None, **facts: Any) -> CopyGiven:
    """A copy on paper that the person keeps where it is safe."""
    told: dict[str, Any] = {"how": "paper", "safe_to_keep": True} | facts
    return give_copy(plan, Handing(**told), at=at or by.now, by=by)


def a_safeguard(
    case: Case, *, by: Actor, due_at: datetime | None = None, at: datetime | None = None, **facts: Any
) -> Safeguard:
    """Something dangerous within reach that is dealt with in a day."""
    at = at or by.now
    told = {"means": "medication", "words": "Her sister keeps the pills", "who": "Her sister"} | facts
    return agree_safeguard(case, Doing(**told), due_at=due_at or at + timedelta(days=1), at=at, by=by)


def a_lesson(case: Case, *, by: Actor, at: datetime | None = None, **facts: Any) -> Lesson:
    """Something that helps."""
    told: dict[str, Any] = {
        "kind": "coping",
        "words": "Walking by the river",
        "effect": 7,
    } | facts
    return learn(case, Learned(**told), at=at or by.now, by=by)
