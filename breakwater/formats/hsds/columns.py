"""What a table and a column of a directory are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from breakwater.formats.hsds.makers import Values, Where
from breakwater.formats.hsds.records import Record
from breakwater.formats.hsds.shapes import Shape
from breakwater.formats.hsds.values import Reader, text
from breakwater.formats.problems import Problem


@dataclass(frozen=True)
class Column:
    """One value of a row.

    Args:
        name: what we call it.
        names: what headers call it, the preferred first.
        must: the shapes in which a row without it is wrong.
        is_soft: unreadable, it is doubtful and left out; otherwise the row is wrong.
        is_kept: unreadable, it is doubtful and kept as written.
        hard: the shapes in which an unreadable one makes the row wrong all the same.
    """

    name: str
    names: tuple[str, ...]
    read: Reader = text
    must: frozenset[Shape] = frozenset()
    is_soft: bool = False
    is_kept: bool = False
    hard: frozenset[Shape] = frozenset()

    def forgives(self, shape: Shape) -> bool:
        """Whether a row is taken although this cannot be read."""
        return self.is_soft and shape not in self.hard


def col(name: str, *names: str, read: Reader = text, must: frozenset[Shape] = frozenset()) -> Column:
    """A column; unreadable, the row is wrong."""
    return Column(name, names or (name,), read, must)


def soft(name: str, *names: str, read: Reader = text, hard: frozenset[Shape] = frozenset()) -> Column:
    """A column that may be unreadable without harm to its row."""
    return Column(name, names or (name,), read, is_soft=True, hard=hard)


def kept(name: str, *names: str, read: Reader = text) -> Column:
    """A column that is kept as written when it is unreadable."""
    return Column(name, names or (name,), read, is_soft=True, is_kept=True)


@dataclass(frozen=True)
class Table:
    """One table: its names, its columns, and how a row of it becomes records.

    Args:
        files: names that its file goes by, in the singular.
        marks: columns without which a file of an unknown name is not this table.
    """

    name: str
    files: tuple[str, ...]
    columns: tuple[Column, ...]
    make: Callable[[Values, Where], Iterator[Record | Problem]]
    marks: frozenset[str] = frozenset()

    @cached_property
    def known(self) -> frozenset[str]:
        """Every column name that may stand in its header."""
        return frozenset(name for column in self.columns for name in column.names)
