"""Runs of the county, and what they come to: a mean of each measure with its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from heapq import heappop, heappush
from math import sqrt
from statistics import NormalDist, fmean, stdev

from breakwater.referrals.library import ROUNDS
from breakwater.resources.library import HALF_LIVES
from breakwater.simulation.comparing.assumptions import ASSUMPTIONS, Assumptions
from breakwater.simulation.comparing.desk import Desk, Tally
from breakwater.simulation.comparing.ways import WAYS, Terms, Way
from breakwater.simulation.comparing.world import World, draw

SURE = 0.95
"""How sure the intervals are."""

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Measure:
    """Something that is compared. ``of`` is its value in one run."""

    code: str
    label: str
    words: str
    of: Callable[[Tally], float]
    digits: int
    less_is_better: bool


MEASURES = (
    Measure(
        "calls", "Calls per placement",
        "Calls and requests in writing, those of searches that found nothing included, for each person who was taken.",
        lambda one: one.asked / one.placed, 1, less_is_better=True,
    ),
    Measure(
        "minutes", "Minutes to placement", "From the first look or call to the yes, of those who were taken.",
        lambda one: one.minutes / one.placed, 0, less_is_better=True,
    ),
    Measure(
        "truth", "Board truth",
        "Of those asked when a board listed room, the share that said yes. A phone round reads no board: its line is "
        "what the plain board would have been worth to it.",
        lambda one: one.accepted_when_listed / one.asked_when_listed, 2, less_is_better=False,
    ),
    Measure(
        "placed", "Placed by the first search",
        "Of all for whom a bed was looked for; each place is called twice at most.",
        lambda one: one.placed / one.asked_for, 3, less_is_better=False,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """A mean over the runs, and between which values it lies, so sure."""

    mean: float
    low: float
    high: float

    def overlaps(self, other: "Estimate") -> bool:
        """Whether two cannot be told apart."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class Found:
    """What one way came to at one staleness, by the code of the measure."""

    way: str
    staleness: int
    estimates: dict[str, Estimate]


def compare(
    assumed: Assumptions = ASSUMPTIONS, ways: Sequence[Way] = WAYS, *,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[Found]:  # fmt: skip
    """Every way at every staleness, in the same counties."""
    tallies: dict[tuple[str, int], list[Tally]] = {}
    terms = Terms(assumed.figures, HALF_LIVES[assumed.kind])
    for number in range(assumed.runs):
        world = draw(
            assumed.figures, f"{assumed.seed} {number}", answer_within=ROUNDS.answer_within / _MINUTE
        )
        for staleness in assumed.staleness:
            for way in ways:
                tallies.setdefault((way.code, staleness), []).append(run(world, way, staleness, terms))
        progress(number + 1, assumed.runs)
    return [
        Found(way, staleness, {one.code: estimate([one.of(tally) for tally in of]) for one in MEASURES})
        for (way, staleness), of in tallies.items()
    ]


def run(world: World, way: Way, staleness: float, terms: Terms) -> Tally:
    """One county, searched in one way from its beginning to its end."""
    half_life = terms.half_life / _HOUR if way.asks_again else None
    desk = Desk(world, staleness=staleness, half_life=half_life, tap_after=terms.figures.tap_after)
    queue = [(one.at, one.number, one, way.search(desk, one, terms)) for one in world.requests]
    while queue:
        at, number, request, search = heappop(queue)
        desk.look(at)
        try:
            heappush(queue, (at + next(search) / 60, number, request, search))
        except StopIteration as ended:
            desk.ends(request, placed=ended.value)
    return desk.tally


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of independent runs with its interval by Student's t."""
    mean = fmean(values)
    if len(values) == 1:
        return Estimate(mean, mean, mean)
    either_way = student(SURE, len(values) - 1) * stdev(values) / sqrt(len(values))
    return Estimate(mean, mean - either_way, mean + either_way)


def student(sure: float, freedom: int) -> float:
    """Within how many standard errors the truth lies, so sure (the expansion of Cornish and Fisher; good from 5 on)."""
    z = NormalDist().inv_cdf((1 + sure) / 2)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
