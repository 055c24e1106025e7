"""Who is accountable, and who helps."""

from datetime import datetime

from django.db import transaction

from breakwater.cases.events import OwnerChanged, TeamChanged
from breakwater.cases.models import Assignment, Case
from breakwater.cases.rules import DUTY_QUEUE
from breakwater.clocks.actions import Promise, replace, stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Appointment, Unit, User


@transaction.atomic
def assign(case: Case, *, worker: User, at: datetime, by: Actor) -> Assignment:
    """Make somebody of the agency accountable. The alarm of the duty queue stops.

    Raises:
        Refused: the case is closed, they are accountable already, or they do not work here.
    """
    by.must("cases.assign", case.circle)
    case = _open_case(case)
    if not Appointment.objects.standing(at).filter(user=worker, agency=case.agency).exists():
        raise Refused(f"{worker} does not work for {case.agency} now.")
    before = Assignment.objects.owners().filter(case=case).first()
    if before and before.worker_id == worker.pk:
        raise Refused(f"{worker} is accountable already.")
    made = _hand_over(case, worker=worker, unit=None, at=at, by=by)
    stop_kind([DUTY_QUEUE], about=case.pk, how=Clock.Ended.MET, at=at, by=by)
    return made


@transaction.atomic
def release(case: Case, *, unit: Unit | None, at: datetime, by: Actor) -> Assignment:
    """Put a case into a duty queue. Its alarm runs from now.

    Raises:
        Refused: the case is closed, or waits in that queue already.
    """
    by.must("cases.assign", case.circle)
    case = _open_case(case)
    before = Assignment.objects.owners().filter(case=case).first()
    if before and before.worker_id is None and before.unit_id == (unit and unit.pk):
        raise Refused("This case waits in that queue already.")
    made = _hand_over(case, worker=None, unit=unit, at=at, by=by)
    promise = Promise(kind=DUTY_QUEUE, about=case.pk, started_at=at)
    replace(promise, circle=case.circle, episode=case.pk, at=at, by=by)
    return made


@transaction.atomic
def join_team(case: Case, *, worker: User, at: datetime, by: Actor) -> Assignment:
    """Somebody of the agency helps with the case.

    Raises:
        Overtaken: they are on the team already.
    """
    by.must("cases.assign", case.circle)
    case = _open_case(case)
    with refuse_if("once_on_the_team", f"{worker} is on the team already."):
        made = Assignment.objects.create(
            circle=case.circle, case=case, agency=case.agency, part=Assignment.Part.TEAM, worker=worker, by=by.user,
            starts_at=at,
        )  # fmt: skip
    record(
        TeamChanged(case_id=case.pk, worker_id=worker.pk, joined=True),
        about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def leave_team(case: Case, *, worker: User, at: datetime, by: Actor) -> None:
    """Somebody no longer helps with the case.

    Raises:
        Refused: they are not on the team.
    """
    by.must("cases.assign", case.circle)
    left = Assignment.objects.standing().filter(case=case, worker=worker, part=Assignment.Part.TEAM).update(ends_at=at)
    if not left:
        raise Refused(f"{worker} is not on the team.")
    record(
        TeamChanged(case_id=case.pk, worker_id=worker.pk, joined=False),
        about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip


def _open_case(case: Case) -> Case:
    locked: Case = Case.objects.lock(case)
    if not Case.objects.open().filter(pk=case.pk).exists():
        raise Refused("This case is closed. Reopen it first.")
    return locked


def _hand_over(case: Case, *, worker: User | None, unit: Unit | None, at: datetime, by: Actor) -> Assignment:
    Assignment.objects.owners().filter(case=case).update(ends_at=at)
    made = Assignment.objects.create(
        circle=case.circle, case=case, agency=case.agency, worker=worker, unit=unit, by=by.user, starts_at=at
    )
    record(
        OwnerChanged(case_id=case.pk, worker_id=worker and worker.pk, unit_id=unit and unit.pk),
        about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return made
