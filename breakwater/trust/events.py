"""What trust may announce."""

from datetime import datetime
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


class GlassBroken(Event):
    """Somebody opened a record of another agency in an emergency."""

    glass_id: UUID
    reason: str
    ends_at: datetime


class GlassReviewed(Event):
    """A reviewer said whether opening a record in an emergency was right."""

    glass_id: UUID
    outcome: str


class RecordRequestReceived(Event):
    """A person asked about their own record; an answer is due."""

    request_id: UUID
    kind: str
    due_at: datetime


class RecordRequestExtended(Event):
    """The answer to a person takes longer, as was written to them."""

    request_id: UUID
    due_at: datetime


class RecordRequestAnswered(Event):
    """A person who asked about their record was answered."""

    request_id: UUID
    outcome: str


class RefusalReviewed(Event):
    """Somebody else looked again at a refusal."""

    request_id: UUID
    verdict: str


class IncidentOpened(Event):
    """Something confidential got out, or may have."""

    incident_id: UUID


class IncidentAssessed(Event):
    """Somebody said what an incident counts as."""

    incident_id: UUID
    verdict: str


class IncidentTold(Event):
    """Somebody was told of an incident: those affected, the media of a state, or the authority."""

    incident_id: UUID
    whom: str


class IncidentClosed(Event):
    """Everything owed after an incident was done."""

    incident_id: UUID


class OddLookFound(Event):
    """A look at a record asks for an explanation."""

    look_id: UUID


class OddLookAnswered(Event):
    """A reviewer said what an odd look was."""

    look_id: UUID
    outcome: str


class RecordFlagged(Event):
    """From now on everybody says why before they open a record."""

    flag_id: UUID


class RecordUnflagged(Event):
    """Nobody has to say why any more before they open a record."""

    flag_id: UUID


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


class SignedIn(Event):
    """Somebody signed in."""


class SignedOut(Event):
    """Somebody signed out."""


class FactorAdded(Event):
    """Somebody added a way to prove themselves."""

    kind: str


class FactorRemoved(Event):
    """Somebody removed a way to prove themselves."""

    kind: str


class RecoveryCodesMade(Event):
    """Somebody made new recovery codes."""


class RecoveryCodeUsed(Event):
    """Somebody proved themselves with a recovery code."""


class PasswordChanged(Event):
    """Somebody chose a new password."""


class SessionsEnded(Event):
    """Somebody ended sessions of their own."""


class ResetStarted(Event):
    """An administrator lets somebody choose a new password."""

    reset_id: UUID
    takes_factors: bool


class ResetApproved(Event):
    """A second person agreed to a reset."""

    reset_id: UUID


class ResetUsed(Event):
    """Somebody chose a new password by a reset."""

    reset_id: UUID
