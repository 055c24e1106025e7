"""Ready-made needs and steps."""

from datetime import datetime, timedelta
from typing import Any

from breakwater.cases.models import Case
from breakwater.plans.actions import Task, name_need, plan_step
from breakwater.plans.models import Need, Step
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
