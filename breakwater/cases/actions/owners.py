"""Who is accountable, and who helps."""

from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.holding import held, keep_held
from breakwater.cases.events import OwnerChanged, TeamChanged
from breakwater.cases.models import Assignment, Case
from breakwater.cases.rules import DUTY_QUEUE
from breakwater.clocks.actions import Promise, replace, stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Appointment, Unit, User

TO_BE_ACCOUNTABLE = "cases.work"
"""What a role must allow before somebody can be accountable for a case: they may do what it asks of them."""


@transaction.atomic
def take(case: Case, *, at: datetime, by: Actor) -> Assignment:
    """Take a case out of the duty queue. Two may reach for it; one holds it.

    Raises:
        Overtaken: somebody has taken it.
        Refused: the case is closed, or Breakwater itself reaches for it.
    """
    by.must("cases.assign", case.circle)
    case = held(case, by=by)
    if by.user is None:
        raise Refused("A case is taken by a person.")
    before = _owner(case)
    if before.worker_id is not None:
        whose = "You are" if before.worker_id == by.user.pk else f"{before.worker} is"
        raise Overtaken(f"{whose} accountable for this case already.")
    return _hand_over(case, before, worker=by.user, unit=by.unit, at=at, by=by)


@transaction.atomic
def assign(case: Case, *, worker: User, at: datetime, by: Actor) -> Assignment:
    """Make somebody of the agency accountable. The alarm of the duty queue stops.

    Raises:
        Refused: the case is closed, they are accountable already, or they do not work here.
    """
    by.must("cases.assign", case.circle)
    case = held(case, by=by)
    before = _owner(case)
    if before.worker_id == worker.pk:
        raise Refused(f"{worker} is accountable already.")
    appointment = _appointment_of(worker, at=at, by=by)
    if TO_BE_ACCOUNTABLE not in appointment.allows:
        role = appointment.role_name.lower()
        raise Refused(f"{worker} works as {role}, and cannot be accountable for a case.")
    return _hand_over(case, before, worker=worker, unit=appointment.unit, at=at, by=by)


@transaction.atomic
def release(case: Case, *, unit: Unit | None, at: datetime, by: Actor) -> Assignment:
    """Put a case into a duty queue. Its alarm runs from now.

    Raises:
        Refused: the case is closed, waits in that queue already, or the queue is another agency's.
    """
    by.must("cases.assign", case.circle)
    case = held(case, by=by)
    if unit is not None and unit.agency_id != case.agency_id:
        raise Refused("This duty queue is another agency's. Offer them the case as a hand-off.")
    if unit is not None and unit.closed_at is not None:
        raise Refused("This unit is closed. Choose another duty queue.")
    before = _owner(case)
    if before.worker_id is None and before.unit_id == (unit and unit.pk):
        raise Refused("This case waits in that queue already.")
    return _hand_over(case, before, worker=None, unit=unit, at=at, by=by)


@transaction.atomic
def join_team(case: Case, *, worker: User, at: datetime, by: Actor) -> Assignment:
    """Somebody of the agency helps with the case.

    Raises:
        Refused: they are accountable for it, or do not work here.
        Overtaken: they are on the team already.
    """
    by.must("cases.assign", case.circle)
    case = held(case, by=by)
    if _owner(case).worker_id == worker.pk:
        raise Refused(f"{worker} is accountable for this case, and so helps with it already.")
    unit = _appointment_of(worker, at=at, by=by).unit
    with refuse_if("once_on_the_team", f"{worker} is on the team already."):
        made = Assignment.objects.create(
            circle=case.circle, case=case, agency=case.agency, part=Assignment.Part.TEAM, worker=worker, unit=unit,
            by=by.user, starts_at=at,
        )  # fmt: skip
    _say_team(case, made, joined=True, at=at, by=by)
    return made


@transaction.atomic
def leave_team(case: Case, *, worker: User | None, at: datetime, by: Actor) -> None:
    """Somebody no longer helps with the case.

    Raises:
        Refused: they are not on the team.
    """
    by.must("cases.assign", case.circle)
    case = held(case, by=by)
    helping = Assignment.objects.helpers().filter(case=case, worker=worker).first()
    if helping is None:
        raise Refused(f"{worker or 'A duty queue'} is not on the team.")
    _leave(case, helping, at=at, by=by)


def _owner(case: Case) -> Assignment:
    """Who is accountable now; an open case always has somebody, as PostgreSQL sees to."""
    return Assignment.objects.owners().select_related("worker").get(case=case)


def _hand_over(
    case: Case, before: Assignment, *, worker: User | None, unit: Unit | None, at: datetime, by: Actor
) -> Assignment:
    """End one accountability and begin another; start or stop the alarm that a duty queue has.

    The case belongs to the unit of whoever answers for it. Somebody without one leaves it where it was.
    """
    Assignment.objects.filter(pk=before.pk).update(ends_at=max(at, before.starts_at))
    made = Assignment.objects.create(
        circle=case.circle, case=case, agency=case.agency, worker=worker, unit=unit, by=by.user, starts_at=at
    )
    if worker is None or unit is not None:
        Case.objects.filter(pk=case.pk).update(unit=unit)
    if worker is None:
        promise = Promise(kind=DUTY_QUEUE, about=case.pk, started_at=at)
        replace(promise, circle=case.circle, episode=case.pk, at=at, by=by)
    else:
        for helping in Assignment.objects.helpers().filter(case=case, worker=worker):
            _leave(case, helping, at=at, by=by)
        stop_kind([DUTY_QUEUE], about=case.pk, how=Clock.Ended.MET, at=at, by=by)
        keep_held(case.pk, circle=case.circle, at=at, by=by)
    record(
        OwnerChanged(case_id=case.pk, worker_id=worker.pk if worker else None, unit_id=unit.pk if unit else None),
        about=made.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return made


def _leave(case: Case, helping: Assignment, *, at: datetime, by: Actor) -> None:
    Assignment.objects.filter(pk=helping.pk).update(ends_at=max(at, helping.starts_at))
    _say_team(case, helping, joined=False, at=at, by=by)


def _appointment_of(worker: User, *, at: datetime, by: Actor) -> Appointment:
    appointments = Appointment.objects.standing(at).filter(user=worker, agency=by.agency)
    appointment = appointments.select_related("unit", "own_role").first()
    if appointment is None:
        raise Refused(f"{worker} does not work for {by.agency} now.")
    return appointment


def _say_team(case: Case, helping: Assignment, *, joined: bool, at: datetime, by: Actor) -> None:
    record(
        TeamChanged(case_id=case.pk, worker_id=helping.worker_id, joined=joined),
        about=helping.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
