"""Triage schemes as data: codes, response limits, our own short labels. Read and checked once, when imported.

A code means nothing without its scheme and version: the same letter promises other times elsewhere. The
wording of the scales is copyright; only letters, numbers, limits and words of our own are here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import MappingProxyType

from breakwater.cases.judging import LEVELS
from breakwater.clocks.rules import by_when
from breakwater.clocks.sources import SOURCES, take_source
from breakwater.kernel import tables
from breakwater.kernel.tables import Table, WrongTable, length

_AT_ONCE = "PT0H"
LOWEST, HIGHEST = 1, 5
"""What one axis of the Crisis Triage Rating Scale may be."""

VISIT, APPOINTMENT, REFER, ADVICE = "visit", "appointment", "refer", "advice"
RESPONSES = (VISIT, APPOINTMENT, REFER, ADVICE)
"""What a code asks for: somebody with the person in time, an hour agreed on, another service, or words."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """One code of a scheme.

    Args:
        response: one of ``RESPONSES``; only a visit has a limit, and a clock of its own.
        within: the scheme's limit; nothing at all means at once.
        limit: how long its clock may run: ``within``, or the moment that "at once" needs to be broken at.
        promise: what is promised, in plain words, around ``{due}`` where it has a limit.
        mode: what is done about it.
        urgency: its place in the scheme, the most urgent first, from 0.
        totals: the lowest and highest total it stands for, in a scheme of axes.
        fits: up to which level of danger it can stand without a reason; a choice of ours.
    """

    code: str
    label: str
    response: str
    within: timedelta | None
    limit: timedelta | None
    promise: str
    mode: str
    urgency: int
    source: str
    verified: bool
    totals: tuple[int, int] | None
    fits: str

    def due_at(self, asked_at: datetime) -> datetime | None:
        """When somebody must be with the person, or ``None`` when the code promises no visit."""
        return None if self.limit is None else asked_at.astimezone(UTC) + self.limit

    def promised(self, asked_at: datetime, *, now: datetime, zone: tzinfo) -> str:
        """What is promised to somebody who asked then: ``someone is with them by 21:40``."""
        due = self.due_at(asked_at)
        return self.promise.format(due=by_when(due, now=now, zone=zone)) if due else self.promise


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

    @property
    def verified(self) -> bool:
        """Whether somebody read every one of its limits in its source."""
        return all(one.verified for one in self.codes)

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

    def promise(self, letter: str, *, asked_at: datetime, now: datetime, zone: tzinfo) -> str:
        """What one of its codes promises, in plain words.

        Raises:
            LookupError: the scheme has no such code.
        """
        return self.code(letter).promised(asked_at, now=now, zone=zone)


def scheme(key: str) -> Scheme:
    """A scheme by its key.

    Raises:
        LookupError: there is none.
    """
    if key not in SCHEMES:
        raise LookupError(f"there is no triage scheme {key}")
    return SCHEMES[key]


def axis_total(chosen: Scheme, answers: Mapping[str, int]) -> int:
    """The sum over the axes of a scheme, each from 1 to 5.

    Raises:
        ValueError: an axis is missing, unknown, or not a whole number in its range; nothing is clamped.
    """
    if set(answers) != set(chosen.axes):
        raise ValueError(f"{chosen.name} needs exactly: {', '.join(chosen.axes.values())}")
    for axis, value in answers.items():
        if type(value) is not int or not LOWEST <= value <= HIGHEST:
            raise ValueError(f"{chosen.axes[axis]} is from {LOWEST} to {HIGHEST}, not {value}")
    return sum(answers.values())


def load(path: Path) -> Scheme:
    """Read one scheme.

    Raises:
        WrongTable: something in it is missing or unknown, a code stands twice, or its bands are not whole.
    """
    raw = tables.read(path)
    at_once, source = raw.length("at_once"), raw.one_of("source", SOURCES)
    fits = _fits(raw.table("fits"))
    codes = tuple(_code(row, number, at_once, source, fits) for number, row in enumerate(raw.rows("codes")))
    made = Scheme(
        key=raw.text("key", most=40),
        name=raw.text("name"),
        short=raw.text("short", most=20),
        version=raw.text("version", most=20),
        source=source,
        codes=codes,
        axes=MappingProxyType(raw.texts("axes") if raw.has("axes") else {}),
    )
    raw.close()
    if made.key != path.stem:
        raw.refuse("key", f"is not {path.stem!r}, the name of its file")
    if len({one.code for one in codes}) < len(codes):
        raw.refuse("codes", "a code stands twice")
    _check_bands(raw, made)
    return made


def _fits(table: Table) -> Mapping[str, str]:
    """Up to which danger each code fits, with where that comes from."""
    take_source(table, verified=table.flag("verified"))
    table.day("date")
    up_to = table.texts("up_to")
    for code, level in up_to.items():
        if level not in LEVELS:
            table.refuse(f"up_to.{code}", f"is {level!r}, not one of {', '.join(LEVELS)}")
    table.close()
    return up_to


def _code(row: Table, urgency: int, at_once: timedelta, source: str, fits: Mapping[str, str]) -> Code:
    response, verified = row.one_of("response", RESPONSES), row.flag("verified")
    within = row.read("within", _within) if response == VISIT else None
    letter = row.text("code", most=8)
    made = Code(
        code=letter,
        label=row.text("label", most=60),
        response=response,
        within=within,
        limit=None if within is None else within or at_once,
        promise=row.text("promise", most=160),
        mode=row.text("mode", most=160),
        urgency=urgency,
        source=take_source(row, verified=verified, default=source),
        verified=verified,
        totals=_band(row) if row.has("totals") else None,
        fits=fits.get(letter, ""),
    )
    if not made.fits:
        row.refuse("code", "fits no danger: see fits.up_to")
    if made.promise.count("{due}") != (within is not None):
        row.refuse("promise", "says {due} once where somebody comes by then, and nowhere else")
    row.close()
    return made


def _within(text: str) -> timedelta:
    return timedelta() if text == _AT_ONCE else length(text)


def _band(row: Table) -> tuple[int, int]:
    low, high = row.pair("totals")
    if low > high:
        row.refuse("totals", "ends before it begins")
    return low, high


def _check_bands(raw: Table, made: Scheme) -> None:
    wanted = list(range(LOWEST * len(made.axes), HIGHEST * len(made.axes) + 1)) if made.axes else []
    covered = [total for one in made.codes if one.totals for total in range(one.totals[0], one.totals[1] + 1)]
    if sorted(covered) != wanted:
        raw.refuse("codes", "their totals leave a gap, overlap, or go past what the axes add up to")


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        made.key: made
        for made in (load(path) for path in sorted((Path(__file__).parent / "schemes").glob("*.toml")))
    }
)

__all__ = ["SCHEMES", "Code", "Scheme", "WrongTable", "axis_total", "load", "scheme"]
