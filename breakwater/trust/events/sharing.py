"""What may be announced of who may know: standings, consents, protections, what was told, emergencies."""

from datetime import datetime
from uuid import UUID

from breakwater.kernel.events import Event


class AgencyLetIn(Event):
    """An agency was given standing in a circle of care."""

    grant_id: UUID
    agency_id: UUID
    basis: str


class StandingNarrowed(Event):
    """An agency that stands in a circle of care may know less there, or for a shorter time."""

    grant_id: UUID
    agency_id: UUID


class AgencyLeftCircle(Event):
    """An agency's standing in a circle of care ended."""

    agency_id: UUID


class ConsentGiven(Event):
    """A person agreed that something is shared."""

    consent_id: UUID
    kind: str
    recipient_id: UUID | None
    ends_at: datetime | None


class ConsentWithdrawn(Event):
    """A person took an agreement back, or another took its place."""

    consent_id: UUID
    how: str
    recipient_id: UUID | None


class SegmentRaised(Event):
    """A record, or a whole circle, was put under the protection of a law."""

    segment: str


class SegmentLowered(Event):
    """A privacy officer took a record out of the protection of a law."""

    segment: str


class ConcernTold(Event):
    """A security team was told about a threat."""

    concern_id: UUID
    ends_at: datetime


class ConcernEnded(Event):
    """A security team no longer reads what it was told."""

    concern_id: UUID


class MedicalStaffTold(Event):
    """Medical staff were told from a protected record, in an emergency."""

    emergency_id: UUID


class MedicalEmergencyReviewed(Event):
    """Somebody looked at what medical staff were told."""

    emergency_id: UUID


class InvolvementSaid(Event):
    """The person said whether somebody close to them may be told."""

    involvement_id: UUID
    answer: str


class SomebodyCloseTold(Event):
    """Somebody close to the person was told something."""


class GlassBroken(Event):
    """Somebody opened a record of another agency in an emergency."""

    glass_id: UUID
    reason: str
    ends_at: datetime


class GlassReviewed(Event):
    """A reviewer said whether opening a record in an emergency was right."""

    glass_id: UUID
    outcome: str
