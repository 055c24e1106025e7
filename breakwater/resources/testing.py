"""Ready-made entries of the directory."""

from datetime import time
from typing import Any

from breakwater.kernel.ids import new_id
from breakwater.resources.models import Hours, Organization, Place, Service, ServiceAt


def a_service(
    name: str = "Harbor Street Night Shelter", *, place: Place | None = None, **facts: Any
) -> Service:
    """A listed service, given at a place where one is told."""
    by = Organization.objects.create(**_sourced(), name=facts.pop("organization", "Harbor Street Mission"))
    usual = {"needs": ["housing"], "names": name.casefold(), "is_placed": bool(place and place.latitude)}
    made = Service.objects.create(**_sourced(), organization=by, name=name, **(usual | facts))
    if place:
        ServiceAt.objects.create(**_sourced(), service=made, place=place, hours_from="place")
    return made


def a_place(name: str = "Harbor Street 12", **facts: Any) -> Place:
    """A listed place in Springfield, Illinois."""
    usual = {
        "address": "12 Harbor Street", "city": "Springfield", "state": "IL", "postal_code": "62701",
        "latitude": 39.80, "longitude": -89.65, "time_zone": "America/Chicago",
    }  # fmt: skip
    return Place.objects.create(**_sourced(), name=name, **(usual | facts))


def open_on(place: Place, *weekdays: int, opens: time = time(9), closes: time = time(17)) -> None:
    """Hours of a place on some days of the week; 0 is Monday."""
    for weekday in weekdays:
        Hours.objects.create(
            **_sourced(),
            place=place,
            weekday=weekday,
            opens_at=opens,
            closes_at=closes,
            time_zone=place.time_zone,
        )


def _sourced() -> dict[str, str]:
    return {"source": "testing", "external_id": new_id().hex}
