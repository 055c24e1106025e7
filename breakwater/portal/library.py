"""What the person's page says in each language, how long it says it, and how long a link lasts. Data, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path
from types import MappingProxyType

from breakwater.clocks.sources import take_source
from breakwater.kernel import tables
from breakwater.kernel.tables import Table
from breakwater.plans.library import SAID
from breakwater.ui.languages import LANGUAGES, SPOKEN, Language

_HERE = Path(__file__).parent
_OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """How long a code and an open copy last, and where somebody goes who leaves in a hurry.

    Args:
        held_for: how long somebody holds a worker's device for one form.
        exits: a page that anybody might have open, by profile.
    """

    version: str
    verified: bool
    code_lasts: timedelta
    open_for: timedelta
    held_for: timedelta
    exits: Mapping[str, str]

    def exit(self, profile: str = _OTHER) -> str:
        """Where somebody goes who leaves in a hurry."""
        return self.exits.get(profile, self.exits[_OTHER])


@dataclass(frozen=True, kw_only=True)
class Speech:
    """Everything that the page says in one language.

    Args:
        says: sentences and titles, by name.
        parts: the parts of a copy, ``domains`` of life and ``purposes`` of sharing, by code.
    """

    says: Mapping[str, str]
    parts: Mapping[str, str]
    domains: Mapping[str, str]
    purposes: Mapping[str, str]
    spoken: Language

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """A day and a time as they are spoken, where the agency is."""
        return self.spoken.moment(at, zone)

    def day(self, at: datetime, zone: tzinfo) -> str:
        """A day as it is spoken, where the agency is."""
        return self.spoken.day(at, zone)


def load_lasting(path: Path) -> Lasting:
    """Read how long things last.

    Raises:
        WrongTable: something is missing, or there is no exit for whoever comes from anywhere.
    """
    raw = tables.read(path)
    raw.day("date")
    verified = raw.flag("verified")
    take_source(raw, verified=verified)
    made = Lasting(
        version=raw.text("version"),
        verified=verified,
        code_lasts=raw.length("code_lasts"),
        open_for=raw.length("open_for"),
        held_for=raw.length("held_for"),
        exits=MappingProxyType(raw.texts("exits")),
    )
    if _OTHER not in made.exits:
        raw.refuse("exits", "has none for whoever comes from anywhere (other)")
    raw.close()
    return made


@dataclass(frozen=True, kw_only=True)
class StandingLasting:
    """How long a standing link stands and its code waits, and in which hours a place is asked for its figures."""

    lasts: timedelta
    code_lasts: timedelta
    asks_from: time
    asks_until: time


@dataclass(frozen=True, kw_only=True)
class LinkLasting:
    """How long a link for a site may be used, how long a letter stays open by it, and how often each file.

    Args:
        contact_lasts: how long after a yes a link to a hand-off is good, for the packet and the first contact.
    """

    version: str
    verified: bool
    link_lasts: timedelta
    open_for: timedelta
    file_opens: int
    contact_lasts: timedelta
    standing: StandingLasting


def load_link_lasting(path: Path) -> LinkLasting:
    """Read how long links last.

    Raises:
        WrongTable: something is missing.
    """
    raw = tables.read(path)
    raw.day("date")
    verified = raw.flag("verified")
    take_source(raw, verified=verified)
    made = LinkLasting(
        version=raw.text("version"), verified=verified, link_lasts=raw.length("link_lasts"),
        open_for=raw.length("open_for"), file_opens=raw.whole("file_opens"),
        contact_lasts=raw.length("contact_lasts"), standing=_standing(raw.table("standing")),
    )  # fmt: skip
    raw.close()
    return made


def _standing(raw: Table) -> StandingLasting:
    made = StandingLasting(
        lasts=raw.length("lasts"), code_lasts=raw.length("code_lasts"),
        asks_from=raw.read("asks_from", time.fromisoformat), asks_until=raw.read("asks_until", time.fromisoformat),
    )  # fmt: skip
    raw.close()
    return made


def load_speech(path: Path) -> Mapping[str, Speech]:
    """Read what the page says: every sentence in every language, or none.

    Raises:
        WrongTable: a language is missing somewhere.
    """
    raw = tables.read(path)
    raw.day("date")
    take_source(raw, verified=raw.flag("verified"))
    said = {kind: _by_language(raw, kind) for kind in ("says", "parts", "purposes")}
    made = {
        language: Speech(
            **{kind: MappingProxyType(known[language]) for kind, known in said.items()},
            domains=MappingProxyType({code: words[language] for code, words in SAID.domains.items()}),
            spoken=spoken,
        )
        for language, spoken in SPOKEN.items()
    }
    raw.close()
    return MappingProxyType(made)


def _by_language(raw: Table, kind: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for name, table in raw.tables(kind):
        for language, known in found.items():
            known[name] = table.text(language)
        table.close()
    return found


LASTING = load_lasting(_HERE / "own_copy.toml")
LINKS = load_link_lasting(_HERE / "site_link.toml")
SPEECH = load_speech(_HERE / "words.toml")
