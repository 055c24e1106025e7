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


class BedSetUp(Event):
    """There is one bed more."""

    bed_id: UUID


class BedKept(Event):
    """Those who keep a bed wrote down what it is called, or whom it takes."""

    bed_id: UUID


class BedClosed(Event):
    """There is one bed less."""

    bed_id: UUID


class ProgramSetUp(Event):
    """A place gives one kind of room more."""

    shown_to_many = "program_id"
    program_id: UUID


class ProgramRetired(Event):
    """A place gives one kind of room no more."""

    shown_to_many = "program_id"
    program_id: UUID


class PlaceListed(Event):
    """An agency listed a place of its own that no source lists."""

    place_id: UUID


class ListingClaimed(Event):
    """An agency says that an organization of the directory is itself."""

    claim_id: UUID


class ListingContested(Event):
    """Two agencies say that the same organization of the directory is theirs."""

    claim_id: UUID


class ListingGranted(Event):
    """A second person confirmed it: letters to the listing arrive at the agency."""

    claim_id: UUID


class ListingReleased(Event):
    """A claim ended: it was withdrawn, the listing was given up, or it is another agency's."""

    claim_id: UUID
    how: str
