"""What duties may announce."""

from uuid import UUID

from breakwater.kernel.events import Event


class DutyWritten(Event):
    """A row of the duty table was written, or has a new version."""

    duty_id: UUID
    topic: str
    version: int


class PromptOpened(Event):
    """The duty table asks about a case."""

    prompt_id: UUID
    topic: str
    signal: str


class PromptAnswered(Event):
    """Something was done about a prompt; whether it is over by this."""

    prompt_id: UUID
    topic: str
    answer: str
    is_over: bool


class ThreatWeighed(Event):
    """A threat to somebody was weighed, and something was done."""

    weighing_id: UUID
    action: str
