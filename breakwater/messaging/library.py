"""What notices say and how long they are worth sending. Data: ``notices.toml`` beside this file, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from breakwater.clocks.sources import take_source
from breakwater.kernel import tables
from breakwater.kernel.tables import Table
from breakwater.kernel.text import name_key

LANGUAGES = {"en": "English", "es": "Español"}
"""In which languages every notice to somebody is said, the person or who works here."""

OF_A_CLOCK = ("clock", "soon", "desk", "desk_soon")
"""Kinds of notices whose cause is a clock."""

_ENGLISH = "en"
SITES_READ = _ENGLISH
"""Nobody knows in which language a place reads."""


@dataclass(frozen=True)
class Words:
    """What a notice says: the same to everybody."""

    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of notice.

    Args:
        says: its words, by language.
    """

    lasts: timedelta
    says: Mapping[str, Words]

    @property
    def languages(self) -> frozenset[str]:
        """In which languages it can be said."""
        return frozenset(self.says)

    def words(self, language: str) -> Words:
        """What it says in a language; in English where it is not said in that one."""
        return self.says.get(language, self.says[_ENGLISH])


@dataclass(frozen=True, kw_only=True)
class Library:
    """All of them.

    Args:
        answer: how long an urgent notice waits for somebody to look at it.
        keeps_trying: how long a notice is tried again while nothing takes it.
        push_services: hosts that carry notices to browsers.
        sender: who a mail is from, by language.
        refusals: what somebody answers who wants no more of them, or is not the one who is meant.
    """

    verified: bool
    answer: timedelta
    keeps_trying: timedelta
    push_services: tuple[str, ...]
    refusals: frozenset[str]
    sender: Mapping[str, str]
    workers: Mapping[str, Kind]
    people: Mapping[str, Kind]
    sites: Mapping[str, Kind]

    def kind(self, code: str) -> Kind:
        """A kind of notice by its code."""
        return ({**self.workers, **self.people, **self.sites})[code]

    def carries(self, host: str) -> bool:
        """Whether a host is one of those that carry notices to browsers, or stands below one."""
        return any(host == one or host.endswith(f".{one}") for one in self.push_services)

    def refuses(self, answer: str) -> bool:
        """Whether somebody says that they want no more, or that it is not them: the whole answer, or how it begins."""
        said = name_key(answer)
        return any(said == one or said.startswith(f"{one} ") for one in self.refusals)


def load(path: Path) -> Library:
    """Read what notices say.

    Raises:
        WrongTable: something is missing, or could name somebody.
    """
    raw = tables.read(path)
    raw.text("version")
    raw.day("date")
    verified = raw.flag("verified")
    take_source(raw, verified=verified)
    made = Library(
        verified=verified,
        answer=raw.length("answer"),
        keeps_trying=raw.length("keeps_trying"),
        push_services=raw.words("push"),
        refusals=frozenset(name_key(one) for one in (*raw.words("stop"), *raw.words("wrong"))),
        sender=_senders(raw.table("sender")),
        workers=MappingProxyType({code: _to_somebody(one) for code, one in raw.tables("workers")}),
        people=MappingProxyType({code: _to_somebody(one) for code, one in raw.tables("people")}),
        sites=MappingProxyType({code: _to_site(one) for code, one in raw.tables("sites")}),
    )
    raw.close()
    return made


def _senders(table: Table) -> Mapping[str, str]:
    said = {language: table.text(language) for language in LANGUAGES}
    table.close()
    return MappingProxyType(said)


def _to_site(table: Table) -> Kind:
    made = Kind(lasts=table.length("lasts"), says=MappingProxyType({SITES_READ: _words(table)}))
    table.close()
    return made


def _to_somebody(table: Table) -> Kind:
    lasts = table.length("lasts")
    said = {}
    for language in LANGUAGES:
        within = table.table(language)
        said[language] = _words(within)
        within.close()
    table.close()
    return Kind(lasts=lasts, says=MappingProxyType(said))


def _words(table: Table) -> Words:
    words = Words(table.text("subject"), table.text("text", most=160))
    if any(sign in f"{words.subject}{words.text}" for sign in "{}%\n"):
        table.refuse("text", "has a place to put something in; nothing is ever put into a notice")
    return words


LIBRARY = load(Path(__file__).parent / "notices.toml")
