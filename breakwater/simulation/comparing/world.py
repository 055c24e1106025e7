"""The made-up county of one run: places whose beds fill and empty, what is told of them, and who needs one.

Everything that chance decides is drawn here, once, before anybody searches. So each way to search meets the same people
on the same days, and what it does differently is all that differs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

from breakwater.resources.actions.keeping import Criteria
from breakwater.resources.fit import Fit, Verdict, Wants, fit
from breakwater.simulation.comparing.assumptions import Figures

HOURS_A_DAY = 24
TRIES = 2
"""How often one place is called about one person."""

_SUBSTANCES, _GENDERS, _MEDICAL = "after_use", "genders", "medical"
_NEEDS = (
    (_SUBSTANCES, Wants(used_today=True), Criteria(after_use=True), Criteria(after_use=False)),
    (_GENDERS, Wants(gender="woman"), Criteria(genders=["woman", "man"]), Criteria(genders=["man"])),
    (_MEDICAL, Wants(medical=("wounds",)), Criteria(medical=["wounds"]), Criteria(medical=[])),
)
"""What a person may need; a place that can give it, and one that cannot. Each person needs one of them."""


@dataclass(frozen=True)
class Turn:
    """A moment at which somebody may come to a place, or leave it. ``mark`` decides which, between 0 and 1."""

    at: float
    mark: float


@dataclass(frozen=True, kw_only=True)
class House:
    """A place: its beds, whom it takes, how often it says no, and how often it tells.

    Args:
        takes: of each thing that a person may need, whether it can.
        listed: the same as the product makes it of what the place has told.
        comes: the share of turns at which somebody comes of themselves.
        tells: when it tells its figure of itself, where the places of the county do so each hour, on average.
        taps: whether it answers when it is asked whether a figure is still so, one asking after another.
    """

    number: int
    id: UUID
    beds: int
    takes: Mapping[Wants, bool]
    listed: Mapping[Wants, Fit]
    refuses: float
    comes: float
    turns: tuple[Turn, ...]
    tells: tuple[float, ...]
    taps: tuple[bool, ...]


@dataclass(frozen=True)
class Chance:
    """What one place would do about one person: of each call whether it is picked up and how long it takes."""

    picks_up: tuple[bool, ...]
    minutes: tuple[float, ...]
    refuses: float
    answers_after: float | None
    """Minutes until a question in writing is answered; ``None`` when it is not in time."""


@dataclass(frozen=True)
class Request:
    """Somebody for whom a bed is looked for, in hours from the beginning."""

    number: int
    at: float
    wants: Wants
    chances: tuple[Chance, ...]


@dataclass(frozen=True)
class World:
    """One county, drawn."""

    houses: tuple[House, ...]
    requests: tuple[Request, ...]
    counted_from: float
    ends: float


def draw(figures: Figures, seed: str, *, answer_within: float) -> World:
    """A county from a seed. ``answer_within`` is how many minutes a round waits."""
    counted_from = figures.days * HOURS_A_DAY
    ends = 2 * counted_from
    houses = tuple(_house(number, figures, _chance(seed, f"place {number}"), ends)
                   for number in range(int(figures.places)))  # fmt: skip
    asked = _chance(seed, "requests")
    requests = tuple(
        Request(number, at, asked.choice(_NEEDS)[1], _chances(len(houses), figures, asked, answer_within))
        for number, at in enumerate(_moments(asked, figures.requests / HOURS_A_DAY, ends))
    )
    return World(houses, requests, counted_from, ends)


def told_at(
    house: House, staleness: float, half_life: float | None, tap_after: float, ends: float
) -> Iterator[float]:
    """When a place tells its figure: of itself, and when asked, once for each figure that lost half its trust."""
    taps = iter(house.taps)
    for own, following in pairwise((0.0, *(at * staleness for at in house.tells), ends)):
        told = own
        while told < min(following, ends):
            yield told
            if half_life is None or not next(taps, False):
                break
            told += half_life + tap_after


def _house(number: int, figures: Figures, chance: Random, ends: float) -> House:
    beds = round(figures.beds * chance.uniform(0.5, 1.5))
    comes = figures.pressure * chance.uniform(0.75, 1.25)
    takes, listed = _criteria(figures, chance)
    reluctant = chance.random() < figures.reluctant
    slow = figures.diligence ** chance.uniform(-0.5, 0.5)
    # somebody comes so often, and each of the beds is left so often, whether or not it was taken
    turns = tuple(
        Turn(at, chance.random()) for at in _moments(chance, beds * (1 + comes) / figures.stay, ends)
    )
    return House(
        number=number, id=UUID(int=number), beds=beds, takes=takes, listed=listed,
        refuses=figures.reluctant_refuse if reluctant else figures.refuse,
        comes=comes / (1 + comes), turns=turns,
        tells=tuple(_moments(chance, 1 / slow, ends)),
        taps=tuple(chance.random() < figures.asked_answers for _ in range(int(ends))),
    )  # fmt: skip


def _criteria(figures: Figures, chance: Random) -> tuple[dict[Wants, bool], dict[Wants, Fit]]:
    """Whom it takes, and as much of that as it told: both judged by the product's rule of fit."""
    takes: dict[str, Any] = {}
    listed: dict[str, Any] = {}
    for name, _, can, cannot in _NEEDS:
        takes[name] = getattr(cannot if chance.random() < figures.unfit else can, name)
        if chance.random() < figures.criteria_told:
            listed[name] = takes[name]
    wanted = [wants for _, wants, _, _ in _NEEDS]
    takes_them = {wants: fit(wants, Criteria(**takes)).verdict is Verdict.YES for wants in wanted}
    return takes_them, {wants: fit(wants, Criteria(**listed)) for wants in wanted}


def _chances(places: int, figures: Figures, chance: Random, answer_within: float) -> tuple[Chance, ...]:
    return tuple(
        Chance(
            picks_up=tuple(chance.random() < figures.picks_up for _ in range(TRIES)),
            minutes=tuple(figures.talk * chance.uniform(0.5, 1.5) for _ in range(TRIES)),
            refuses=chance.random(),
            answers_after=chance.uniform(0, answer_within) if chance.random() < figures.answers_in_time else None,
        )
        for _ in range(places)
    )  # fmt: skip


def _moments(chance: Random, rate: float, ends: float) -> Iterator[float]:
    """Moments that know nothing of each other, so many an hour."""
    at = chance.expovariate(rate)
    while at < ends:
        yield at
        at += chance.expovariate(rate)


def _chance(seed: str, what: str) -> Random:
    return Random(f"{seed} {what}")  # noqa: S311 - a repeatable county, not a secret
