"""Who carries how many open cases, and which of them press: asked before somebody is made accountable for one more.

A number of cases is not how heavy they are, so beside it stand those in danger now and those with a promise missed. It
counts what is written down and judges nobody.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from breakwater.cases.actions.owners import TO_BE_ACCOUNTABLE
from breakwater.cases.models import Assignment, Closure, Danger
from breakwater.clocks.models import Clock
from breakwater.trust.access import Actor
from breakwater.trust.models import Appointment

CLOSED_WITHIN = timedelta(days=14)
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one worker, or one duty queue, answers for now."""

    name: str
    worker_id: UUID | None = None
    unit: str = ""
    is_gone: bool = False
    open: int = 0
    now: int = 0
    missed: int = 0


def loads(actor: Actor) -> list[Load]:
    """Duty queues that hold a case, then everybody who may be accountable, most missed first; whoever has room last."""
    held = {
        (one["worker"], one["unit__name"] if one["worker"] is None else ""): one for one in _carried(actor)
    }
    queues = [
        _load(one, f"{unit} queue" if unit else "Duty queue") for (who, unit), one in held.items() if not who
    ]
    may = Appointment.objects.standing(actor.now).visible_to(actor).that_may(TO_BE_ACCOUNTABLE)
    people = {one.user_id: one for one in may.select_related("user", "unit").order_by("user__name", "pk")}
    workers = [
        _load(held.get((key, ""), {}), one.user.name, worker_id=key, unit=one.unit.name if one.unit else "")
        for key, one in people.items()
    ]
    gone = [
        _load(one, one["worker__name"], worker_id=who, is_gone=True)
        for (who, _), one in held.items()
        if who and who not in people
    ]
    return sorted(queues, key=_pressing) + sorted(workers + gone, key=_pressing)


def closed_lately(actor: Actor) -> QuerySet[Closure]:
    """What the agency closed in the last two weeks, the newest first, as far as the actor may see it."""
    closed = Closure.objects.visible_to(actor).standing().filter(case__agency=actor.agency)
    found = closed.filter(starts_at__gt=actor.now - CLOSED_WITHIN).select_related("case__person", "by")
    found = found.order_by("-starts_at", "-pk")[:MOST]
    actor.saw("cases.case", [one.case_id for one in found])
    return found


def _carried(actor: Actor) -> QuerySet[Assignment, dict[str, Any]]:
    of_it = OuterRef("case_id")
    in_danger = Exists(Danger.objects.standing().filter(case=of_it, level=Danger.Level.NOW))
    is_missed = Exists(Clock.objects.overdue(actor.now).filter(episode=of_it))
    ours = Assignment.objects.visible_to(actor).owners().filter(agency=actor.agency).order_by()
    return ours.values("worker", "worker__name", "unit__name").annotate(
        open=Count("pk"), now=Count("pk", filter=in_danger), missed=Count("pk", filter=is_missed)
    )


def _load(one: dict[str, Any], name: str, **who: Any) -> Load:
    return Load(name=name, open=one.get("open", 0), now=one.get("now", 0), missed=one.get("missed", 0), **who)


def _pressing(one: Load) -> tuple[int, int, int, str]:
    return -one.missed, -one.now, -one.open, one.name
