"""One box over every person and case the actor may see."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from breakwater.cases.models import Case
from breakwater.cases.rules import read_number
from breakwater.people.matching import Match, possible_matches
from breakwater.trust.access import Actor
from breakwater.trust.walls import stands_by_code

FIRST, MOST = 10, 40
"""How many people are shown at first, and when more are asked for: whoever looks for one sees few others."""


# Four columns of a case by a statement that is kept: making the question anew took longer than PostgreSQL to answer it.
_EPISODES = f"""
    SELECT c.person_id, c.id, c.number, c.asked_at, a.name FROM cases_case c JOIN trust_agency a ON a.id = c.agency_id
    WHERE c.person_id = ANY (%(people)s) AND {stands_by_code("care", circle="c.circle_id")}
    ORDER BY c.asked_at DESC, c.id
"""


@dataclass(frozen=True, slots=True)
class Episode:
    """A case of somebody who was found."""

    case_id: UUID
    number: str
    asked_at: datetime
    agency: str


@dataclass
class Found:
    """What a search came to: people with their episodes, most alike first; and cases by number."""

    people: list[Match] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    episodes: dict[UUID, list[Episode]] = field(default_factory=dict)
    room: int = FIRST

    @property
    def is_full(self) -> bool:
        """Whether as many people are shown as there was room for, so that there may be others."""
        return len(self.people) >= self.room

    @property
    def has_more(self) -> bool:
        """Whether asking for more may show more."""
        return self.is_full and self.room < MOST


def find(actor: Actor, asked: str, *, more: bool = False) -> Found:
    """People by name, sound, phone or birth date; cases by their number."""
    room = MOST if more else FIRST
    people = possible_matches(actor, name=asked, born=_date(asked), phone=asked, most=room)
    found = Found(people=people, room=room)
    if number := read_number(asked):
        found.cases = list(
            Case.objects.visible_to(actor).filter(number=number).select_related("person", "agency")
        )
        actor.saw("cases.case", [one.pk for one in found.cases])
    for person_id, episode in _episodes(actor, [one.person_id for one in people]):
        found.episodes.setdefault(person_id, []).append(episode)
    actor.saw("cases.case", [one.case_id for some in found.episodes.values() for one in some])
    return found


def _episodes(actor: Actor, people: list[UUID]) -> Iterable[tuple[UUID, Episode]]:
    if not people:
        return
    told: dict[str, Any] = {
        "people": people, "agency": actor.agency_id, "user": actor.user_id, "now": actor.now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_EPISODES, told)
        for person_id, case_id, number, asked_at, agency in cursor.fetchall():
            yield person_id, Episode(case_id, number, asked_at, agency)


def _date(asked: str) -> date | None:
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return None
