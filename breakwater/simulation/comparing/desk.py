"""The county while one way to search is tried: what is free, what is told of it, who was asked, and what came of it."""

from dataclasses import dataclass
from math import inf

from breakwater.simulation.comparing.world import Chance, House, Request, World, told_at


@dataclass
class Tally:
    """What is counted of one run, of those who asked after its beginning had passed."""

    asked_for: int = 0
    placed: int = 0
    asked: int = 0
    minutes: float = 0.0
    asked_when_listed: int = 0
    accepted_when_listed: int = 0


@dataclass(frozen=True)
class Figure:
    """What a place told last: how many it would take, and how many hours ago it was so."""

    free: int
    age: float


@dataclass
class Standing:
    """A place as it is now.

    Args:
        told: when it tells; ``None`` when what it lists is always so.
        changes_at: until when nothing changes.
        truth: how often it was asked when it listed room, and how often it said yes.
    """

    house: House
    told: tuple[float, ...] | None
    free: int
    changes_at: float = 0.0
    turned: int = 0
    telling: int = 0
    listed: tuple[int, float] = (0, 0.0)
    last_yes: float = -1.0
    truth: tuple[int, int] = (0, 0)

    def advance(self, to: float) -> None:
        """People come and go, and the place tells, until a moment."""
        turns, told = self.house.turns, self.told or ()
        while True:
            turn = turns[self.turned].at if self.turned < len(turns) else inf
            telling = told[self.telling] if self.telling < len(told) else inf
            self.changes_at = min(turn, telling)
            if self.changes_at > to:
                return
            if telling < turn:
                self.listed, self.telling = (self.free, telling), self.telling + 1
            else:
                self._turn(turns[self.turned].mark)
                self.turned += 1

    def figure(self, now: float) -> Figure:
        """What a board shows of it."""
        if self.told is None:
            return Figure(self.free, 0.0)
        free, at = self.listed
        return Figure(free, now - at)

    def _turn(self, mark: float) -> None:
        comes = self.house.comes
        if mark < comes:
            self.free = max(0, self.free - 1)
        elif (mark - comes) / (1 - comes) * self.house.beds >= self.free:
            self.free += 1


class Desk:
    """Where a worker sits: asks, hears yes or no, and is counted.

    Args:
        half_life: after how many hours the board asks a place again; ``None`` for a board that never does.
    """

    def __init__(self, world: World, *, staleness: float, half_life: float | None, tap_after: float) -> None:
        self.world, self.now, self.tally = world, 0.0, Tally()
        self.places = [
            Standing(house, _told(house, staleness, half_life, tap_after, world.ends), _free_at_first(house))
            for house in world.houses
        ]

    def look(self, now: float) -> None:
        """It is later."""
        self.now = now
        for place in self.places:
            if place.changes_at <= now:
                place.advance(now)

    def by_last_yes(self) -> list[Standing]:
        """The list on the wall: who took somebody last is called first."""
        return sorted(self.places, key=lambda place: -place.last_yes)

    def answer(self, request: Request, place: Standing, *, listed: bool) -> bool:
        """What a place says that was asked; a yes takes the bed."""
        says_yes = bool(
            place.free
            and self.chance(request, place).refuses >= place.house.refuses
            and place.house.takes[request.wants]
        )
        if says_yes:
            place.free -= 1
            place.last_yes = self.now
        self.count(request, place, listed=listed, said_yes=says_yes)
        return says_yes

    def count(self, request: Request, place: Standing, *, listed: bool, said_yes: bool) -> None:
        """What the word of the place was worth, where it had listed room."""
        if not listed:
            return
        asked, accepted = place.truth
        place.truth = asked + 1, accepted + said_yes
        if self.counts(request):
            self.tally.asked_when_listed += 1
            self.tally.accepted_when_listed += said_yes

    def asks(self, request: Request) -> None:
        """Somebody there is called or written to."""
        self.tally.asked += self.counts(request)

    def ends(self, request: Request, *, placed: bool) -> None:
        """The search is over."""
        if self.counts(request):
            self.tally.asked_for += 1
            self.tally.placed += placed
            self.tally.minutes += placed * (self.now - request.at) * 60

    def counts(self, request: Request) -> bool:
        """Whether the request came after the beginning."""
        return request.at >= self.world.counted_from

    def chance(self, request: Request, place: Standing) -> Chance:
        """What the place would do about this person."""
        return request.chances[place.house.number]


def _told(
    house: House, staleness: float, half_life: float | None, tap_after: float, ends: float
) -> tuple[float, ...] | None:
    return tuple(told_at(house, staleness, half_life, tap_after, ends)) if staleness else None


def _free_at_first(house: House) -> int:
    return house.beds // 5
