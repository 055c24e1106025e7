"""The safety plan, the matrix of self-sufficiency and what their paper says. Data: files beside this one, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from breakwater.clocks.sources import take_source
from breakwater.kernel import tables
from breakwater.kernel.tables import Table
from breakwater.ui.languages import in_each

_HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of the safety plan.

    Args:
        least: how many entries it needs before a plan is complete.
        asks: what the worker asks.
        title: what stands over it, by language.
    """

    least: int
    asks: str
    title: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Form:
    """Our own form of a safety plan, in one version.

    Args:
        paper: the other words of the printed sheet, by name and language.
    """

    version: str
    verified: bool
    sections: Mapping[str, Section]
    paper: Mapping[str, Mapping[str, str]]

    @property
    def least(self) -> dict[str, int]:
        """How many entries each section needs."""
        return {code: section.least for code, section in self.sections.items()}


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The self-sufficiency matrix: names of domains and levels, and up to which level help comes first."""

    version: str
    domains: Mapping[str, str]
    levels: Mapping[int, str]
    low: int


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the paper of an action plan says around the person's own words, by language.

    Args:
        paper: by name.
        domains: of life, by code, as the person would say them.
    """

    paper: Mapping[str, Mapping[str, str]]
    domains: Mapping[str, Mapping[str, str]]


def load_said(path: Path) -> Said:
    """Read what the paper of an action plan says.

    Raises:
        WrongTable: a language is missing somewhere.
    """
    raw = tables.read(path)
    raw.day("date")
    take_source(raw, verified=raw.flag("verified"))
    made = Said(paper=_words(raw, "paper"), domains=_words(raw, "domains"))
    raw.close()
    return made


def load_form(path: Path) -> Form:
    """Read the form of the safety plan.

    Raises:
        WrongTable: a section asks nothing, or a language is missing somewhere.
    """
    raw = tables.read(path)
    raw.day("date")
    verified = raw.flag("verified")
    take_source(raw, verified=verified)
    made = Form(
        version=raw.text("version"),
        verified=verified,
        sections=MappingProxyType({code: _section(table) for code, table in raw.tables("sections")}),
        paper=_words(raw, "paper"),
    )
    raw.close()
    return made


def load_matrix(path: Path) -> Matrix:
    """Read the self-sufficiency matrix.

    Raises:
        WrongTable: the levels are not whole numbers from one on.
    """
    raw = tables.read(path)
    raw.day("date")
    take_source(raw, verified=raw.flag("verified"))
    levels = {int(level): name for level, name in raw.texts("levels").items() if level.isdecimal()}
    if list(levels) != list(range(1, len(levels) + 1)):
        raw.refuse("levels", "are not whole numbers from 1 on")
    made = Matrix(
        version=raw.text("version"),
        domains=MappingProxyType(raw.texts("domains")),
        levels=MappingProxyType(levels),
        low=raw.whole("low"),
    )
    raw.close()
    return made


def _section(table: Table) -> Section:
    made = Section(
        least=table.whole("least") if table.has("least") else 0,
        asks=table.text("asks"),
        title=in_each(table.table("title")),
    )
    table.close()
    return made


def _words(raw: Table, kind: str) -> Mapping[str, Mapping[str, str]]:
    return MappingProxyType({name: in_each(table) for name, table in raw.tables(kind)})


FORM = load_form(_HERE / "safety_plan.toml")
SAID = load_said(_HERE / "action_plan.toml")
MATRIX = load_matrix(_HERE / "sufficiency.toml")
