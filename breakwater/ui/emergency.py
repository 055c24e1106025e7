"""Whom to call in danger, and at any hour. Data, read once; it is there when the database is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from breakwater.kernel import tables
from breakwater.kernel.tables import Table
from breakwater.ui.languages import in_each


@dataclass(frozen=True, kw_only=True)
class Call:
    """A number, and the sentence around it by language."""

    number: str
    says: Mapping[str, str]

    def line(self, language: str) -> str:
        """The sentence, or nothing in a language that we do not speak."""
        return self.says.get(language, "").format(number=self.number)

    def around(self, language: str) -> tuple[str, str]:
        """What stands before the number and after it, where a phone calls it when it is pressed."""
        before, _, after = self.says[language].partition("{number}")
        return before, after


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """The emergency services of a jurisdiction, and the line that listens.

    Args:
        source: where the numbers were read, on ``date``.
        verified: whether one of us called them, or read them with whoever keeps them.
    """

    country: Mapping[str, str]
    danger: Call
    talk: Call
    source: str
    date: date
    verified: bool

    def line(self, language: str) -> str:
        """Both in one line."""
        return " ".join(filter(None, (self.danger.line(language), self.talk.line(language))))


def load(path: Path) -> Mapping[str, Numbers]:
    """Read the numbers of every jurisdiction, by the code of its profile.

    Raises:
        WrongTable: a source, its day, a number or a language is missing somewhere.
    """
    raw = tables.read(path)
    found = {code: _numbers(table) for code, table in raw.tables()}
    raw.close()
    return MappingProxyType(found)


def danger_line(profile: str, language: str) -> str:
    """Whom to call where they are; nothing where nobody has said."""
    return EMERGENCY[profile].line(language) if profile in EMERGENCY else ""


def _numbers(table: Table) -> Numbers:
    source, read_on, verified = table.text("source"), table.day("date"), table.flag("verified")
    country, danger, talk = (table.table(name) for name in ("country", "danger", "talk"))
    table.close()
    return Numbers(
        country=in_each(country),
        danger=_call(danger),
        talk=_call(talk),
        source=source,
        date=read_on,
        verified=verified,
    )


def _call(table: Table) -> Call:
    number = table.text("number")
    says = in_each(table)
    if not all("{number}" in sentence for sentence in says.values()):
        table.refuse("number", "does not stand in each sentence")
    return Call(number=number, says=says)


TABLE = Path(__file__).parent / "emergency.toml"
EMERGENCY = load(TABLE)
