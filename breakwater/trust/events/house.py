"""What may be announced of an agency's own house: its people, roles, units, reviews, suspension."""

from datetime import datetime
from uuid import UUID

from breakwater.kernel.events import Event


class PersonAppointed(Event):
    """Somebody started to work for an agency."""

    appointment_id: UUID
    role: str


class PersonDismissed(Event):
    """Somebody's work for an agency ended."""

    appointment_id: UUID


class PersonMoved(Event):
    """Somebody works for an agency in another role or unit; the appointment before has ended."""

    appointment_id: UUID
    role: str


class PersonInvited(Event):
    """Somebody may choose a password, by a secret that was shown once."""

    invitation_id: UUID
    expires_at: datetime


class InvitationAccepted(Event):
    """Somebody who was invited chose a password."""

    invitation_id: UUID


class RoleMade(Event):
    """An agency made a role of its own."""

    role_id: UUID


class RoleEnded(Event):
    """A role of an agency's own can no longer be given."""

    role_id: UUID


class UnitChanged(Event):
    """A unit was added or renamed."""

    unit_id: UUID


class UnitClosed(Event):
    """A unit works no more."""

    unit_id: UUID


class AccessReviewBegun(Event):
    """An agency began to look at everybody who works there."""

    review_id: UUID
    due_at: datetime


class AccessAnswered(Event):
    """Somebody answered, in an access review, for one appointment."""

    review_id: UUID
    appointment_id: UUID
    answer: str


class AccessReviewFinished(Event):
    """Every appointment of an access review has its answer."""

    review_id: UUID


class AgencySuspended(Event):
    """An agency was stopped at once."""

    suspension_id: UUID
    looked_after_by: UUID | None


class SuspensionLifted(Event):
    """An agency works again."""

    suspension_id: UUID
