"""Ready-made cases, made by real actions."""

from datetime import datetime, timedelta
from typing import Any

from breakwater.cases.actions.closing import close_case
from breakwater.cases.actions.follow_up import Try, attempt, book_next_contact
from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.actions.notes import Telling, add_note
from breakwater.cases.actions.triage import judge
from breakwater.cases.models import Case, Closure, FollowUp, Note
from breakwater.cases.rules import GATES
from breakwater.trust.access import Actor
from breakwater.trust.testing import NOON, an_actor

EVIDENCE = "Seen and spoken with at the kitchen table; her sister answers at any hour."

_KNOWN = (
    "known_as", "is_described", "pronouns", "birth_date", "contact_points", "safe_contact", "must_not_know",
    "language", "needs_interpreter", "triggers", "strengths", "names",
)  # fmt: skip


def a_case(*, by: Actor | None = None, at: datetime = NOON, code: str = "", **facts: Any) -> Case:
    """An open case of somebody new, owned by the actor."""
    by = by or an_actor(now=at)
    known = {name: facts.pop(name) for name in _KNOWN if name in facts}
    story: dict[str, Any] = {
        "what_is_happening": "Nowhere to sleep tonight.",
        "asked_by": Case.AskedBy.SELF,
        "asked_at": at,
        "worker": by.user,
        "judgment": judge("uk-mhts-2015", code) if code else None,
    }
    return take_in(Story(**(story | facts)), at=at, by=by, **({"known_as": "Marisol Vega"} | known))


def a_triaged_case(*, by: Actor | None = None, at: datetime = NOON, **facts: Any) -> Case:
    """An open case with a code that promises a visit within four hours."""
    return a_case(by=by, at=at, **({"code": "B"} | facts))


def a_queued_case(*, by: Actor | None = None, at: datetime = NOON, **facts: Any) -> Case:
    """An open case that waits in the duty queue of the actor's unit, its alarm running."""
    by = by or an_actor(now=at)
    return a_case(by=by, at=at, **({"worker": None, "unit": by.unit} | facts))


def a_note(case: Case, *, by: Actor, at: datetime = NOON, **facts: Any) -> Note:
    """Something in a case's chronology."""
    telling: dict[str, Any] = {"kind": Note.Kind.NOTE, "words": "Spoke with the shelter.", "happened_at": at}
    return add_note(case, Telling(**(telling | facts)), at=at, by=by)


def stabilized(case: Case, *, by: Actor, at: datetime) -> Case:
    """The case, with somebody seen and all five gates met."""
    a_note(case, by=by, at=at, kind=Note.Kind.VISIT, reached=True, words="With them at the kitchen table.")
    return through_gates(case, by=by, at=at)


def through_gates(case: Case, *kinds: str, by: Actor, at: datetime) -> Case:
    """The case, with these gates met, or all five; the next contact is booked where that is one of them."""
    for kind in kinds or GATES:
        if kind == "next_contact":
            book_next_contact(case, due_at=at + timedelta(days=20), at=at, by=by)
        meet_gate(case, kind=kind, evidence=EVIDENCE, at=at, by=by)
    return case


def a_stable_case(*, by: Actor, at: datetime = NOON) -> Case:
    """A case nine days old, stabilized, with every check-in of the first week kept."""
    case = stabilized(a_triaged_case(by=by, at=at), by=by, at=at + timedelta(hours=3))
    soon = at + timedelta(days=9)
    for owed in FollowUp.objects.standing().filter(case=case, planned_for__lt=soon).order_by("planned_for"):
        at = owed.planned_for - timedelta(minutes=10)
        attempt(owed, Try(outcome="reached"), at=at, by=by)
    return case


def a_closed_case(*, by: Actor | None = None, at: datetime = NOON) -> Case:
    """A case that was closed a day later."""
    by = by or an_actor(now=at)
    case = a_case(by=by, at=at)
    close_case(case, outcome=Closure.Outcome.DECLINED, what_worked="", at=at + timedelta(days=1), by=by)
    return case
