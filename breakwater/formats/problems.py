"""What is wrong in a package, named so that somebody can find and mend it."""

from dataclasses import dataclass
from enum import StrEnum

_LONGEST_VALUE = 120


class Weight(StrEnum):
    """How much a problem matters."""

    BROKEN = "broken"  # the file cannot be read to its end: nothing of the package can be taken
    WRONG = "wrong"  # the row cannot be taken
    DANGLING = "dangling"  # the row points at something the package does not hold
    DOUBTFUL = "doubtful"  # the value is left out or kept as written; the row is taken


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that is not as it should be.

    Args:
        row: as a spreadsheet counts: the header is row 1. In a JSON document, which entry, from 1.
        table, id: which thing it is about, where that is known.
    """

    file: str
    row: int
    field: str
    value: str
    reason: str
    weight: Weight = Weight.WRONG
    table: str = ""
    id: str = ""

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}" if self.row else self.file
        what = f", {self.field}" if self.field else ""
        value = f" “{self.value}”" if self.value else ""
        return f"{where}{what}{value}: {self.reason}"


def shortened(value: str) -> str:
    """A value fit to be shown in a line: the whole of it stays in the file."""
    flat = " ".join(value.split())
    return flat if len(flat) <= _LONGEST_VALUE else f"{flat[: _LONGEST_VALUE - 1]}…"
