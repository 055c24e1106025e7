"""The open cases of a suspended agency, as whoever looks after them sees them."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from breakwater.trust.access import Actor
from breakwater.trust.models import Suspension


class LookedAfter(NamedTuple):
    """One open case, told without the person: whose it is, who is accountable, and by when somebody must act."""

    agency: str
    number: str
    unit: str | None
    worker: str | None
    code: str | None
    asked_at: datetime
    due_at: datetime | None


def looked_after_for(actor: Actor) -> QuerySet[Suspension]:
    """The suspended agencies whose cases the actor's agency looks after now, the first one first."""
    kept = Suspension.objects.standing().filter(looked_after_by=actor.agency_id)
    return kept.select_related("agency").order_by("starts_at")


def cases_looked_after() -> list[LookedAfter]:
    """The open cases that the acting agency looks after, what is due first first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_looked_after()")
        return [LookedAfter(*row) for row in cursor.fetchall()]
