"""The pre-screen: worth applying for, probably not, or we cannot tell. It promises nothing, and says why.

Every answer may be missing, and a missing answer is never a no and never a zero: what would hang on it cannot be told.
A limit that nobody checked, or that is out of date, turns nobody away near it: only what lies clearly beyond does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WORTH, NOT, UNKNOWN = "worth", "not", "unknown"
ANSWERS = (WORTH, NOT, UNKNOWN)

AMOUNTS = ("income", "resources")
SETTLED = "settled"
FACTS = ("pregnant", "children", "under_five", "disabled", "lost_work", "worked", "emergency", SETTLED)
ASKS = (*AMOUNTS, "age", *FACTS)
"""What a program may ask about. Amounts may only be limited from above: whoever has more never gets a better answer."""


@dataclass(frozen=True, kw_only=True)
class Household:
    """What somebody told of themselves and of those they live with; ``None`` is what they did not say.

    Args:
        size: how many people live and eat together.
        income: of all of them, before taxes, in a month.
        resources: cash and money in the bank.
        housing: rent or mortgage with heat and light, in a month.
        worked: paid into social security, most years of the last ten.
        settled: a citizen, or with a status that the program counts. Never kept, and *no* comes out as *not said* does.
    """

    size: int | None = None
    income: int | None = None
    resources: int | None = None
    housing: int | None = None
    age: int | None = None
    pregnant: bool | None = None
    children: bool | None = None
    under_five: bool | None = None
    disabled: bool | None = None
    lost_work: bool | None = None
    worked: bool | None = None
    emergency: bool | None = None
    settled: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A dated amount of money, for one person and for each further one.

    Args:
        until: the last day it holds.
        verified: whether the source says just this number.
    """

    label: str
    base: int
    more: int
    is_yearly: bool
    until: date
    source: str
    verified: bool

    def limit(self, size: int, percent: int = 100) -> int:
        """What it comes to in a month for so many people, rounded up."""
        parts = (self.base + self.more * (size - 1)) * percent
        return -(-parts // (1200 if self.is_yearly else 100))

    def is_sure(self, today: date) -> bool:
        """Whether somebody may be told no because of it."""
        return self.verified and today <= self.until


@dataclass(frozen=True, kw_only=True)
class Test:
    """One thing that a way into a program asks.

    Args:
        limit: the figure that an amount may come to at most, taken at ``percent``.
        beside_housing: income and resources together are less than what housing costs.
        from_age, under_age: between which birthdays.
        turns_away: whether missing it ends this way; where it does not, it only cannot be told.
        words: what it asks, as it is told.
    """

    ask: str
    limit: Figure | None = None
    percent: int = 100
    beside_housing: bool = False
    from_age: int | None = None
    under_age: int | None = None
    turns_away: bool = True
    words: str

    __test__ = False  # not a test of ours

    @property
    def label(self) -> str:
        """The same, in the middle of a sentence."""
        return self.words


Way = Sequence[Test]
"""All that one way into a program asks; a program has several, and one is enough."""


@dataclass(frozen=True)
class Verdict:
    """What came out for one program, and why, in sentences."""

    answer: str
    reasons: tuple[str, ...]


def screen(ways: Iterable[Way], household: Household, *, today: date, margin: int) -> Verdict:
    """Whether one way is open, every way is shut, or it cannot be told.

    Args:
        margin: how far beyond an unsure limit, in percent of it, an amount is clearly beyond.
    """
    told = [[(_holds(test, household, today=today, margin=margin), test) for test in way] for way in ways]
    for way in told:
        if all(holds for holds, _ in way):
            return Verdict(WORTH, _once(f"Fits: {test.label}." for _, test in way if test.ask != SETTLED))
    shut = [[test for holds, test in way if holds is False] for way in told]
    if all(shut):
        return Verdict(NOT, _once(f"Does not fit: {test.label}." for tests in shut for test in tests))
    hanging = (
        test for way, no in zip(told, shut, strict=True) if not no for holds, test in way if holds is None
    )
    return Verdict(UNKNOWN, _once(_hangs(test, household) for test in hanging))


def in_order(verdicts: Mapping[str, Verdict]) -> list[str]:
    """The programs, those worth applying for first and those that probably are not last."""
    order = (WORTH, UNKNOWN, NOT)
    return sorted(verdicts, key=lambda code: order.index(verdicts[code].answer))


def _holds(test: Test, household: Household, *, today: date, margin: int) -> bool | None:
    found = _found(test, household, today=today, margin=margin)
    return None if found is False and not test.turns_away else found


def _found(test: Test, household: Household, *, today: date, margin: int) -> bool | None:
    if test.beside_housing:
        return _less_than_housing(household)
    said = getattr(household, test.ask)
    if said is None:
        return None
    if test.limit is not None:
        return _within(
            said, test, test.limit, household.size, margin=0 if test.limit.is_sure(today) else margin
        )
    if test.ask == "age":
        return (test.from_age or 0) <= said and (test.under_age is None or said < test.under_age)
    return bool(said)


def _within(amount: int, test: Test, figure: Figure, size: int | None, *, margin: int) -> bool | None:
    """Yes within the limit, no clearly beyond it. Of a size that nobody told only the least is sure."""
    limit = figure.limit(size or 1, test.percent)
    if amount <= limit:
        return True
    if size is None and figure.more:
        return None
    return False if amount * 100 > limit * (100 + margin) else None


def _less_than_housing(household: Household) -> bool | None:
    parts = (household.income, household.resources, household.housing)
    if None in parts:
        return None
    income, resources, housing = (part or 0 for part in parts)
    return income + resources < housing


def _hangs(test: Test, household: Household) -> str:
    label = test.words
    if test.ask == SETTLED:
        return f"Depends on citizenship or status: {label}. Let somebody who knows this law look first."
    if test.beside_housing:
        return f"Not known: {label}."
    if getattr(household, test.ask) is None:
        return f"Not said: {label}."
    if test.limit is not None and household.size is None and test.limit.more:
        return f"How many live together was not said: {label}."
    if test.turns_away:
        return f"Too near to a limit that is not checked or out of date: {label}. Let the office decide."
    return f"Differs from place to place: {label}. Let the office decide, or ask somebody who knows this law."


def _once(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences))
