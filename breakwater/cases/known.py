"""What whoever looks for somebody must know at a glance: whether a case is open, how urgent, and in what danger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from breakwater.kernel.text import Ours
from breakwater.trust.access import Actor
from breakwater.trust.walls import stands_by_code

_WORST_FIRST = ("now", "likely", "possible")
_WHOM = {
    "self": Ours("self"), "from_other": Ours("from somebody else"), "others": Ours("others"),
    "community": Ours("community"), "worker": Ours("worker"),
}  # fmt: skip
"""To whom somebody is a danger, or by whom they are in one, in a word."""

# Few columns by a statement that is kept: making the question anew took longer than PostgreSQL to answer it. Whoever is
# accountable stands in a case for as long as it is open, so a case without one at a glance is closed.
_EPISODES = f"""
    SELECT c.person_id, c.id, c.number, c.asked_at, a.name, glance.case_id IS NOT NULL, glance.scheme, glance.code,
        glance.urgency, glance.dangers
    FROM cases_case c JOIN trust_agency a ON a.id = c.agency_id
    LEFT JOIN LATERAL (
        SELECT g.case_id, g.scheme, g.code, g.urgency, g.dangers FROM cases_at_a_glance g
        WHERE g.case_id = c.id OFFSET 0) glance ON true
    WHERE c.person_id = ANY (%(people)s) AND {stands_by_code("care", circle="c.circle_id")}
    ORDER BY glance.case_id IS NULL, c.asked_at DESC, c.id
"""


@dataclass(frozen=True, slots=True)
class Episode:
    """A case of somebody who was found; of an open one its code and its dangers as the board has them."""

    case_id: UUID
    number: str
    asked_at: datetime
    agency: str
    is_open: bool
    triage: tuple[str, str, int] | None
    dangers: list[tuple[str, str]]


def episodes_of(actor: Actor, people: list[UUID]) -> dict[UUID, list[Episode]]:
    """The cases of each that the actor may see, open ones first, then the newest. One query, or none about nobody."""
    found: dict[UUID, list[Episode]] = {}
    if not (people and actor.may("cases.read")):
        return found
    told: dict[str, Any] = {
        "people": people, "agency": actor.agency_id, "user": actor.user_id, "now": actor.now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_EPISODES, told)
        for person, case, number, asked_at, agency, is_open, *glance in cursor.fetchall():
            scheme, code, urgency, dangers = glance
            triage = (code, scheme, urgency) if code else None
            one = Episode(case, number, asked_at, agency, is_open, triage, by_level(dangers or ()))
            found.setdefault(person, []).append(one)
    actor.saw("cases.case", [one.case_id for some in found.values() for one in some])
    return found


def by_level(dangers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each level that stands, the worst first, and to whom: ``now``, ``self, worker``."""
    whom: dict[str, list[str]] = {}
    for to, level in dangers:
        whom.setdefault(level, []).append(_WHOM.get(to, to))
    return [(level, ", ".join(whom[level])) for level in _WORST_FIRST if level in whom]
