"""What was to go to the person of a case, and nothing takes it just now."""

from typing import Any
from uuid import UUID

from breakwater.kernel.together import Counted
from breakwater.messaging.models import Notice
from breakwater.trust.access import Actor


def held_up_within(case: UUID, actor: Actor) -> tuple[str, list[Any]]:
    """How many there are, as an expression of SQL: for a page that asks for it in a statement of its own."""
    return _HELD_UP.within(agency=actor.agency_id, case=case)


_HELD_UP = Counted(
    ("agency", "case"),
    lambda agency, case: Notice.objects.filter(
        agency=agency, case=case, contact_point__isnull=False, state=Notice.State.WAITING, why="unreachable"
    ),
)
