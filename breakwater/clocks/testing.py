"""Ready-made promises."""

from datetime import datetime
from typing import Any
from uuid import UUID

from breakwater.clocks.actions import Promise, start
from breakwater.clocks.models import Clock
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.models import Circle
from breakwater.trust.testing import NOON, an_actor


def a_clock(
    kind: str = "next_contact",
    *,
    by: Actor | None = None,
    circle: Circle | None = None,
    about: UUID | None = None,
    started_at: datetime = NOON,
    **promised: Any,
) -> Clock:
    """A running clock about something. ``limit`` and ``until`` go to its promise."""
    by = by or an_actor()
    circle = circle or open_circle(at=started_at, by=by)
    promise = Promise(kind=kind, about=about or new_id(), started_at=started_at, **promised)
    return start(promise, circle=circle, episode=None, at=started_at, by=by)
