"""What trust may announce."""

from uuid import UUID

from breakwater.kernel.events import Event


class AgencyLetIn(Event):
    """An agency was given standing in a circle of care."""

    grant_id: UUID
    agency_id: UUID
    basis: str


class AgencyLeftCircle(Event):
    """An agency's standing in a circle of care ended."""

    agency_id: UUID


class PersonAppointed(Event):
    """Somebody started to work for an agency."""

    appointment_id: UUID
    role: str


class PersonDismissed(Event):
    """Somebody's work for an agency ended."""

    appointment_id: UUID


class SignedIn(Event):
    """Somebody signed in."""


class SignedOut(Event):
    """Somebody signed out."""
