"""What benefits may announce."""

from datetime import datetime
from uuid import UUID

from breakwater.kernel.events import Event


class BenefitsScreened(Event):
    """It was looked at which benefits may be worth applying for."""

    screening_id: UUID
    worth: int


class ApplicationStarted(Event):
    """An application for a benefit was begun."""

    application_id: UUID
    program: str
    is_expedited: bool


class PapersWanted(Event):
    """An office wants to see papers."""

    application_id: UUID
    program: str
    many: int


class PaperSeenTo(Event):
    """A paper was handed in, or is not needed."""

    paper_id: UUID
    program: str
    ended_how: str


class ApplicationSubmitted(Event):
    """An application was handed in, with its proof."""

    application_id: UUID
    program: str
    how: str


class InterviewBooked(Event):
    """The office wants to speak with them at a time."""

    application_id: UUID
    program: str
    interview_at: datetime


class InterviewOver(Event):
    """The interview was kept, or missed."""

    application_id: UUID
    program: str
    kept: bool


class NoticeReceived(Event):
    """A notice about a benefit came, and what it says; of a refusal, whether it was for paperwork."""

    notice_id: UUID
    program: str
    kind: str
    ground: str


class LastDayFound(Event):
    """The last day to appeal was found out."""

    application_id: UUID
    program: str
    due_at: datetime


class AppealFiled(Event):
    """A hearing was asked for."""

    application_id: UUID
    program: str


class RenewalFiled(Event):
    """The renewal of a benefit was filed."""

    application_id: UUID
    program: str


class AddressAsked(Event):
    """They were asked whether the office's mail still finds them."""

    application_id: UUID
    program: str
    still_right: bool


class ApplicationEnded(Event):
    """An application ended: given up, handed on, applied for again, or over."""

    application_id: UUID
    program: str
    ended_how: str
