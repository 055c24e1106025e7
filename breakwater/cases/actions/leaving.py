"""Somebody leaves, or may no longer work on cases: what they held goes to somebody else, in the same act."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from breakwater.cases.actions.holding import locked
from breakwater.cases.actions.owners import assign, leave_team, release
from breakwater.cases.models import Assignment
from breakwater.trust.access import Actor, system_for
from breakwater.trust.models import Unit, User


@transaction.atomic
def hand_over_all(worker: User, *, to: User | None, at: datetime, by: Actor) -> int:
    """Everything somebody is accountable for goes to a colleague, or to the duty queues it came from, whose alarms run.

    Where they only helped, they leave the team. Who appoints and dismisses reads no case, so Breakwater itself does
    this for them. The second time there is nothing left to do. Returns how many cases they were accountable for.

    Raises:
        Refused: the colleague does not work here, or cannot be accountable for a case.
    """
    by.must("trust.administer")
    itself, moved = system_for(by.agency, now=at), 0
    for held in _still(Assignment.objects.standing().filter(worker=worker), by=itself):
        if held.part == Assignment.Part.TEAM:
            leave_team(held.case, worker=worker, at=at, by=itself)
            continue
        moved += 1
        if to is None:
            release(held.case, unit=_open(held.case.unit), at=at, by=itself)
        else:
            assign(held.case, worker=to, at=at, by=itself)
    return moved


@transaction.atomic
def empty_queue(unit: Unit, *, at: datetime, by: Actor) -> int:
    """What waits in the duty queue of a unit that works no more waits in the agency's. Returns how many cases."""
    by.must("trust.administer")
    itself = system_for(by.agency, now=at)
    moved = 0
    for held in _still(Assignment.objects.owners().filter(worker=None, unit=unit), by=itself):
        moved += 1
        release(held.case, unit=None, at=at, by=itself)
    return moved


def _still(assignments: QuerySet[Assignment], *, by: Actor) -> Iterator[Assignment]:
    """Each that stands once its case is held, in the order of cases: whoever was given one meanwhile keeps it."""
    found = assignments.filter(agency=by.agency_id).select_related("case__circle", "case__unit")
    for held in found.order_by("case_id"):
        locked(held.case, by=by)
        if assignments.filter(pk=held.pk).exists():
            yield held


def _open(unit: Unit | None) -> Unit | None:
    return unit if unit is not None and unit.closed_at is None else None
