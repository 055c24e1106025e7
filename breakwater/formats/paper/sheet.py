"""What a sheet of paper holds, block by block, in the order in which it is read."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

_POINTS = re.compile(r"[0-9]{1,4},[0-9]{1,4}( [0-9]{1,4},[0-9]{1,4})*")


@dataclass(frozen=True)
class Heading:
    """What the blocks after it are about. The title of the sheet is its first heading, and stands above all others.

    Args:
        language: where it is another than that of the sheet.
    """

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 2
    language: str = ""


@dataclass(frozen=True)
class Words:
    """A paragraph for each line; ``quiet`` for what explains the sheet.

    Args:
        language: where it is another than that of the sheet.
    """

    kind: ClassVar[str] = "words"
    text: str
    quiet: bool = False
    language: str = ""


@dataclass(frozen=True)
class Boxed:
    """Words that nobody may overlook."""

    kind: ClassVar[str] = "boxed"
    text: str


@dataclass(frozen=True)
class Entries:
    """A list of things of equal weight."""

    kind: ClassVar[str] = "entries"
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names, each with what is known under it."""

    kind: ClassVar[str] = "facts"
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows under a head that is said again on every page.

    Args:
        widths: what share of the page each column has.
    """

    kind: ClassVar[str] = "table"
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True)
class Line:
    """A line to write on by hand, for each of these."""

    kind: ClassVar[str] = "line"
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """Something drawn by hand, on a field of so many units.

    Args:
        lines: the points of each stroke, as whole numbers: ``10,20 30,40``.
        instead: what is read to whoever cannot see it.
    """

    kind: ClassVar[str] = "drawn"
    lines: tuple[str, ...]
    width: int
    height: int
    instead: str

    def __post_init__(self) -> None:
        """What goes into a picture is numbers, and nothing that a picture could be told to do."""
        if not all(_POINTS.fullmatch(one) for one in self.lines):
            raise ValueError("a drawing is made of numbers")


Lettered = Heading | Words | Boxed | Entries | Facts | Table | Line
Block = Lettered | Drawn


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A document. Its title stands in the window of whoever opens it, so it names nobody.

    Args:
        language: of the title and the headings, as ``en``.
        footer: stands at the foot of every page, beside its number.
        page: how pages are numbered, with ``{page}`` and ``{pages}``.
        cannot_show: said above everything else when letters are left out; ``{sign}`` stands in their place.
        size: ``us-letter`` or ``a4``.
        made_at: the same sheet made at the same moment is the same file.
    """

    title: str
    language: str
    blocks: tuple[Block, ...]
    footer: str
    page: str
    cannot_show: str
    size: str
    made_at: datetime
    is_large: bool = False
