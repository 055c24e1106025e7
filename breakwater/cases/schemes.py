"""Triage schemes as data: codes, response limits, our own short labels. Read and checked once, when imported.

A code means nothing without its scheme and version: the same letter promises other times elsewhere.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from breakwater.clocks.library import length

_FOLDER = Path(__file__).parent / "schemes"
_AT_ONCE = "PT0H"
AT_ONCE_MEANS = timedelta(minutes=15)
"""How long "at once" may take before the alarm sounds. Unverified; an agency may tighten it."""

LOWEST, HIGHEST = 1, 5
"""What one axis of the Crisis Triage Rating Scale may be."""


class WrongScheme(Exception):
    """A scheme cannot be used; the message names the file and the code."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """One code of a scheme. ``within`` is ``None`` where the scheme promises no visit of ours."""

    code: str
    label: str
    within: timedelta | None
    mode: str
    urgency: int
    verified: bool
    totals: tuple[int, int] | None = None

    @property
    def limit(self) -> timedelta | None:
        """How long its clock may run; a promise "at once" still needs a moment to be broken at."""
        return None if self.within is None else max(self.within, AT_ONCE_MEANS)

    def due_at(self, asked_at: datetime) -> datetime | None:
        """When somebody must be with the person, or ``None`` when the code promises no visit."""
        return None if self.limit is None else asked_at + self.limit


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """A triage scheme at a version. Codes stand in the order of urgency, the most urgent first."""

    key: str
    name: str
    short: str
    version: str
    source: str
    codes: tuple[Code, ...]
    axes: Mapping[str, str]

    def code(self, letter: str) -> Code:
        """One of its codes.

        Raises:
            LookupError: the scheme has no such code.
        """
        for one in self.codes:
            if one.code == letter:
                return one
        raise LookupError(f"{self.name} has no code {letter}")

    def code_for_total(self, total: int) -> Code:
        """The code whose band holds a total.

        Raises:
            ValueError: the total lies outside every band; it is never clamped.
        """
        for one in self.codes:
            if one.totals and one.totals[0] <= total <= one.totals[1]:
                return one
        raise ValueError(f"{total} is not a total of {self.name}")


def scheme(key: str) -> Scheme:
    """A scheme by its key.

    Raises:
        LookupError: there is none.
    """
    if key not in SCHEMES:
        raise LookupError(f"there is no triage scheme {key}")
    return SCHEMES[key]


def axis_total(chosen: Scheme, answers: Mapping[str, int]) -> int:
    """The sum over the axes, each from 1 to 5.

    Raises:
        ValueError: an axis is missing, unknown or outside its range.
    """
    if set(answers) != set(chosen.axes):
        raise ValueError(f"{chosen.name} needs exactly: {', '.join(chosen.axes.values())}")
    for axis, value in answers.items():
        if not LOWEST <= value <= HIGHEST:
            raise ValueError(f"{chosen.axes[axis]} is from {LOWEST} to {HIGHEST}, not {value}")
    return sum(answers.values())


def load(path: Path) -> Scheme:
    """Read one scheme.

    Raises:
        WrongScheme: something is missing, or its bands leave a gap or overlap.
    """
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        codes = tuple(_code(number, values) for number, values in enumerate(raw["codes"]))
        made = Scheme(
            key=raw["key"], name=raw["name"], short=raw["short"], version=raw["version"], source=raw["source"],
            codes=codes, axes=MappingProxyType(dict(raw.get("axes", {}))),
        )  # fmt: skip
    except (KeyError, ValueError) as error:
        raise WrongScheme(f"{path.name}: {error}") from error
    if len({one.code for one in codes}) != len(codes):
        raise WrongScheme(f"{path.name}: a code stands twice")
    if made.axes:
        _check_bands(path, made)
    return made


def _code(urgency: int, values: dict[str, Any]) -> Code:
    within = values.get("within")
    totals = values.get("totals")
    return Code(
        code=values["code"],
        label=values["label"],
        within=None if within is None else timedelta() if within == _AT_ONCE else length(within),
        mode=values["mode"],
        urgency=urgency,
        verified=values["verified"],
        totals=tuple(totals) if totals else None,
    )


def _check_bands(path: Path, made: Scheme) -> None:
    covered = [total for one in made.codes if one.totals for total in range(one.totals[0], one.totals[1] + 1)]
    wanted = list(range(LOWEST * len(made.axes), HIGHEST * len(made.axes) + 1))
    if sorted(covered) != wanted:
        raise WrongScheme(f"{path.name}: the bands leave a gap or overlap")


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {made.key: made for made in (load(path) for path in sorted(_FOLDER.glob("*.toml")))}
)
