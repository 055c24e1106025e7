"""What the directory may announce."""

from uuid import UUID

from breakwater.kernel.events import Event


class DirectoryImported(Event):
    """A package was read into the directory."""

    import_id: UUID


class RoomTold(Event):
    """Somebody told how much room a service has."""

    service_id: UUID
    capacity_id: UUID
    free: int
