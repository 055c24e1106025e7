"""The programs: what each asks, which papers it wants, which clocks it runs on, per jurisdiction. Data, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from breakwater.benefits.rules.course import Terms
from breakwater.benefits.rules.screening import (
    AMOUNTS,
    ASKS,
    SETTLED,
    WORTH,
    Figure,
    Household,
    Test,
    Verdict,
    Way,
    screen,
)
from breakwater.clocks.library import profile
from breakwater.clocks.sources import take_source
from breakwater.kernel import tables
from breakwater.kernel.tables import Table

_HERE = Path(__file__).parent
CLOCKS = ("filing", "decision", "expedited", "hearing", "kept", "renewal")
"""What a program may have a clock of its own for; for the rest there are clocks of ours that ask how it stands."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """One benefit.

    Args:
        ways: the ways into it; one is enough.
        expedited: the ways into being decided faster; none where nothing is faster.
        papers: what it mostly wants to see, by code.
        clocks: the kind of clock for each of ``CLOCKS`` that a law sets.
        mailing_days: how many days after its date a notice counts as received.
        date: when somebody last checked it against its source.
    """

    code: str
    label: str
    gives: str
    where: str
    ways: tuple[Way, ...]
    expedited: tuple[Way, ...]
    papers: Mapping[str, str]
    clocks: Mapping[str, str]
    terms: Terms
    mailing_days: int
    source: str
    date: date
    verified: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class Programs:
    """What there is to apply for in one jurisdiction.

    Args:
        margin: in percent, how far beyond a limit that is unchecked or out of date an amount is clearly beyond.
    """

    code: str
    version: str
    money: str
    margin: int
    figures: Mapping[str, Figure]
    programs: Mapping[str, Program]

    @property
    def stamp(self) -> str:
        """Code and version, as kept with what was told from it."""
        return f"{self.code}@{self.version}"

    def screen(self, household: Household, *, today: date) -> dict[str, Verdict]:
        """What comes out for every program."""
        return {
            code: screen(one.ways, household, today=today, margin=self.margin)
            for code, one in self.programs.items()
        }

    def is_faster(self, code: str, household: Household, *, today: date) -> bool:
        """Whether being decided faster is worth asking for."""
        ways = self.programs[code].expedited
        return bool(ways) and screen(ways, household, today=today, margin=self.margin).answer == WORTH

    def out_of_date(self, today: date) -> list[Figure]:
        """The figures whose last day is over."""
        return [one for one in self.figures.values() if today > one.until]


def programs_of(code: str) -> Programs:
    """What there is to apply for, by the code of a profile or the stamp kept with an application.

    Raises:
        LookupError: nobody wrote it down for there yet.
    """
    code = code.partition("@")[0]
    if code not in PROGRAMS:
        raise LookupError(f"there are no programs for {code}")
    return PROGRAMS[code]


def load(path: Path) -> Programs:
    """Read the programs of one jurisdiction.

    Raises:
        WrongTable: something in it is missing, unknown or impossible.
    """
    raw = tables.read(path)
    code = raw.text("code")
    figures = {name: _figure(table) for name, table in raw.tables("figures")}
    margin = raw.table("margin")
    made = Programs(
        code=code,
        version=raw.text("version"),
        money=raw.text("money"),
        margin=_margin(margin),
        figures=MappingProxyType(figures),
        programs=MappingProxyType(
            {name: _program(name, table, figures, code) for name, table in raw.tables("programs")}
        ),
    )
    raw.close()
    return made


def load_all(folder: Path) -> Mapping[str, Programs]:
    """Read every jurisdiction of a folder."""
    found = [load(path) for path in sorted(folder.glob("*.toml"))]
    return MappingProxyType({one.code: one for one in found})


def _margin(table: Table) -> int:
    take_source(table, verified=table.flag("verified"))
    percent = table.whole("percent")
    table.close()
    return percent


def _figure(table: Table) -> Figure:
    verified = table.flag("verified")
    made = Figure(
        label=table.text("label"),
        base=table.whole("base"),
        more=table.number("more", default=0),
        is_yearly=table.flag("yearly"),
        until=table.day("until"),
        source=take_source(table, verified=verified),
        verified=verified,
    )
    if made.more < 0:
        table.refuse("more", "would give a larger household a lower limit")
    table.close()
    return made


def _program(code: str, table: Table, figures: Mapping[str, Figure], jurisdiction: str) -> Program:
    verified = table.flag("verified")
    made = Program(
        code=code,
        label=table.text("label", most=60),
        gives=table.text("gives"),
        where=table.text("where"),
        ways=_ways(table, "ways", figures),
        expedited=_ways(table, "expedited", figures) if table.has("expedited") else (),
        papers=MappingProxyType(table.texts("papers")),
        clocks=MappingProxyType(_clocks(table, jurisdiction)),
        terms=Terms(
            renew_by=table.whole("renew_by") if table.has("renew_by") else None,
            notice_days=table.whole("notice_days"),
        ),
        mailing_days=table.number("mailing_days", default=0),
        source=take_source(table, verified=verified),
        date=table.day("date"),
        verified=verified,
        note=table.text("note", default=""),
    )
    if not made.ways or not all(made.ways):
        table.refuse("ways", "has none, or one that asks nothing")
    table.close()
    return made


def _clocks(table: Table, jurisdiction: str) -> dict[str, str]:
    found = table.texts("clocks") if table.has("clocks") else {}
    for what, kind in found.items():
        if what not in CLOCKS or kind not in profile(jurisdiction).clocks:
            table.refuse(f"clocks.{what}", f"is {kind!r}, which is no clock of this profile")
    return found


def _ways(table: Table, key: str, figures: Mapping[str, Figure]) -> tuple[Way, ...]:
    found = []
    for way in table.rows(key):
        found.append(tuple(_test(one, figures) for one in way.rows("asks")))
        way.close()
    return tuple(found)


def _test(table: Table, figures: Mapping[str, Figure]) -> Test:
    ask = table.one_of("ask", ASKS)
    said: dict[str, Any] = {"ask": ask, "words": table.text("words")}
    said["turns_away"] = table.flag("turns_away") if table.has("turns_away") else True
    if ask == SETTLED and said["turns_away"]:
        table.refuse(
            "turns_away", "would turn somebody away for their citizenship, and tell what they said of it"
        )
    if ask in AMOUNTS:
        said |= _amount(table, figures)
    if ask == "age":
        said["from_age"] = table.whole("from") if table.has("from") else None
        said["under_age"] = table.whole("under") if table.has("under") else None
    table.close()
    return Test(**said)


def _amount(table: Table, figures: Mapping[str, Figure]) -> dict[str, Any]:
    if table.has("beside_housing"):
        return {"beside_housing": table.flag("beside_housing")}
    percent = table.whole("percent") if table.has("percent") else 100
    return {"limit": figures[table.one_of("at_most", list(figures))], "percent": percent}


PROGRAMS: Mapping[str, Programs] = load_all(_HERE / "programs")
