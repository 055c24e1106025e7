"""What an agency keeps in the directory itself, as its own people see it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from breakwater.resources.models import Bed, Claim, Organization, OutOfService, Place, Program
from breakwater.trust.access import Actor

SHOWN = 100
MOST_BEDS_SHOWN = 500


def our_house(actor: Actor, *, at: datetime) -> dict[str, Any]:
    """Our listing or the claim to one, the claims of others to it, and our places with how many beds each has."""
    claims = list(
        Claim.objects.visible_to(actor)
        .open()
        .select_related("organization", "agency", "by", "granted_by")
        .order_by("asked_at", "pk")[:SHOWN]
    )
    ours = next((one for one in claims if one.agency_id == actor.agency_id), None)
    places = list(_places(actor).order_by("name", "pk")[:SHOWN])
    beds: dict[UUID, int] = {}
    for place_id in Bed.objects.standing(at).kept_by(actor.agency).values_list("place", flat=True):
        beds[place_id] = beds.get(place_id, 0) + 1
    return {
        "ours": ours, "others": [one for one in claims if one is not ours], "places": places, "beds": beds,
        "kinds": _kinds(actor, [one.pk for one in places]),
        "holder": ours.organization.agency if ours and ours.organization.agency_id != actor.agency_id else None,
    }  # fmt: skip


def place_of_ours(place_id: UUID, actor: Actor, *, at: datetime) -> dict[str, Any] | None:
    """One of our places with what it has; nothing where it is not ours."""
    place = _places(actor).filter(pk=place_id).first()
    if place is None:
        return None
    beds = list(
        Bed.objects.standing(at)
        .kept_by(actor.agency)
        .filter(place=place)
        .order_by("kind", "label")[:MOST_BEDS_SHOWN]
    )
    out = {one.bed_id: one for one in OutOfService.objects.standing(at).filter(bed__in=beds)}
    return {"place": place, "programs": _kinds(actor, [place_id]).get(place_id, []), "beds": beds, "out": out}


def listings_called(words: str) -> list[Organization]:
    """Organizations that are listed, by a part of their name."""
    found = Organization.objects.listed().select_related("agency").filter(name__icontains=words.strip())
    return list(found.order_by("name", "pk")[:25])


def _places(actor: Actor) -> Any:
    kept = Program.objects.running().kept_by(actor.agency).values("place")
    return Place.objects.listed().filter(Q(organization__agency=actor.agency) | Q(pk__in=kept))


def _kinds(actor: Actor, places: list[UUID]) -> dict[UUID, list[Program]]:
    found: dict[UUID, list[Program]] = {}
    for one in Program.objects.running().kept_by(actor.agency).filter(place__in=places).order_by("kind"):
        found.setdefault(one.place_id, []).append(one)
    return found
