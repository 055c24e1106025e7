"""What every number rests on: a study, a standard, a law, or a choice of ours that says so.

``sources.toml`` is read once, when first imported. Profiles and triage schemes name its keys;
``docs/sources.md`` is the same list for people, written by ``manage.py sources``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from breakwater.kernel import tables
from breakwater.kernel.tables import Table


@dataclass(frozen=True, kw_only=True)
class Source:
    """A study, standard, law or choice.

    Args:
        backs: which numbers rest on it, in words.
        read_on: when somebody read it; ``None`` when it is quoted from memory.
        unsettled: what is still to be checked or decided, in words; empty when nothing is.
    """

    key: str
    title: str
    publisher: str
    year: str
    backs: str
    read_on: date | None
    unsettled: str


def load(path: Path) -> Mapping[str, Source]:
    """Read a list of sources.

    Raises:
        WrongTable: something in it is missing or unknown, or a source that nobody read counts as settled.
    """
    made = {}
    for key, table in tables.read(path).tables():
        made[key] = Source(
            key=key,
            title=table.text("title"),
            publisher=table.text("publisher"),
            year=table.text("year"),
            backs=table.text("backs"),
            read_on=table.day("read_on") if table.has("read_on") else None,
            unsettled=table.text("unsettled", default=""),
        )
        if made[key].read_on is None and not made[key].unsettled:
            table.refuse("unsettled", "is missing, though nobody has read it")
        table.close()
    return MappingProxyType(made)


def take_source(table: Table, *, verified: bool, default: str | None = None) -> str:
    """The key of the source that a row names, or the one it has when it names none.

    Raises:
        WrongTable: there is no such source; the row counts as verified and nobody has read it; or it does
            not, and the source says nothing about what is unsettled.
    """
    key = table.one_of("source", SOURCES, default=default)
    if verified and SOURCES[key].read_on is None:
        table.refuse("verified", f"is true, but nobody has read {key}")
    if not verified and not SOURCES[key].unsettled:
        table.refuse("verified", f"is false, but {key} does not say what is unsettled")
    return key


SOURCES: Mapping[str, Source] = load(Path(__file__).parent / "sources.toml")
