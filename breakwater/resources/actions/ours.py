"""What a place of our own has: the place itself, the kinds of room that it gives, and its beds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import locked, refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused, Stale
from breakwater.kernel.ids import new_id
from breakwater.resources import zips
from breakwater.resources.actions.keeping import held_bed
from breakwater.resources.events import (
    BedClosed,
    BedKept,
    BedSetUp,
    PlaceListed,
    ProgramRetired,
    ProgramSetUp,
)
from breakwater.resources.given import why_it_stays
from breakwater.resources.models import Bed, Organization, OutOfService, Place, Program
from breakwater.resources.models.program import KINDS
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

OWN_SOURCE = "own"
"""Where places come from that an agency lists itself."""
MOST_BEDS = 100
_LONGEST_LABEL = 60


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a place is. Of a confidential one nothing nearer than its state is kept."""

    address: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


@transaction.atomic
def list_place(name: str, where: Address, *, is_confidential: bool, at: datetime, by: Actor) -> Place:
    """A place of ours that no source lists.

    Raises:
        Refused: it is called nothing, or the agency holds no listing that it could belong to.
    """
    by.must("resources.import")
    if not name.strip():
        raise Refused("Say what the place is called.")
    listing = Organization.objects.filter(agency=by.agency).first()
    if listing is None:
        raise Refused("Claim your agency's listing first: a place belongs to one.")
    told = Address(state=where.state) if is_confidential else where
    spot = None if is_confidential else zips.of_zip(where.postal_code)
    made = Place.objects.create(
        source=OWN_SOURCE, external_id=str(new_id()), organization=listing, name=name.strip(),
        address=told.address, city=told.city, state=told.state, postal_code=told.postal_code,
        is_confidential=is_confidential, latitude=spot and spot.latitude, longitude=spot and spot.longitude,
        located_by=Place.LocatedBy.ZIP if spot else "", time_zone=spot.time_zone if spot else "",
    )  # fmt: skip
    record(PlaceListed(place_id=made.pk), about=made.pk, by=by, at=at)
    return made


@transaction.atomic
def set_up_program(place: Place, *, kind: str, at: datetime, by: Actor) -> Program:
    """A place of ours gives one kind of room more.

    Raises:
        NotPermitted: the place is not ours.
        Refused: there is no such kind.
        Overtaken: it is known already that we give it there.
    """
    place = _ours(place, by=by)
    if kind not in dict(KINDS):
        raise Refused("Say which kind of room you give.")
    with refuse_if("one_program_of_a_kind_at_a_place", "It is known already that you give this there."):
        made: Program = Program.objects.create(place=place, agency=by.agency, kind=kind)
    record(ProgramSetUp(program_id=made.pk), about=made.pk, by=by, at=at)
    return made


@transaction.atomic
def set_up_beds(
    place: Place, labels: Iterable[str], *, kind: str, accepts: str = "", at: datetime, by: Actor
) -> list[Bed]:
    """Beds at a place of ours, from a moment on.

    Raises:
        NotPermitted: the place is not ours.
        Refused: there is no such kind of bed, one is called nothing or too long, or there are too many at once.
        Overtaken: one is called as another at this place, or as one beside it.
    """
    place = _ours(place, by=by)
    named = [label.strip() for label in labels]
    if sentence := _why_not_set_up(named, kind):
        raise Refused(sentence)
    Program.objects.get_or_create(place=place, agency=by.agency, kind=kind, service=None, retired_at=None)
    usual = {"place": place, "agency": by.agency, "kind": kind, "accepts": accepts.strip(), "starts_at": at}
    with refuse_if(
        "a_bed_has_its_own_label", "Two beds at one place cannot be called the same. Call one otherwise."
    ):
        made: list[Bed] = Bed.objects.bulk_create([Bed(label=label, **usual) for label in named])
    for bed in made:
        record(BedSetUp(bed_id=bed.pk), about=bed.pk, by=by, at=at)
    return made


@transaction.atomic
def keep_bed(bed: Bed, *, label: str, accepts: str, read: str, at: datetime, by: Actor) -> Bed:
    """Write down what a bed is called, and whom it takes. Who holds it or sleeps there stays.

    Args:
        read: the mark of what stood there when it was read.

    Raises:
        NotPermitted: another agency keeps it.
        Refused: it is called nothing.
        Stale: somebody wrote otherwise meanwhile.
        Overtaken: another bed there is called so, or there is no such bed any more.
    """
    bed = held_bed(bed, at=at, by=by)
    if read != bed.mark:
        theirs: dict[str, object] = {"label": bed.label, "accepts": bed.accepts}
        raise Stale("Somebody changed this bed while you wrote.", theirs=theirs, who="somebody", at=at)
    if not label.strip():
        raise Refused("Every bed is called something: a number, a letter.")
    bed.label, bed.accepts = label.strip(), accepts.strip()
    with refuse_if("a_bed_has_its_own_label", f"Another bed at this place is called {bed.label}."):
        bed.save(update_fields=["label", "accepts"])
    record(BedKept(bed_id=bed.pk), about=bed.pk, by=by, at=at)
    return bed


@transaction.atomic
def close_bed(bed: Bed, *, at: datetime, by: Actor) -> Bed:
    """There is one bed less, for good. Who slept there stays in the record.

    Raises:
        NotPermitted: another agency keeps it.
        Refused: somebody sleeps there, or expects to.
        Overtaken: it is closed already.
    """
    bed = held_bed(bed, at=at, by=by)
    if why := why_it_stays("bed for good", bed.pk, by):
        raise Refused(why)
    bed.ends_at = max(at, bed.starts_at)
    bed.save(update_fields=["ends_at"])
    OutOfService.objects.filter(bed=bed, ends_at=None).update(ends_at=bed.ends_at)
    record(BedClosed(bed_id=bed.pk), about=bed.pk, by=by, at=at)
    return bed


@transaction.atomic
def retire_program(program: Program, *, at: datetime, by: Actor) -> Program:
    """A place of ours gives one kind of room no more. What was told and asked of it stays readable.

    Raises:
        NotPermitted: another agency keeps it.
        Refused: there are beds of the kind, somebody waits for an answer, or for a turn.
        Overtaken: it is over already.
    """
    by.must("resources.beds")
    if program.agency_id != by.agency_id:
        raise NotPermitted("Another agency keeps this.")
    locked(Place.objects.all(), program.place_id)  # whoever sets up beds of this kind there holds it as well
    program = locked(Program.objects.all(), program.pk)
    if program.retired_at is not None:
        raise Overtaken("This is not given any more already.")
    if Bed.objects.standing(at).of(program).exists():
        raise Refused("There are beds of this kind. Close them first.")
    if why := why_it_stays("program", program.pk, by):
        raise Refused(why)
    program.retired_at = at
    program.save(update_fields=["retired_at"])
    record(ProgramRetired(program_id=program.pk), about=program.pk, by=by, at=at)
    return program


def _why_not_set_up(labels: Sequence[str], kind: str) -> str:
    if kind not in Bed.Kind.values:
        return "Say what sort of beds they are."
    if not labels or not all(labels):
        return "Every bed is called something: a number, a letter."
    if too_long := next((label for label in labels if len(label) > _LONGEST_LABEL), ""):
        return f"A bed is called by at most {_LONGEST_LABEL} letters: {too_long[:20]}…"
    return f"At most {MOST_BEDS} beds at once." if len(labels) > MOST_BEDS else ""


def _ours(place: Place, *, by: Actor) -> Place:
    """A place of our own listing, or one where we keep something already; held, so that it stays ours."""
    by.must("resources.beds")
    found: Place = locked(Place.objects.select_related("organization"), place.pk)
    is_listed = found.organization is not None and found.organization.agency_id == by.agency_id
    if not is_listed and not Program.objects.running().filter(place=found, agency=by.agency).exists():
        raise NotPermitted("This place is not your agency's. Claim its listing first.")
    if found.retired_at is not None:
        raise Refused("This place is not listed any more.")
    return found
