"""What an agency keeps in the directory itself: its own listing, and its beds."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from breakwater.kernel.errors import Refused
from breakwater.resources.models import Bed, Organization, Place
from breakwater.trust.access import Actor


@transaction.atomic
def claim_listing(organization: Organization, *, by: Actor) -> Organization:
    """Say that an organization of the directory is the actor's own agency, so that letters to it arrive here.

    Raises:
        Refused: it is another agency's already.
    """
    by.must("resources.import")
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    if organization.agency_id not in (None, by.agency_id):
        raise Refused("This listing is another agency's already.")
    organization.agency = by.agency
    organization.save(update_fields=["agency"])
    return organization


@transaction.atomic
def set_up_beds(
    place: Place, labels: Iterable[str], *, kind: str, accepts: str = "", at: datetime, by: Actor
) -> list[Bed]:
    """Beds at a place, kept by the actor's agency from a moment on.

    Raises:
        Refused: there is no such kind of bed, or one of them is called nothing.
    """
    by.must("resources.beds")
    beds = [
        Bed(place=place, agency=by.agency, label=label.strip(), kind=kind, accepts=accepts, starts_at=at)
        for label in labels
    ]
    if kind not in Bed.Kind.values:
        raise Refused("Say what sort of beds they are.")
    if not all(bed.label for bed in beds):
        raise Refused("Every bed is called something: a number, a letter.")
    return Bed.objects.bulk_create(beds)
