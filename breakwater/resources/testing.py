"""Ready-made entries of the directory."""

from datetime import datetime, time
from typing import Any

from breakwater.kernel.ids import new_id
from breakwater.resources.actions.claims import claim_listing, confirm_claim
from breakwater.resources.models import Claim, Hours, Organization, Place, Service, ServiceAt
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency


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


def holds_listing(agency: Agency, organization: Organization, *, at: datetime) -> Claim:
    """An agency that holds its listing, as whoever keeps the machine may say."""
    with acting(system_for(agency, now=at)) as by:
        claim = claim_listing(organization, proof="They called the number that is listed.", at=at, by=by)
        return confirm_claim(claim, at=at, by=by)


def a_place_of(agency: Agency, *, at: datetime, name: str = "Lantern Court", **facts: Any) -> Place:
    """A place of an agency's own listing."""
    listing = Organization.objects.filter(agency=agency).first()
    if listing is None:
        listing = Organization.objects.create(**_sourced(), name=agency.name)
        holds_listing(agency, listing, at=at)
    return Place.objects.create(**_sourced(), name=name, city="Harbor", organization=listing, **facts)


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
