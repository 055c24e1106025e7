"""Which rights do not belong in one pair of hands, and how two roles differ. Plain values in, plain values out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Apart:
    """Two kinds of rights that one person should not hold together.

    Args:
        refused: they never stand in one role; otherwise it is said wherever the role is shown.
    """

    code: str
    one: frozenset[str]
    other: frozenset[str]
    refused: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class House:
    """How an agency keeps its own house.

    Args:
        review_every: from the beginning of one access review to the next.
        answer_within: how long those who answer it have.
        invitation_lasts: how long a secret lets somebody choose a password.
        remembered: how long a role whose sign-in two people give back, and a reset by one alone, are thought of.
        carried_idle: how long a session lasts without a sign of life on a device that goes along.
        carried_lasts: how long it lasts there in any case.
    """

    review_every: timedelta
    answer_within: timedelta
    invitation_lasts: timedelta
    remembered: timedelta
    carried_idle: timedelta
    carried_lasts: timedelta
    apart: tuple[Apart, ...]


def not_apart(allowed: Collection[str], rules: Iterable[Apart]) -> list[Apart]:
    """Which rules a role breaks that allows this."""
    held = set(allowed)
    return [one for one in rules if held & one.one and held & one.other]


@dataclass(frozen=True)
class Comparison:
    """What two roles allow: both of them, only the first, only the second."""

    both: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]


def compared(first: Collection[str], second: Collection[str], order: Iterable[str]) -> Comparison:
    """How two roles differ, in the order of the closed list."""
    listed = tuple(order)
    return Comparison(
        both=tuple(one for one in listed if one in first and one in second),
        first=tuple(one for one in listed if one in first and one not in second),
        second=tuple(one for one in listed if one in second and one not in first),
    )
