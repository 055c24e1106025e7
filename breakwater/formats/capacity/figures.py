"""What a report says of one kind of room at one facility."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """Who tells of room, as the report names it. At least one of ``id`` and ``name`` is there."""

    id: str = ""
    name: str = ""
    organization: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How much room of one kind there was. ``None`` is unknown, and never zero.

    Args:
        kind: what sort of room, by the code of its standard; empty when the report names the facility and no beds.
        licensed: how many there may be.
        staffed: how many have staff.
        accepting: how many people would be taken.
        as_of: when it was so; ``None`` when the file does not say.
        row: the line of the file, from 1, or which entry of a document.
    """

    facility: Facility
    kind: str = ""
    licensed: int | None = None
    staffed: int | None = None
    accepting: int | None = None
    as_of: datetime | None = None
    row: int = 0
