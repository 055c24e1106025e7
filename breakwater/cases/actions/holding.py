"""What every act on a case begins and ends with: hold the case, and never leave it without a promise."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, QuerySet

from breakwater.cases.models import Assignment, Case, Closure, FollowUp
from breakwater.cases.rules import NEXT_CONTACT, waits_for_an_office
from breakwater.clocks.actions import Promise, start
from breakwater.clocks.models import Clock
from breakwater.kernel.db import not_before, one_row
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.kernel.together import Together
from breakwater.trust.access import Actor
from breakwater.trust.models import Circle

_LOCK = "SELECT agency_id, unit_id FROM cases_case WHERE id = %s FOR UPDATE"
"""All of a case that ever changes; what is added to it lies in tables of its own."""


def closures_of(case: UUID) -> QuerySet[Closure]:
    """What says that a case is closed: a question for ``held_with``."""
    return Closure.objects.standing().filter(case=case).only("case")


_CLOSED = Together(("case",), closures=closures_of)


def held(case: Case, *, by: Actor) -> Case:
    """The case, locked until the act ends, when it is open and the actor's agency holds it.

    An agency that stands in the circle by consent may read; what happens in a case is for its holder to write.

    Raises:
        NotPermitted: another agency holds it.
        Refused: it is closed.
    """
    found, _ = held_with(_CLOSED, case, by=by)
    return found


def held_with(questions: Together, case: Case, *, by: Actor) -> tuple[Case, dict[str, list[Any]]]:
    """The case, held like that, and what an act must know of it: one statement, when nobody else can change it.

    Args:
        questions: told the ``case``; its ``closures`` say whether it is closed (``closures_of``).
    """
    found = locked(case, by=by)
    said = questions.ask(case=found.pk)
    if said["closures"]:
        raise Refused("This case is closed. Reopen it first.")
    return found, said


def locked(case: Case, *, by: Actor) -> Case:
    """The case, open or closed, locked until the act ends, when the actor's agency holds it.

    Raises:
        NotPermitted: another agency holds it.
    """
    row = one_row(_LOCK, (case.pk,))
    if row is None:
        raise Case.DoesNotExist
    case.agency_id, case.unit_id = row
    if case.agency_id != by.agency_id:
        raise NotPermitted(f"{case.agency} holds this case. Ask them, or offer them what you know.")
    case.agency = by.agency
    return case


def episode_of(case_id: UUID) -> UUID | None:
    """In which episode a promise about a case runs: none when the case is closed by now, for no clock runs in it.

    To be called with the case held, by whatever may begin then all the same: an answer that must be heard is heard.
    """
    return None if closures_of(case_id).exists() else case_id


def taken_in_at(case: Case) -> datetime:
    """Since when this episode runs: what was read at that moment was read at intake. Opened again, it begins anew."""
    again = Closure.objects.filter(case=case, ends_at__isnull=False).aggregate(at=Max("ends_at"))["at"]
    began = Assignment.objects.filter(case=case).aggregate(at=Min("starts_at"))["at"]
    return again or began or case.asked_at


@transaction.atomic
def keep_held(case_id: UUID, *, circle: Circle, at: datetime, by: Actor) -> FollowUp | None:
    """When the last promise of an open case was kept, make the next: a contact, by the profile's limit.

    An open case always has a running clock; PostgreSQL refuses the act that stops the last one. Whoever stops a clock
    of a case calls this afterwards, and holds the case meanwhile, so that two last promises cannot end at once.
    ``None`` when a clock still runs, or the case is closed. One that waits for an office keeps nobody in touch.
    """
    kinds = Clock.objects.running().in_episode(case_id).values_list("kind", flat=True)
    if not all(waits_for_an_office(kind) for kind in kinds):
        return None
    if Closure.objects.standing().filter(case=case_id).exists():
        return None
    promise = Promise(kind=NEXT_CONTACT, about=case_id, started_at=at)
    clock = start(promise, circle=circle, episode=case_id, at=at, by=by)
    excused = FollowUp.objects.standing().filter(case=case_id, kind=NEXT_CONTACT)
    excused.update(ends_at=not_before(at), ended_how=FollowUp.Ended.MOVED)
    return FollowUp.objects.create(
        circle=circle, case_id=case_id, kind=NEXT_CONTACT, planned_for=clock.due_at, by=by.user, starts_at=at
    )
