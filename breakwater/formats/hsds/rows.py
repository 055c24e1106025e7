"""Rows of a table as mappings from column name to text: from CSV, and from JSON lists of flat objects."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from io import TextIOWrapper

from breakwater.formats.cells import as_meant
from breakwater.formats.hsds.sources import Meter, Metered, Source, as_text
from breakwater.formats.problems import Problem, Weight, shortened

Raw = dict[str, str]

_LONGEST_FIELD = 4 << 20
_SEPARATORS = ",;\t|"
_NOT_A_NAME = re.compile(r"[^0-9a-z]+")

csv.field_size_limit(_LONGEST_FIELD)


@dataclass(frozen=True)
class Header:
    """The column names of a table, made comparable, and how its columns are parted."""

    columns: tuple[str, ...]
    separator: str = ","
    written: tuple[str, ...] = field(default=(), compare=False)


def column_name(written: str) -> str:
    """A column name made comparable: ``"Postal Code "`` becomes ``postal_code``."""
    return _NOT_A_NAME.sub("_", written.strip().lstrip("\ufeff").casefold()).strip("_")


def csv_header(source: Source, name: str) -> Header | None:
    """The first row of a CSV file; ``None`` when it is empty or no text."""
    with as_text(Metered(source.open(name), lambda chunk: None)) as text:
        start = text.read(1 << 16)
    if "\0" in start.replace("\0\0", "\0") and start.count("\0") * 4 > len(start):
        return None
    first_line = start.split("\n", 1)[0].split("\r", 1)[0]
    separator = max(_SEPARATORS, key=first_line.count)
    try:
        written = next(csv.reader(start.splitlines(keepends=True), delimiter=separator), [])
    except csv.Error:
        return None
    if not any(cell.strip() for cell in written):
        return None
    return Header(tuple(map(column_name, written)), separator, tuple(written))


def csv_rows(source: Source, name: str, header: Header, meter: Meter) -> Iterator[tuple[int, Raw] | Problem]:
    """The rows of a CSV file with their numbers as a spreadsheet counts them; the header is row 1."""
    with as_text(meter.open(source, name)) as text:
        yield from _numbered(text, name, header)


def _numbered(text: TextIOWrapper, name: str, header: Header) -> Iterator[tuple[int, Raw] | Problem]:
    width = len(header.columns)
    row = 0
    try:
        for row, cells in enumerate(csv.reader(text, delimiter=header.separator), start=1):
            if row == 1 or not any(cells):
                continue
            if len(cells) != width and (problem := _wrong_width(name, row, cells, width)):
                yield problem
                continue
            yield (
                row,
                {column: as_meant(cell) for column, cell in zip(header.columns, cells, strict=False) if cell},
            )
    except csv.Error as fault:
        said = "a quotation mark is opened and never closed, or a value is longer than 4 MB"
        yield Problem(
            name, row + 1, "", "", said if "field" in str(fault) else f"is not CSV: {fault}", Weight.BROKEN
        )
    except (UnicodeError, OSError) as fault:
        yield Problem(name, row + 1, "", "", f"cannot be read on: {fault}", Weight.BROKEN)


def _wrong_width(name: str, row: int, cells: list[str], width: int) -> Problem | None:
    if len(cells) > width and not any(cells[width:]):
        return None
    end = shortened(cells[min(len(cells), width) - 1])
    if len(cells) < width:
        reason = f"the row ends after {len(cells)} of {width} columns"
    else:
        reason = f"the row has {len(cells)} columns, the header {width}; a quotation mark may be missing"
    return Problem(name, row, "", end, reason)


def flat_row(entry: object) -> Raw | None:
    """A JSON object as a row; ``None`` when it is no object or holds others."""
    if not isinstance(entry, dict) or any(isinstance(value, dict | list) for value in entry.values()):
        return None
    return {column_name(str(key)): scalar(value) for key, value in entry.items() if value is not None}


def scalar(value: object) -> str:
    """A JSON value as a cell of a table would say it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | float):
        plain = f"{value:f}" if isinstance(value, Decimal) else repr(value)
        return plain.rstrip("0").rstrip(".") if "." in plain and "e" not in plain else plain
    return str(value)
