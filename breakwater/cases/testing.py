"""Ready-made cases, made by real actions."""

from datetime import datetime, timedelta
from typing import Any

from breakwater.cases.actions.closing import close_case
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.actions.triage import judge
from breakwater.cases.models import Case, Closure
from breakwater.trust.access import Actor
from breakwater.trust.testing import NOON, an_actor

_KNOWN = (
    "known_as",
    "is_described",
    "pronouns",
    "birth_date",
    "contact_points",
    "safe_contact",
    "must_not_know",
)


def a_case(*, by: Actor | None = None, at: datetime = NOON, code: str = "", **facts: Any) -> Case:
    """An open case of somebody new, owned by the actor."""
    by = by or an_actor(now=at)
    known = {name: facts.pop(name) for name in _KNOWN if name in facts}
    story = {
        "what_is_happening": "Nowhere to sleep tonight.",
        "asked_by": Case.AskedBy.SELF,
        "asked_at": at,
        "worker": by.user,
        "judgment": judge("uk-mhts-2015", code) if code else None,
    }
    return take_in(Story(**(story | facts)), at=at, by=by, **({"known_as": "Marisol Vega"} | known))


def a_closed_case(*, by: Actor | None = None, at: datetime = NOON) -> Case:
    """A case that was closed a day later."""
    by = by or an_actor(now=at)
    case = a_case(by=by, at=at)
    close_case(case, outcome=Closure.Outcome.DECLINED, what_worked="", at=at + timedelta(days=1), by=by)
    return case
