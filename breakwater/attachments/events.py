"""What attachments may announce."""

from uuid import UUID

from breakwater.kernel.events import Event


class FileAttached(Event):
    """A file was attached to a record."""

    attachment_id: UUID
    hangs_on: str
    about: UUID
    kind: str
    is_scanned: bool


class AttachmentReleased(Event):
    """Somebody let a file be opened at their agency that no scanner looked at."""

    attachment_id: UUID
