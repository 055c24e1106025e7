"""What an agency keeps in the directory itself: its own listing, its beds, and whom its programs take."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import locked, refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.resources.events import BedBackInUse, BedOutOfUse, ProgramKept
from breakwater.resources.models import Bed, Organization, OutOfService, Place, Program
from breakwater.resources.models.program import KINDS
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Whom a program takes. ``None`` is unknown: it is neither yes nor no, and is shown as unknown."""

    minimum_age: int | None = None
    maximum_age: int | None = None
    genders: list[str] | None = None
    families: bool | None = None
    pets: bool | None = None
    access: list[str] | None = None
    languages: list[str] | None = None
    after_use: bool | None = None
    medical: list[str] | None = None
    registry: bool | None = None
    cost: str = ""


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
    Program.objects.get_or_create(place=place, agency=by.agency, kind=kind, service=None, retired_at=None)
    return Bed.objects.bulk_create(beds)


@transaction.atomic
def keep_program(program: Program, criteria: Criteria, *, at: datetime, by: Actor) -> Program:
    """Write down whom a program of the actor's agency takes.

    Raises:
        NotPermitted: another agency keeps it.
        Refused: the ages are in the wrong order.
    """
    by.must("resources.beds")
    if program.agency_id != by.agency_id:
        raise NotPermitted("Another agency keeps this. Ask them whom they take.")
    if (criteria.minimum_age or 0) > (criteria.maximum_age or criteria.minimum_age or 0):
        raise Refused("The lowest age is above the highest.")
    program = locked(Program.objects.all(), program.pk)
    for name, told in asdict(criteria).items():
        setattr(program, name, told)
    program.save(update_fields=list(asdict(criteria)))
    record(ProgramKept(program_id=program.pk), about=program.pk, by=by, at=at)
    return program


@transaction.atomic
def note_program(place: Place, *, kind: str, at: datetime, by: Actor) -> Program:
    """Write down that a place without accounts gives one kind of room: it stands on the board, and can be asked.

    Raises:
        Refused: there is no such kind, the place is not listed any more, or it is known already that it gives it.
    """
    by.must("resources.beds")
    if kind not in dict(KINDS):
        raise Refused("Say which kind of room they give.")
    if place.retired_at is not None:
        raise Refused("This place is not listed any more.")
    known = Program.objects.running().filter(place=place, kind=kind)
    if known.filter(agency__isnull=False).exists():
        raise Refused("Somebody who works with Breakwater gives this there already, and tells it themselves.")
    if known.exists():
        raise Refused(_KNOWN)
    with refuse_if("one_program_of_a_kind_at_a_place", _KNOWN):
        made: Program = Program.objects.create(place=place, kind=kind)
    record(ProgramKept(program_id=made.pk), about=made.pk, by=by, at=at)
    return made


@transaction.atomic
def take_out_of_use(bed: Bed, *, reason: str, at: datetime, by: Actor) -> OutOfService:
    """A bed cannot be used until somebody says that it can. The reason says nothing of anybody: everyone may read it.

    Raises:
        NotPermitted: another agency keeps it.
        Overtaken: it is out of use already.
    """
    by.must("resources.beds")
    if bed.agency_id != by.agency_id:
        raise NotPermitted(_NOT_YOUR_BED)
    with refuse_if("a_bed_is_out_of_service_once", f"{bed.label} is out of use already."):
        made = OutOfService.objects.create(bed=bed, reason=reason, starts_at=at, by=by.user)
    record(BedOutOfUse(bed_id=bed.pk), about=bed.pk, by=by, at=at)
    return made


@transaction.atomic
def bring_back_into_use(bed: Bed, *, at: datetime, by: Actor) -> None:
    """A bed can be used again.

    Raises:
        NotPermitted: another agency keeps it.
        Overtaken: it is in use already.
    """
    by.must("resources.beds")
    if bed.agency_id != by.agency_id:
        raise NotPermitted(_NOT_YOUR_BED)
    out = OutOfService.objects.select_for_update().filter(bed=bed, ends_at=None).first()
    if out is None:
        raise Overtaken(f"{bed.label} is in use already.")
    out.ends_at = max(at, out.starts_at)
    out.save(update_fields=["ends_at"])
    record(BedBackInUse(bed_id=bed.pk), about=bed.pk, by=by, at=at)


_KNOWN = "It is known already that they give this."
_NOT_YOUR_BED = "Another agency keeps this bed."
