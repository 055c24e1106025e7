"""What plans may announce."""

from datetime import datetime
from uuid import UUID

from breakwater.kernel.events import Event


class NeedNamed(Event):
    """Somebody named a need."""

    need_id: UUID
    domain: str


class NeedEnded(Event):
    """A need was met, or is no longer there."""

    need_id: UUID
    domain: str
    ended_how: str


class NeedsLinked(Event):
    """One need was seen to feed another."""

    cause_id: UUID
    effect_id: UUID


class NeedsUnlinked(Event):
    """One need does not feed the other after all."""

    cause_id: UUID
    effect_id: UUID


class StepPlanned(Event):
    """Somebody will do something by a time."""

    step_id: UUID
    owner: str
    due_at: datetime


class StepMoved(Event):
    """A step got another time."""

    step_id: UUID
    was_due_at: datetime
    due_at: datetime


class StepFinished(Event):
    """A step was done."""

    step_id: UUID


class StepDropped(Event):
    """A step will not be done."""

    step_id: UUID
