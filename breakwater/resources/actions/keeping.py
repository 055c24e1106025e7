"""What an agency keeps in the directory itself: whom its programs take, and which of its beds can be used."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import locked, refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.resources.events import BedBackInUse, BedOutOfUse, ProgramKept
from breakwater.resources.given import why_it_stays
from breakwater.resources.models import Bed, OutOfService, Place, Program
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

    Who sleeps there stays until they leave; a bed that somebody expects stays as long as they do.

    Raises:
        NotPermitted: another agency keeps it.
        Refused: nothing is said about why, or it is held or promised.
        Overtaken: it is out of use already, or there is no such bed any more.
    """
    bed = held_bed(bed, at=at, by=by)
    if not reason.strip():
        raise Refused("Say why, in words that everybody may read.")
    if why := why_it_stays("bed", bed.pk, by):
        raise Refused(why)
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


def held_bed(bed: Bed, *, at: datetime, by: Actor) -> Bed:
    """One of our beds, held until the act ends: whoever promises it meanwhile waits for it.

    Raises:
        NotPermitted: another agency keeps it.
        Overtaken: there is no such bed any more.
    """
    by.must("resources.beds")
    if bed.agency_id != by.agency_id:
        raise NotPermitted(_NOT_YOUR_BED)
    found: Bed = locked(Bed.objects.select_related("place"), bed.pk)
    if found.ends_at is not None and found.ends_at <= at:
        raise Overtaken(f"{found.label} is not there any more.")
    return found


_KNOWN = "It is known already that they give this."
_NOT_YOUR_BED = "Another agency keeps this bed."
