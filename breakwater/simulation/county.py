"""Harbor County: eight agencies, their people, and two years of crises, from one seed.

Everything is done by the same actions that people use, so no row of it lies in an impossible world. Each life draws
from a chance of its own: what happens in one changes nothing in another.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count, takewhile
from random import Random
from uuid import UUID

from breakwater.kernel.db import run_sql
from breakwater.kernel.jobs import kept
from breakwater.people.models import Person
from breakwater.simulation import desk, past, planning, present
from breakwater.simulation.agencies import (
    CLINIC,
    DETOX,
    LIAISON,
    LINE,
    MOBILE,
    PASSAGE,
    SHELTER,
    found_all,
)
from breakwater.simulation.at_once import Tell, in_processes, shared_out
from breakwater.simulation.directory import publish
from breakwater.simulation.keeping_house import keep_house
from breakwater.simulation.life import Life
from breakwater.simulation.telling import fill_tables, tell_the_team
from breakwater.simulation.town import Town
from breakwater.simulation.troubles import TROUBLES
from breakwater.trust.models import Appointment

PEOPLE = 400
HISTORY = timedelta(days=730)
_RECENT = timedelta(days=12)
_AGAIN = 45
"""How many of four hundred came back for a second episode; at the earliest so many days after the first."""

_BETWEEN = 60
_IN_A_HOUSEHOLD = 8

_SHARES = {LINE: 34, MOBILE: 24, SHELTER: 11, CLINIC: 12, DETOX: 8, LIAISON: 4, PASSAGE: 7}

# A county that is half filled is thrown away, so that nobody need wait for the disk at every life.
_UNHURRIED = "SELECT set_config('synchronous_commit', 'off', true)"


@dataclass(frozen=True)
class Plan:
    """A life to be lived: where, since when, to which end or into which state."""

    number: int
    where: str
    asked_at: datetime
    ending: str = ""
    state: present.State | None = None
    comes_back: bool = False

    @property
    def circles(self) -> int:
        """In how many circles it lies."""
        return self.state.circles if self.state else past.CIRCLES.get(self.ending, 1)


class County:
    """A county to be made.

    Args:
        people: how many, all in all; those with an open case among them.
        board: who holds which open cases.
    """

    def __init__(
        self, *, seed: int, now: datetime, people: int = PEOPLE,
        board: dict[str, tuple[present.State, ...]] = present.BOARD,
    ) -> None:  # fmt: skip
        self.seed, self.now, self.people, self.board = seed, now, people, board
        self._beside: dict[str, UUID] = {}

    def build(
        self, progress: Callable[[int, int], None] = lambda done, of: None, *, processes: int = 1
    ) -> None:
        """Make everything, telling how far it is.

        Args:
            processes: how many live at once what is over long before now: nobody there meets anybody else.
        """
        start = self.now - HISTORY - timedelta(days=30)
        houses = list(found_all(self._chance("agencies"), at=start))
        publish({house.agency.name: house.agency for house in houses}, at=self.now)
        with kept() as post:
            town = Town(houses, post)
            plans = self.plans()
            steps = count(1)

            def tell() -> None:
                progress(next(steps), len(plans))

            long_over = list(takewhile(lambda plan: not plan.state, plans))
            self._live_at_once(long_over, town, tell, processes=processes)
            self._live_all(plans[len(long_over) :], town, tell)
            desk.fill(town, now=self.now)
            keep_house(town.houses[LINE], now=self.now)
        fill_tables(houses, at=self.now - timedelta(days=1))
        if self.board.get(LIAISON):
            tell_the_team(houses, now=self.now)

    def plans(self) -> list[Plan]:
        """Every life to be lived, by when help was asked for."""
        return sorted((*self._past(), *self._present()), key=lambda plan: plan.asked_at)

    def _live_at_once(self, plans: list[Plan], town: Town, tell: Tell, *, processes: int) -> None:
        """Live them by as many processes, each with the agencies that are its own: people of one house meet."""
        if processes == 1:
            self._live_all(plans, town, tell)
            return
        houses: dict[str, list[Plan]] = {}
        for plan in plans:
            houses.setdefault(plan.where, []).append(plan)
        shares = shared_out(list(houses.values()), processes)
        for beside in in_processes([partial(self._live_all, share, town) for share in shares], tell):
            self._beside |= beside

    def _live_all(self, plans: Iterable[Plan], town: Town, tell: Tell) -> dict[str, UUID]:
        """Live them one after another; whom each agency took in last."""
        for plan in plans:
            self._live(plan, town)
            tell()
        return self._beside

    def _live(self, plan: Plan, town: Town) -> None:
        chance = self._chance(f"life {plan.number}")
        life = self._begin(plan, town, chance, plan.asked_at)
        with life.at_work():
            run_sql(_UNHURRIED)
            if plan.state:
                plan.state.comes(life, town)
            else:
                past.end(life, town, plan.ending)
            self._with_somebody(plan, life)
            if plan.comes_back:
                self._again(plan, life, town, chance)
            town.forget()

    def _with_somebody(self, plan: Plan, life: Life) -> None:
        """One in eight, and more, is in a household with somebody whom the same agency took in before."""
        before = self._beside.get(plan.where)
        is_together = plan.number % _IN_A_HOUSEHOLD == 0 or (plan.state and plan.state.together)
        if before and is_together:
            life.together(Person.objects.select_related("circle").get(pk=before))
            if plan.state:
                planning.chooses_for_household(life)
        self._beside[plan.where] = life.case.person_id

    def _again(self, plan: Plan, first: Life, town: Town, chance: Random) -> None:
        """The same person, months later: what worked last time is there to be read."""
        later = min(plan.asked_at + timedelta(days=chance.uniform(40, 200)), self.now - _RECENT)
        life = self._begin(plan, town, chance, later)
        person = Person.objects.select_related("circle").get(pk=first.case.person_id)
        life.take_in(person=person, triggers="Being asked the same things as last time.")
        life.note(0.7, kind="visit")
        life.close(26, "declined", words="One talk was enough this time.", worked=True)

    def _begin(self, plan: Plan, town: Town, chance: Random, asked_at: datetime) -> Life:
        house = town.houses[plan.where]
        worker: Appointment = chance.choice(house.carers)
        return Life(house, worker, chance.choice(TROUBLES), chance, asked_at=asked_at, now=self.now)

    def _past(self) -> Iterator[Plan]:
        chance = self._chance("past")
        endings, shares = list(past.ENDINGS), list(past.ENDINGS.values())
        left = self.people - sum(state.circles for states in self.board.values() for state in states)
        number, back = 0, left * _AGAIN // PEOPLE
        while left > 0:
            name = chance.choices(list(_SHARES), weights=list(_SHARES.values()))[0]
            days = chance.uniform(_RECENT.days, HISTORY.days)
            ending = chance.choices(endings, shares)[0] if left > 1 else "stable"
            left -= past.CIRCLES.get(ending, 1)
            comes_back = days > _BETWEEN and back > 0
            back -= comes_back
            asked_at = self.now - timedelta(days=days)
            yield Plan(number, name, asked_at, ending=ending, comes_back=comes_back)
            number += 1

    def _present(self) -> Iterator[Plan]:
        chance = self._chance("present")
        cases = [(name, state) for name, states in self.board.items() for state in states]
        for number, (name, state) in enumerate(cases):
            back = timedelta(hours=chance.uniform(*state.hours))
            yield Plan(PEOPLE + number, name, self.now - back, state=state)

    def _chance(self, what: str) -> Random:
        return Random(f"{self.seed} {what}")  # noqa: S311 - a repeatable county, not a secret
