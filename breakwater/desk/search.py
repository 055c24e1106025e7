"""One box over every person and case the actor may see."""

from dataclasses import dataclass, field
from datetime import date

from breakwater.cases.models import Case
from breakwater.cases.rules import read_number
from breakwater.people.matching import Match, possible_matches
from breakwater.trust.access import Actor

MOST = 20
"""How many people are shown: whoever looks for one sees as few others as will do."""


@dataclass
class Found:
    """What a search came to: people with their episodes, most alike first; and cases by number."""

    people: list[Match] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    episodes: dict[object, list[Case]] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """Whether as many people are shown as ever are, so that there may be others."""
        return len(self.people) >= MOST


def find(actor: Actor, asked: str) -> Found:
    """People by name, sound, phone or birth date; cases by their number."""
    found = Found(people=possible_matches(actor, name=asked, born=_date(asked), phone=asked, most=MOST))
    if number := read_number(asked):
        found.cases = list(
            Case.objects.visible_to(actor).filter(number=number).select_related("person", "agency")
        )
        actor.saw("cases.case", [one.pk for one in found.cases])
    people = [one.person_id for one in found.people]
    for case in (
        Case.objects.visible_to(actor)
        .filter(person__in=people)
        .select_related("agency")
        .order_by("-asked_at")
    ):
        found.episodes.setdefault(case.person_id, []).append(case)
    return found


def _date(asked: str) -> date | None:
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return None
