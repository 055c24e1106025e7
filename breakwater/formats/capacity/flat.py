"""Figures of room in CSV: our own columns, hospital measures, lists of facilities and of shelters."""

import csv
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakwater.formats.capacity.figures import Facility, Figure
from breakwater.formats.capacity.saner import KINDS
from breakwater.formats.capacity.values import Unreadable, coordinates, left, moment, number
from breakwater.formats.problems import Problem, Weight, shortened

Row = Mapping[str, str]
Numbers = Mapping[str, int | None]


class NotFlat(ValueError):
    """The file is no CSV whose columns are known."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How one kind of file names things. Column names are compared without their case.

    Args:
        needs: the columns by which it is known.
        words: which column says what of the facility.
        numbers: the columns that hold counts.
        kinds: for each kind of room: licensed, staffed and accepting, from the numbers of a row and the row itself.
    """

    name: str
    needs: frozenset[str]
    words: Mapping[str, str]
    numbers: tuple[str, ...] = ()
    kinds: Callable[[Row, Numbers], Iterator[tuple[str, int | None, int | None, int | None]]]
    as_of: str = ""


def _ours(row: Row, told: Numbers) -> Iterator[tuple[str, int | None, int | None, int | None]]:
    yield row.get("kind", "").strip(), told["licensed"], told["staffed"], told["accepting"]


def _measures(row: Row, told: Numbers) -> Iterator[tuple[str, int | None, int | None, int | None]]:
    for kind, (all_of_them, occupied) in KINDS.items():
        licensed = told[all_of_them.casefold()]
        yield kind, licensed, None, left(licensed, told[occupied.casefold()])


def _hospitals(row: Row, told: Numbers) -> Iterator[tuple[str, int | None, int | None, int | None]]:
    yield "inpatient", told["total_beds"], None, told["available_beds"]


def _shelters(row: Row, told: Numbers) -> Iterator[tuple[str, int | None, int | None, int | None]]:
    is_open = row.get("status", "").strip().casefold() in ("", "open")
    yield "shelter", told["capacity"], None, left(told["capacity"], told["population"]) if is_open else 0


def _none(row: Row, told: Numbers) -> Iterator[tuple[str, int | None, int | None, int | None]]:
    return iter(())


SHAPES = (
    Shape(
        name="CSV, Breakwater",
        needs=frozenset({"name", "kind", "accepting"}),
        words={"id": "id", "name": "name", "address": "address", "city": "city", "state": "state"},
        numbers=("licensed", "staffed", "accepting"), kinds=_ours, as_of="as_of",
    ),
    Shape(
        name="CSV, measures",
        needs=frozenset({"orgid", "collectiondate", "numbeds"}),
        words={"id": "orgid"}, as_of="collectiondate",
        numbers=tuple(one.casefold() for pair in KINDS.values() for one in pair), kinds=_measures,
    ),
    Shape(
        name="CSV, Resource Finder",
        needs=frozenset({"healthc_id", "available_beds", "total_beds"}),
        words={
            "id": "healthc_id", "name": "name", "organization": "organization", "address": "address", "city": "commune",
        },
        numbers=("available_beds", "total_beds"), kinds=_hospitals, as_of="entry_last_updated",
    ),
    Shape(
        name="CSV, shelters",
        needs=frozenset({"name", "capacity", "population", "status"}),
        words={
            "name": "name", "organization": "branch", "address": "address", "city": "l3", "state": "l1",
        },
        numbers=("capacity", "population"), kinds=_shelters,
    ),
    Shape(
        name="CSV, facilities",
        needs=frozenset({"name", "lat", "lon"}),
        words={"name": "name", "organization": "organisation", "city": "l2", "state": "l1"}, kinds=_none,
    ),
)  # fmt: skip
"""The first whose columns are all there is taken."""

_LATITUDES, _LONGITUDES = ("latitude", "lat"), ("longitude", "lon")


def shape_of(path: Path) -> Shape:
    """Which kind of CSV a file is.

    Raises:
        NotFlat: its first row names no columns that are known.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            header = {_column(cell) for cell in next(csv.reader(text), [])}
    except (UnicodeError, csv.Error) as wrong:
        raise NotFlat(f"is no CSV in UTF-8: {wrong}") from None
    for shape in SHAPES:
        if shape.needs <= header:
            return shape
    known = "; ".join(", ".join(sorted(shape.needs)) for shape in SHAPES)
    raise NotFlat(f"has none of the sets of columns that are known: {known}")


def figures(path: Path, shape: Shape) -> Iterator[Figure | Problem]:
    """What each row says."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        for line, row in _rows(csv.reader(text)):
            if isinstance(row, str):
                yield Problem(path.name, line, "", "", f"cannot be read on: {row}", Weight.BROKEN)
            else:
                yield from _of_a_row(row, shape, path.name, line)


def _rows(lines: Any) -> Iterator[tuple[int, Row | str]]:
    """Each row with its line; why it cannot be read on, as words."""
    try:
        header = [_column(cell) for cell in next(lines, [])]
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield lines.line_num, dict(zip(header, cells, strict=False))
    except (UnicodeError, csv.Error) as wrong:
        yield lines.line_num + 1, str(wrong)


def _of_a_row(row: Row, shape: Shape, file: str, line: int) -> Iterator[Figure | Problem]:
    said = {field: row.get(column, "").strip() for field, column in shape.words.items()}
    if not said.get("id") and not said.get("name"):
        yield Problem(file, line, "name", "", "is empty: whose room is it? The row is left out")
        return
    told: dict[str, int | None] = {}
    for column in shape.numbers:
        told[column] = None
        if written := row.get(column, "").strip():
            try:
                told[column] = number(written)
            except Unreadable as reason:
                yield Problem(file, line, column, shortened(written), f"is {reason}; it stays unknown")
    as_of = None
    if shape.as_of and (written := row.get(shape.as_of, "").strip()):
        try:
            as_of = moment(written)
        except Unreadable as reason:
            yield Problem(file, line, shape.as_of, shortened(written), f"is {reason}; it stays unknown")
    position = yield from _position(row, file, line)
    facility = Facility(**said, latitude=position[0], longitude=position[1])
    yield Figure(facility=facility, as_of=as_of, row=line)
    for kind, licensed, staffed, accepting in shape.kinds(row, told):
        yield Figure(
            facility=facility, kind=kind, licensed=licensed, staffed=staffed, accepting=accepting, as_of=as_of,
            row=line,
        )  # fmt: skip


def _position(row: Row, file: str, line: int) -> Generator[Problem, None, tuple[float | None, float | None]]:
    latitude = next((row[one].strip() for one in _LATITUDES if row.get(one, "").strip()), "")
    longitude = next((row[one].strip() for one in _LONGITUDES if row.get(one, "").strip()), "")
    if not latitude and not longitude:
        return (None, None)
    try:
        return coordinates(latitude, longitude)
    except Unreadable as reason:
        yield Problem(file, line, "position", shortened(f"{latitude} {longitude}"), f"is {reason}; left out")
    return (None, None)


def _column(written: str) -> str:
    return written.strip().casefold()
