"""What the comparison takes for granted, read from ``assumptions.toml``: every figure with its source."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from breakwater.kernel import tables
from breakwater.resources.models.program import KINDS


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """One figure, in words, with where it comes from."""

    name: str
    value: float
    words: str
    source: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures by name; what each stands for is told by its assumption."""

    places: float
    beds: float
    stay: float
    pressure: float
    requests: float
    days: float
    diligence: float
    asked_answers: float
    tap_after: float
    unfit: float
    criteria_told: float
    reluctant: float
    reluctant_refuse: float
    refuse: float
    picks_up: float
    rings: float
    talk: float
    look: float
    at_once: float
    answers_in_time: float


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """The whole table. ``staleness`` is hours between two updates of a place, the freshest first."""

    on: date
    kind: str
    staleness: tuple[int, ...]
    runs: int
    seed: int
    told: tuple[Assumption, ...]
    figures: Figures


def load(path: Path) -> Assumptions:
    """Read the table.

    Raises:
        WrongTable: something in it is missing, unknown or impossible.
    """
    raw = tables.read(path)
    raw.text("source")
    raw.flag("verified")
    told = []
    for name, table in raw.tables("figures"):
        told.append(
            Assumption(
                name=name, value=table.read("value", float), words=table.text("words"),
                source=table.text("source"), verified=table.flag("verified"),
            )
        )  # fmt: skip
        table.close()
    made = Assumptions(
        on=raw.day("date"),
        kind=raw.one_of("kind", [code for code, _ in KINDS]),
        staleness=(0, *raw.wholes("staleness")),
        runs=raw.whole("runs"),
        seed=raw.whole("seed"),
        told=tuple(told),
        figures=Figures(**{one.name: one.value for one in told}),
    )
    raw.close()
    return made


ASSUMPTIONS = load(Path(__file__).with_name("assumptions.toml"))
