"""Figures of room: how much a service has, who says so, and when it was so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.kernel.db import not_before, refuse_if
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.resources.events import RoomTold
from breakwater.resources.models import Capacity, Program, Service
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@dataclass(frozen=True, kw_only=True)
class Told:
    """A figure as it was told. Without a place it is of the whole service; without a moment it is of now."""

    free: int
    told_by: str
    total: int | None = None
    unit: str = "places"
    place_id: UUID | None = None
    as_of: datetime | None = None


@transaction.atomic
def tell_room(service: Service, told: Told, *, at: datetime, by: Actor) -> Capacity:
    """Write down how much room a service has. The figure before stays readable, with its end.

    Raises:
        NotPermitted: another agency that works here keeps it, and tells it itself.
        Refused: it is of the future, nobody says so, or a newer figure is known.
        Overtaken: somebody told another figure at the same moment.
    """
    by.must("resources.beds")
    if Program.objects.tell_of(service, apart_from=by.agency):
        raise NotPermitted("Another agency keeps this. Ask them for a figure.")
    as_of = told.as_of or at
    if as_of > at:
        raise Refused("A figure cannot be of a moment that is still to come.")
    if not told.told_by.strip():
        raise Refused("Say who says so: your own count, or whom you called.")
    of_the_same = Capacity.objects.standing().filter(service=service, place=told.place_id)
    last = of_the_same.select_for_update().first()
    if last and last.as_of > as_of:
        raise Refused(f"A newer figure is known, told by {last.told_by}.")
    of_the_same.update(ends_at=not_before(at, "as_of"))
    with refuse_if(
        "one_standing_figure_per_service_and_place",
        "Somebody told another figure just now. Open the page again to see how it stands.",
    ):
        made = Capacity.objects.create(
            service=service, place_id=told.place_id, unit=told.unit, total=told.total, free=told.free,
            told_by=told.told_by, by=by.user, as_of=as_of,
        )  # fmt: skip
    record(
        RoomTold(service_id=service.pk, capacity_id=made.pk, free=told.free), about=made.pk, by=by, at=as_of
    )
    return made
