"""The languages of what the helped person is given: how a day is spoken, and what every paper says. Read once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from types import MappingProxyType

from breakwater.kernel import tables
from breakwater.kernel.tables import Table

_DAYS, _MONTHS = 7, 12
_OTHER, _MONTH_FIRST = "other", "month first"
_YEAR_FIRST = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})", re.ASCII)
ENGLISH = "en"
"""What our own sentences are written in."""
_SAID = ("name", "large", "day", "dated", "moment", "page", "printed", "printed_by", "cannot_show")


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language.

    Args:
        says: its sentences, by name.
        days: names of the days of the week, Monday first; ``months`` in their order.
    """

    code: str
    says: Mapping[str, str]
    days: tuple[str, ...]
    months: tuple[str, ...]

    @property
    def name(self) -> str:
        """As those who speak it call it."""
        return self.says["name"]

    def day(self, at: datetime, zone: tzinfo) -> str:
        """A day as it is spoken, there."""
        return self._said("day", at.astimezone(zone))

    def dated(self, at: datetime, zone: tzinfo) -> str:
        """A day with its year, for what is kept."""
        return self._said("dated", at.astimezone(zone))

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """A day and a time as they are spoken, there."""
        return self._timed(self.day(at, zone), at, zone)

    def written(self, at: datetime, zone: tzinfo) -> str:
        """A moment with its year, for what is kept."""
        return self._timed(self.dated(at, zone), at, zone)

    def _timed(self, day: str, at: datetime, zone: tzinfo) -> str:
        return self.says["moment"].format(day=day, time=f"{at.astimezone(zone):%H:%M}")

    def _said(self, form: str, there: date) -> str:
        return self.says[form].format(
            weekday=self.days[there.weekday()], number=there.day, month=self.months[there.month - 1],
            year=there.year,
        )  # fmt: skip


def load(path: Path) -> tuple[Mapping[str, Language], Mapping[str, str], Mapping[str, str]]:
    """Read the languages, how paper is cut, and how dates are written.

    Raises:
        WrongTable: a language lacks a sentence, a day or a month; or paper is cut, or a date written, nowhere else.
    """
    raw = tables.read(path)
    raw.day("date")
    raw.flag("verified")
    cut, dates = raw.texts("paper"), raw.texts("dates")
    if _OTHER not in cut:
        raw.refuse("paper", "is cut in no way elsewhere (other)")
    if _OTHER not in dates:
        raw.refuse("dates", "are written in no way elsewhere (other)")
    found = {code: _language(code, table) for code, table in raw.tables()}
    raw.close()
    return MappingProxyType(found), MappingProxyType(cut), MappingProxyType(dates)


def in_each(table: Table) -> Mapping[str, str]:
    """The words of a table with a line for each language."""
    found = {code: table.text(code) for code in SPOKEN}
    table.close()
    return MappingProxyType(found)


def spoken(code: str) -> Language:
    """The language that was asked for, or the first, when we do not speak it."""
    return SPOKEN.get(code) or next(iter(SPOKEN.values()))


def paper_of(profile: str) -> str:
    """How paper is cut where a profile holds."""
    return _CUT.get(profile, _CUT[_OTHER])


def day_in(text: str, profile: str) -> date | None:
    """The day that was written in numbers, year first or as where a profile holds; ``None`` for anything else."""
    if found := _YEAR_FIRST.fullmatch(text.strip()):
        year, month, number = map(int, found.groups())
    elif found := _YEAR_LAST.fullmatch(text.strip()):
        one, other, year = map(int, found.groups())
        month, number = (one, other) if _DATES.get(profile, _DATES[_OTHER]) == _MONTH_FIRST else (other, one)
    else:
        return None
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _language(code: str, table: Table) -> Language:
    made = Language(
        code=code,
        says=MappingProxyType({name: table.text(name) for name in _SAID}),
        days=_so_many(table, "days", _DAYS),
        months=_so_many(table, "months", _MONTHS),
    )
    table.close()
    return made


def _so_many(table: Table, key: str, many: int) -> tuple[str, ...]:
    found = table.words(key)
    if len(found) != many:
        table.refuse(key, f"has {len(found)} names, not {many}")
    return found


SPOKEN, _CUT, _DATES = load(Path(__file__).parent / "languages.toml")
LANGUAGES = MappingProxyType({code: one.name for code, one in SPOKEN.items()})
"""Each language by the name its speakers have for it."""
