"""From a row, as text, to records and problems."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from breakwater.formats.hsds.columns import Column, Table
from breakwater.formats.hsds.makers import Where
from breakwater.formats.hsds.records import Record, Service
from breakwater.formats.hsds.rows import Raw
from breakwater.formats.hsds.shapes import Shape
from breakwater.formats.hsds.tables import MAIN
from breakwater.formats.hsds.values import Unreadable, text
from breakwater.formats.problems import Problem, Weight

NAMELESS = "Unnamed service"


def missing_columns(table: Table, header: Iterable[str]) -> list[str]:
    """The columns that every row of a table must fill, and that its header does not name."""
    there = set(header)
    every = frozenset(Shape)
    return [
        column.names[0] for column in table.columns if column.must == every and not there & set(column.names)
    ]


def read_rows(
    rows: Iterable[tuple[int, Raw] | Problem], table: Table, file: str, shape: Shape
) -> Iterator[Record | Problem]:
    """The records and problems of a whole table."""
    for row in rows:
        if isinstance(row, Problem):
            yield row
        else:
            yield from read_row(row[1], table, Where(file, row[0], shape, table.name))


def read_row(raw: Raw, table: Table, where: Where) -> Iterator[Record | Problem]:
    """The records of one row. Every wrong value is named, not only the first."""
    if where.shape is Shape.HSDS_1 and table.name in MAIN and not _says(raw, "id") and not _says(raw, "name"):
        yield from _stub(raw, table, where)
        return
    found: dict[str, Any] = {}
    is_wrong = False
    for column in table.columns:
        name, written = _written(column, raw)
        if not written:
            if where.shape in column.must:
                is_wrong = True
                yield where.problem(name, "", "is empty, but needed", id_=raw.get("id", ""))
            continue
        try:
            found[column.name] = column.read(written)
        except Unreadable as reason:
            is_wrong |= not column.forgives(where.shape)
            yield _unreadable(column, name, written, f"is {reason}", where, raw)
            found[column.name] = text(written) if column.is_kept else None
    if not is_wrong:
        yield from table.make(found, where)


def _stub(raw: Raw, table: Table, where: Where) -> Iterator[Record | Problem]:
    """A row that old exports leave behind: it belongs to somebody, but has neither id nor name."""
    is_service = table.name == "service" and _says(raw, "organization_id")
    said = "kept without a name, and not offered" if is_service else "left out"
    yield where.problem("id", "", f"and the name are empty; the row is {said}", Weight.DOUBTFUL)
    if is_service:
        digest = sha256(repr(sorted(raw.items())).encode()).hexdigest()[:32]
        owner = raw["organization_id"].strip()
        yield Service(**where.at(), id=f"~{digest}", organization_id=owner, name=NAMELESS, status="inactive")


def _says(raw: Raw, column: str) -> bool:
    return bool(raw.get(column, "").strip())


def _written(column: Column, raw: Mapping[str, str]) -> tuple[str, str]:
    """The first name of a column that holds something, and what it holds."""
    for name in column.names:
        written = raw.get(name)
        if written and not written.isspace():
            return name, written
    return next((name for name in column.names if name in raw), column.names[0]), ""


def _unreadable(column: Column, name: str, written: str, reason: str, where: Where, raw: Raw) -> Problem:
    if not column.forgives(where.shape):
        return where.problem(name, written, reason, id_=raw.get("id", ""))
    said = "kept as written" if column.is_kept else "left out"
    return where.problem(name, written, f"{reason}; {said}", Weight.DOUBTFUL, id_=raw.get("id", ""))
