"""What assessments may announce. Codes and ids; no answer, and no words."""

from uuid import UUID

from breakwater.kernel.events import Event


class AssessmentBegun(Event):
    """Somebody began to ask by an instrument."""

    assessment_id: UUID
    instrument: str
    version: str


class AlertRaised(Event):
    """An answer was given that must be heard at once."""

    alert_id: UUID
    instrument: str
    alert: str
    tier: str


class AlertHeard(Event):
    """Somebody wrote down what was done about an answer that had to be heard."""

    alert_id: UUID
    instrument: str
    alert: str


class AssessmentCompleted(Event):
    """An assessment was completed, and what it came to."""

    assessment_id: UUID
    instrument: str
    version: str
    tier: str


class AssessmentAmended(Event):
    """Answers of a completed assessment were changed, and it came to something anew."""

    assessment_id: UUID
    instrument: str
    number: int
    tier: str


class AssessmentStopped(Event):
    """An assessment was not finished, and will not be."""

    assessment_id: UUID
    instrument: str


class ResultOverridden(Event):
    """A person judged otherwise than the answers come to."""

    assessment_id: UUID
    instrument: str
    tier: str


class ProposalDecided(Event):
    """A person decided about what a result proposes."""

    assessment_id: UUID
    proposal: str
    taken: bool


class InstrumentImported(Event):
    """An agency brought an instrument, or the words of one."""

    import_id: UUID
    instrument: str


class InstrumentAttested(Event):
    """An agency said what it may do with an instrument, and how that is known."""

    attestation_id: UUID
    instrument: str
    kind: str


class InstrumentDefaulted(Event):
    """An agency said when it asks again by an instrument, and by which cut-offs."""

    default_id: UUID
    instrument: str
    again: str
    days: int


class AssessmentExported(Event):
    """An assessment left as a file, with the law's leave."""

    assessment_id: UUID
    instrument: str
    purpose: str


class AssessmentsTakenOut(Event):
    """Assessments left together, at the machine: how many, how many were kept back, and what for."""

    left: int
    kept_back: int
    purpose: str


class AskedInLanguage(Event):
    """It is asked in another language too, perhaps with somebody who interprets."""

    assessment_id: UUID
    instrument: str
    language: str
    interpreted: bool
