"""Fit, not just free: whom a program takes, held against what somebody needs. Plain values in, plain values out.

Each criterion is answered by itself, with yes, no or unknown, and says why. What nobody told about a program is
unknown: it is neither a yes nor a no, and it is shown. Nothing is weighed against anything else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Protocol


class Verdict(StrEnum):
    """What a criterion says."""

    YES = "yes"
    UNKNOWN = "unknown"
    NO = "no"


class Takes(Protocol):
    """Whom a program takes, as the model keeps it. ``None`` is unknown."""

    @property
    def minimum_age(self) -> int | None: ...  # noqa: D102
    @property
    def maximum_age(self) -> int | None: ...  # noqa: D102
    @property
    def genders(self) -> list[str] | None: ...  # noqa: D102
    @property
    def families(self) -> bool | None: ...  # noqa: D102
    @property
    def pets(self) -> bool | None: ...  # noqa: D102
    @property
    def access(self) -> list[str] | None: ...  # noqa: D102
    @property
    def languages(self) -> list[str] | None: ...  # noqa: D102
    @property
    def after_use(self) -> bool | None: ...  # noqa: D102
    @property
    def medical(self) -> list[str] | None: ...  # noqa: D102
    @property
    def registry(self) -> bool | None: ...  # noqa: D102
    @property
    def cost(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Wants:
    """What somebody needs of a place. What is not told is not asked about; nothing here says who they are."""

    age: int | None = None
    gender: str = ""
    children: int | None = None
    pet: bool | None = None
    access: tuple[str, ...] = ()
    language: str = ""
    used_today: bool | None = None
    medical: tuple[str, ...] = ()
    registry: bool | None = None
    free_only: bool | None = None

    def facts(self) -> dict[str, Any]:
        """What is told, by name: the least that a place decides on."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in told.items()
            if value not in (None, "", ())
        }


@dataclass(frozen=True, kw_only=True)
class Why:
    """What one criterion says, and in words why."""

    criterion: str
    verdict: Verdict
    words: str


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a program fits: one answer for each criterion that was asked about."""

    why: tuple[Why, ...]

    @property
    def verdict(self) -> Verdict:
        """No when one criterion says no; unknown when one is; else yes."""
        said = {one.verdict for one in self.why}
        return next((one for one in (Verdict.NO, Verdict.UNKNOWN) if one in said), Verdict.YES)

    def told(self, verdict: str) -> list[Why]:
        """The criteria that answer so."""
        return [one for one in self.why if one.verdict == verdict]


def fit(wants: Wants, takes: Takes) -> Fit:
    """Hold what somebody needs against whom a program takes."""
    return Fit(why=tuple(_answers(wants, takes)))


def _answers(wants: Wants, takes: Takes) -> Iterator[Why]:
    for criterion, asked, answer in _CRITERIA:
        if asked(wants):
            verdict, words = answer(wants, takes)
            yield Why(criterion=criterion, verdict=verdict, words=words)


_Answer = tuple[Verdict, str]


def _age(wants: Wants, takes: Takes) -> _Answer:
    age, least, most = wants.age or 0, takes.minimum_age, takes.maximum_age
    if least is not None and age < least:
        return Verdict.NO, f"from age {least}"
    if most is not None and age > most:
        return Verdict.NO, f"up to age {most}"
    if least is None and most is None:
        return Verdict.UNKNOWN, "ages not told"
    if most is None:
        return Verdict.YES, f"from age {least}"
    return Verdict.YES, f"up to age {most}" if least is None else f"ages {least} to {most}"


def _gender(wants: Wants, takes: Takes) -> _Answer:
    if takes.genders is None:
        return Verdict.UNKNOWN, "whom it serves not told"
    served = " and ".join(_SERVED.get(one, one) for one in takes.genders) or "nobody"
    return (Verdict.YES if wants.gender in takes.genders else Verdict.NO), f"serves {served}"


_SERVED = {"woman": "women", "man": "men", "other": "people of other genders"}


def _all_of(asked: tuple[str, ...], told: list[str] | None, *, what: str) -> _Answer:
    if told is None:
        return Verdict.UNKNOWN, f"{what} not told"
    lacking = [one for one in asked if one not in told]
    if lacking:
        return Verdict.NO, f"{what}: not {', '.join(one.replace('_', ' ') for one in lacking)}"
    return Verdict.YES, f"{what}: {', '.join(one.replace('_', ' ') for one in asked)}"


def _language(wants: Wants, takes: Takes) -> _Answer:
    if takes.languages is None:
        return Verdict.UNKNOWN, "languages not told"
    if wants.language.casefold() in {one.casefold() for one in takes.languages}:
        return Verdict.YES, f"speaks {wants.language}"
    return Verdict.NO, f"does not list {wants.language}"


def _cost(wants: Wants, takes: Takes) -> _Answer:
    if not takes.cost:
        return Verdict.UNKNOWN, "cost not told"
    words = {"free": "free", "sliding": "pays by income", "paid": "must be paid"}[takes.cost]
    return (Verdict.NO if takes.cost == "paid" else Verdict.YES), words


def _flag(told: bool | None, *, yes: str, no: str, unknown: str) -> _Answer:
    if told is None:
        return Verdict.UNKNOWN, unknown
    return (Verdict.YES, yes) if told else (Verdict.NO, no)


_CRITERIA: tuple[tuple[str, Callable[[Wants], Any], Callable[[Wants, Takes], _Answer]], ...] = (
    ("age", lambda wants: wants.age is not None, _age),
    ("gender", lambda wants: wants.gender, _gender),
    (
        "children",
        lambda wants: wants.children,
        lambda wants, takes: _flag(
            takes.families, yes="takes children", no="takes no children", unknown="children not told"
        ),
    ),
    (
        "pet",
        lambda wants: wants.pet,
        lambda wants, takes: _flag(takes.pets, yes="takes pets", no="takes no pets", unknown="pets not told"),
    ),
    (
        "access",
        lambda wants: wants.access,
        lambda wants, takes: _all_of(wants.access, takes.access, what="access"),
    ),
    ("language", lambda wants: wants.language, _language),
    (
        "used_today",
        lambda wants: wants.used_today,
        lambda wants, takes: _flag(
            takes.after_use,
            yes="takes people who used today",
            no="must be sober",
            unknown="sobriety rule not told",
        ),
    ),
    (
        "medical",
        lambda wants: wants.medical,
        lambda wants, takes: _all_of(wants.medical, takes.medical, what="medical care"),
    ),
    (
        "registry",
        lambda wants: wants.registry,
        lambda wants, takes: _flag(
            takes.registry,
            yes="takes people on a registry",
            no="registry restriction",
            unknown="registry rule not told",
        ),
    ),
    ("free_only", lambda wants: wants.free_only, _cost),
)
"""Each criterion, when it is asked about, and what answers it."""
