"""What agencies that were let into a record read there, as far as whose record it is may know."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from breakwater.trust.models import Agency


@dataclass(frozen=True)
class Reading:
    """Another agency read in a record: how many pages, first and last. Which of its workers, it knows itself."""

    agency: Agency
    times: int
    first: datetime
    last: datetime


def read_by_others(circle_id: UUID) -> list[Reading]:
    """Which other agencies read there, the latest first: told only to the agency that opened the circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT agency, times, first_at, last_at FROM cases_read_by_others(%s) ORDER BY last_at DESC",
            (circle_id,),
        )
        found = cursor.fetchall()
    agencies = Agency.objects.in_bulk([row[0] for row in found])
    return [Reading(agencies[agency], times, first, last) for agency, times, first, last in found]
