"""The record of a case on paper: what is known of it, and its entries in a table whose head is said on every page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from types import MappingProxyType

from breakwater.cases.models import Case
from breakwater.cases.timeline import Amended, Asked, TakenBack, Told
from breakwater.formats.paper import Block, Boxed, Facts, Heading, Table, Words
from breakwater.kernel import tables
from breakwater.ui.languages import Language, in_each
from breakwater.ui.words.catalogs import told_in

_SHARES = (1, 2)
"""Of when and what: the longest day of a year, spelled out, stands in one line."""


def load_words(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Read what stands around the entries.

    Raises:
        WrongTable: a language is missing somewhere.
    """
    raw = tables.read(path)
    raw.day("date")
    raw.flag("verified")
    found = {name: in_each(table) for name, table in raw.tables("words")}
    raw.close()
    return MappingProxyType(found)


WORDS = load_words(Path(__file__).parent / "record.toml")


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record as it goes on paper.

    Args:
        of_all: how many entries there are, whatever was asked for.
        notices: what the law wants said to whoever holds it.
    """

    case: Case
    asked: Asked
    entries: list[Told]
    of_all: int
    notices: Iterable[str]
    language: Language
    is_large: bool = False

    @property
    def title(self) -> str:
        """What the paper is. It names nobody."""
        return self._says("title_for_person" if self.asked.for_person else "title")

    def blocks(self) -> list[Block]:
        """The record, from its facts to its end."""
        own, case = self.asked.for_person, self.case
        about = (self._says("about_for_person" if own else "about"), self._how(), self._says("as_written"))
        return [
            *(Boxed(one) for one in self.notices),
            Facts(
                (
                    (self._says("kept_about" if own else "known_as"), case.person.known_as),
                    (self._says("case"), self._says("held_by", number=case.number, agency=case.agency.name)),
                    (self._says("asked"), self._moment(case.asked_at)),
                    (self._says("covers"), self._span()),
                )
            ),
            Words(" ".join(about), quiet=True),
            Heading(self._says("entries")),
            self._entries(),
            Words(self._says("end", number=case.number), quiet=True),
        ]

    def _says(self, name: str, **facts: object) -> str:
        return WORDS[name][self.language.code].format(**facts)

    def _how(self) -> str:
        return self._says("how", zone=self.case.agency.time_zone)

    def _moment(self, at: datetime) -> str:
        return self.language.written(at, self.case.agency.zone)

    def _span(self) -> str:
        since, until = self.asked.since, self.asked.until
        return self._says(
            "span", since=self._day(since) if since else self._says("beginning"),
            until=self._day(until) if until else self._says("now"), entries=len(self.entries), of_all=self.of_all,
        )  # fmt: skip

    def _day(self, on: date) -> str:
        zone = self.case.agency.zone
        return self.language.dated(datetime.combine(on, time(12), tzinfo=zone), zone)

    def _entries(self) -> Block:
        """What happened, row by row; in large print under one another: a narrow column would hold a word a line."""
        rows = tuple(map(self._row, self.entries))
        if self.is_large:
            return Facts(tuple((", ".join(when.splitlines()), what) for when, what in rows))
        return Table((self._says("when"), self._says("what")), rows, _SHARES)

    def _row(self, told: Told) -> tuple[str, str]:
        number = "" if self.asked.for_person else self._says("number", number=told.entry_id)
        zone = self.case.agency.zone
        at_time = f"{told.at.astimezone(zone):%H:%M}"
        when = (self.language.dated(told.at, zone), f"{at_time}, {told.by}", number)
        ours = told_in(self.language.code)
        what = (
            ours(told.sentence),
            self._says("due", moment=self._moment(told.due_at)) if told.due_at else "",
            self._says("late", moment=self._moment(told.recorded_at)) if told.is_late else "",
            told.words,
            " · ".join(f"{ours(name)}: {value}" for name, value in told.facts),
            *(line for one in told.amendments for line in (self._amended(one), one.words)),
            self._taken_back(told.taken_back) if told.taken_back else "",
        )
        return "\n".join(filter(None, when)), "\n".join(filter(None, what))

    def _amended(self, one: Amended) -> str:
        moment = self._moment(one.recorded_at)
        return self._says("amended", moment=moment, who=one.by, reason=one.reason)

    def _taken_back(self, one: TakenBack) -> str:
        return self._says("not_reached", moment=self._moment(one.recorded_at), who=one.by, reason=one.reason)
