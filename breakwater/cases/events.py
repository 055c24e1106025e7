"""What cases may announce."""

from datetime import datetime
from uuid import UUID

from breakwater.kernel.events import Event


class CaseOpened(Event):
    """Somebody was taken in."""

    case_id: UUID
    asked_by: str


class IntakeTakenOver(Event):
    """A colleague went on with an intake that somebody began and left."""

    draft_id: UUID
    worker_id: UUID


class CaseTriaged(Event):
    """A triage code was set; the one before, if any, is replaced."""

    case_id: UUID
    scheme: str
    version: str
    code: str
    replaced: str = ""


class DangerRead(Event):
    """A danger was read: to whom, how likely."""

    case_id: UUID
    to: str
    level: str


class CircumstanceFound(Event):
    """Something is so that a law may ask about."""

    case_id: UUID
    kind: str


class CircumstanceGone(Event):
    """It is no longer so."""

    case_id: UUID
    kind: str


class GateMet(Event):
    """A gate of stabilization was met."""

    case_id: UUID
    gate: str


class GateLost(Event):
    """A gate of stabilization no longer holds."""

    case_id: UUID
    gate: str


class CaseStabilized(Event):
    """All five gates are met."""

    case_id: UUID


class OwnerChanged(Event):
    """Somebody else, or a duty queue, is accountable now."""

    case_id: UUID
    worker_id: UUID | None
    unit_id: UUID | None = None


class CaseCameHome(Event):
    """Whoever held the case stands in the record no more: it waits in the duty queue of whose record it is."""

    case_id: UUID
    from_agency_id: UUID


class TeamChanged(Event):
    """Somebody joined or left the team of a case."""

    case_id: UUID
    worker_id: UUID | None
    joined: bool


class NoteAdded(Event):
    """Something was added to the chronology."""

    case_id: UUID
    note_id: UUID
    kind: str
    reached: bool


class NoteAmended(Event):
    """A note has a new text; the old one stays readable."""

    case_id: UUID
    note_id: UUID
    version: int


class ContactTakenBack(Event):
    """They were not reached, though a note or a try says so; that stays readable."""

    case_id: UUID
    note_id: UUID | None
    attempt_id: UUID | None


class BarrierNamed(Event):
    """Something stands in the way."""

    case_id: UUID
    barrier_id: UUID


class BarrierRemoved(Event):
    """It no longer does."""

    case_id: UUID
    barrier_id: UUID


class NextContactBooked(Event):
    """The next contact has a moment."""

    case_id: UUID
    follow_up_id: UUID
    due_at: datetime


class CallAsked(Event):
    """The person asked to be called."""

    case_id: UUID
    follow_up_id: UUID
    due_at: datetime


class FollowUpAttempted(Event):
    """Somebody tried to reach the person."""

    case_id: UUID
    follow_up_id: UUID
    outcome: str


class CaseClosed(Event):
    """The episode ended; ``danger`` is the worst that pressed when it did, if any."""

    case_id: UUID
    outcome: str
    danger: str = ""


class CaseReopened(Event):
    """The episode goes on."""

    case_id: UUID
