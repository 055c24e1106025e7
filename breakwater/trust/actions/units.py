"""Add, rename and close the units of an agency."""

from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.events import UnitChanged, UnitClosed
from breakwater.trust.journal import record
from breakwater.trust.models import Appointment, Unit

_TAKEN = "a_unit_has_its_own_name", "Another unit has this name. Choose another."


@transaction.atomic
def add_unit(*, name: str, at: datetime, by: Actor) -> Unit:
    """A new unit, with a duty queue of its own.

    Raises:
        Overtaken: another unit has this name.
    """
    by.must("trust.administer")
    with refuse_if(*_TAKEN):
        unit = Unit.objects.create(agency=by.agency, name=name.strip())
    record(UnitChanged(unit_id=unit.pk), about=unit.pk, by=by, at=at)
    return unit


@transaction.atomic
def rename_unit(unit: Unit, *, name: str, at: datetime, by: Actor) -> Unit:
    """A unit is called something else.

    Raises:
        Overtaken: another unit has this name.
        Refused: the unit is closed.
    """
    unit = _open(unit, by=by)
    unit.name = name.strip()
    with refuse_if(*_TAKEN):
        unit.save(update_fields=["name"])
    record(UnitChanged(unit_id=unit.pk), about=unit.pk, by=by, at=at)
    return unit


@transaction.atomic
def close_unit(unit: Unit, *, at: datetime, by: Actor) -> None:
    """A unit works no more. What waits in its duty queue goes to the agency's.

    Raises:
        Refused: somebody still works there, or it is closed already.
    """
    unit = _open(unit, by=by)
    if Appointment.objects.standing(at).filter(unit=unit).exists():
        raise Refused("Somebody still works in this unit. Move them first.")
    unit.closed_at = at
    unit.save(update_fields=["closed_at"])
    record(UnitClosed(unit_id=unit.pk), about=unit.pk, by=by, at=at)


def _open(unit: Unit, *, by: Actor) -> Unit:
    by.must("trust.administer")
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.agency_id != by.agency_id or unit.closed_at is not None:
        raise Refused("This unit is closed already.")
    return unit
