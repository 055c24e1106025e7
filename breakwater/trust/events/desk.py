"""What may be announced of a privacy officer's desk: requests, incidents, odd looks, flags."""

from datetime import datetime
from uuid import UUID

from breakwater.kernel.events import Event


class RecordRequestReceived(Event):
    """A person asked about their own record; an answer is due."""

    request_id: UUID
    kind: str
    due_at: datetime


class AskerChecked(Event):
    """Somebody made sure who asks about a record; said anew, both stand here, and the later one counts."""

    request_id: UUID
    how: str


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
