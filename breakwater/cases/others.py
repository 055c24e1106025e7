"""What others did, as far as one may know.

Agencies that were let into a record read there. Colleagues began an intake and did not save it: nobody is accountable
for whoever waits in it, and no clock runs.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from breakwater.clocks.library import profile
from breakwater.trust.access import Actor
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


@dataclass(frozen=True, slots=True)
class Left:
    """An intake that a colleague began and left: whose it is and since when, and no word of it."""

    draft_id: UUID
    by: str
    since: datetime


def may_take_over(actor: Actor) -> bool:
    """Whether they are shown what colleagues left: they take people in, and choose who is accountable."""
    return actor.may("cases.take_in") and actor.may("cases.assign")


def untouched_since(actor: Actor) -> datetime:
    """Whoever has typed nothing since has left it, as the actor's agency sees it."""
    return actor.now - profile(actor.agency.profile).care.left_after


def left_intakes(actor: Actor, form: str) -> list[Left]:
    """What colleagues left at the form of an intake, the oldest first, for whoever may take it over."""
    if not may_take_over(actor):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, u.name, l.since FROM trust_left_behind(%s, %s) l JOIN trust_user u ON u.id = l.by_id"
            " ORDER BY l.since, l.id",
            (form, untouched_since(actor)),
        )
        found = [Left(*row) for row in cursor.fetchall()]
    actor.saw("trust.draft", [one.draft_id for one in found])
    return found


def left_by_the_day() -> int:
    """Has the cases of agencies whose standing in a record ended by its day go to whose record it is. How many went."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_left_by_the_day()")
        (came,) = cursor.fetchone() or (0,)
    return int(came)
