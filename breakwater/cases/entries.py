"""How late something may be written down: figures of practice, with what they rest on in ``entries.toml``."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from breakwater.clocks.sources import take_source
from breakwater.kernel import tables


@dataclass(frozen=True, kw_only=True)
class EntryTable:
    """How late something may be written down.

    Args:
        late_after: what is written down longer after it happened than this is shown as a late entry.
        look_back: help asked for longer ago than this is written into the case of that time, not taken in anew.
    """

    late_after: timedelta
    look_back: timedelta


def load(path: Path) -> EntryTable:
    """Read the table.

    Raises:
        WrongTable: something in it is missing, unknown or impossible.
    """
    raw = tables.read(path)
    made = EntryTable(late_after=raw.length("late_after"), look_back=raw.length("look_back"))
    take_source(raw, verified=raw.flag("verified"))
    raw.day("date")
    raw.close()
    return made


ENTRIES = load(Path(__file__).parent / "entries.toml")
