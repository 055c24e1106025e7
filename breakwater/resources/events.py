"""What the directory may announce."""

from uuid import UUID

from breakwater.kernel.events import Event


class DirectoryImported(Event):
    """A package was read into the directory."""

    import_id: UUID


class RoomTold(Event):
    """Somebody told how much room a service or a program has. What was not told is unknown."""

    shown_to_many = "program_id"
    capacity_id: UUID
    free: int | None = None
    service_id: UUID | None = None
    program_id: UUID | None = None


class FigureGrewOld(Event):
    """A program's figure is so old that the board asks whether it is still so."""

    shown_to_many = "program_id"
    program_id: UUID
    capacity_id: UUID


class ProgramKept(Event):
    """Those who keep a program wrote down whom it takes."""

    shown_to_many = "program_id"
    program_id: UUID


class BedOutOfUse(Event):
    """A bed cannot be used for a while."""

    bed_id: UUID


class BedBackInUse(Event):
    """A bed can be used again."""

    bed_id: UUID
