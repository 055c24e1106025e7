"""What clocks may announce."""

from datetime import datetime
from uuid import UUID

from breakwater.kernel.events import Event


class ClockStarted(Event):
    """A promise was made."""

    clock_id: UUID
    kind: str
    due_at: datetime


class ClockStopped(Event):
    """A promise ended: met, replaced, excused, or with its case."""

    clock_id: UUID
    kind: str
    how: str
    was_late: bool


class ClockPaused(Event):
    """A clock stands still, and runs again by itself at ``until``."""

    clock_id: UUID
    kind: str
    reason: str
    until: datetime


class ClockResumed(Event):
    """A clock runs again."""

    clock_id: UUID
    kind: str
    due_at: datetime


class ClockDueSoon(Event):
    """A promise is about to be missed."""

    clock_id: UUID
    kind: str
    due_at: datetime


class ClockMissed(Event):
    """A promise was not kept in time."""

    clock_id: UUID
    kind: str
    due_at: datetime
