"""One box over every person and case the actor may see."""

from dataclasses import dataclass, field
from uuid import UUID

from breakwater.cases.known import Episode, episodes_of
from breakwater.cases.models import Case
from breakwater.cases.rules import read_number
from breakwater.people.matching import Match, possible_matches
from breakwater.trust.access import Actor
from breakwater.ui.languages import day_in

FIRST, MOST = 10, 40
"""How many people are shown at first, and when more are asked for: whoever looks for one sees few others."""


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
    """People by name, sound, phone or birth date; cases by their number. With their episodes they are seen."""
    room = MOST if more else FIRST
    people = possible_matches(
        actor, name=asked, born=day_in(asked, actor.agency.profile), phone=asked, most=room
    )
    found = Found(people=people, room=room)
    if actor.may("cases.read") and (number := read_number(asked)):
        found.cases = list(
            Case.objects.visible_to(actor).filter(number=number).select_related("person", "agency")
        )
    known = [one.person_id for one in people] + [one.person_id for one in found.cases]
    found.episodes = episodes_of(actor, list(dict.fromkeys(known)))
    return found
