"""One tier out of many results. It is never told without the result that it comes from."""

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol, TypeVar
from uuid import UUID

from breakwater.assessments.rules.definition import TIERS


class Ended(Protocol):
    """An assessment, as far as it matters here."""

    @property
    def pk(self) -> UUID:
        """Its id."""

    @property
    def instrument(self) -> str:
        """By which instrument."""


_PRESSING = ("high", "imminent")
"""The tiers that say what a danger says when it is likely or now."""


def asks_to_read_again(tier: str, standing: str, *, pressing: Collection[str]) -> bool:
    """Whether answers came out higher than the worst danger that is read: somebody should look at both."""
    return tier in _PRESSING and standing not in pressing


E = TypeVar("E", bound=Ended)


def most_urgent(latest_first: Iterable[E], tiers: Mapping[UUID, str]) -> E | None:
    """The assessment with the most urgent tier, of the last of each instrument; the later one of two alike.

    What an instrument came to before is no longer so: the last time counts, also when it is the less urgent.
    """
    last: dict[str, E] = {}
    for one in latest_first:
        if tiers.get(one.pk):
            last.setdefault(one.instrument, one)
    return max(last.values(), key=lambda one: TIERS.index(tiers[one.pk]), default=None)
