"""A package: what lies at a path, which of it is a directory, and everything it tells as one stream."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from breakwater.formats.hsds import documents, flat, rows
from breakwater.formats.hsds.columns import Table
from breakwater.formats.hsds.documents import Form
from breakwater.formats.hsds.entries import kind_of, read_entry
from breakwater.formats.hsds.makers import Where
from breakwater.formats.hsds.reader import missing_columns, read_rows
from breakwater.formats.hsds.recognition import is_ignored, table_for
from breakwater.formats.hsds.records import Record
from breakwater.formats.hsds.rows import Header
from breakwater.formats.hsds.shapes import Shape, shape_of
from breakwater.formats.hsds.sources import Meter, Source, Unopenable, source_at
from breakwater.formats.hsds.tables import MAIN, TABLES
from breakwater.formats.problems import Problem, Weight

T = TypeVar("T")

_DESCRIPTORS = ("datapackage.json",)
_JSON = (".json", ".jsonl", ".ndjson")
_TOLD_WHOLE = (*MAIN, "service_at", "term")
_LARGEST_DESCRIPTOR = 16 << 20


class NotADirectory(Exception):
    """What lies there is no directory of services that we can read; the message is a sentence."""


@dataclass(frozen=True)
class TableFile:
    """A file that holds one table."""

    name: str
    table: Table
    header: Header
    form: Form | None = None


@dataclass(frozen=True)
class DocumentFile:
    """A JSON file that holds entries with their parts."""

    name: str
    form: Form


@dataclass
class Package:
    """A directory as one source publishes it.

    Args:
        label: what it calls itself, or the name of its file or folder.
        unread: files that are not read, each with the reason.
    """

    label: str
    shape: Shape
    source: Source
    tables: list[TableFile]
    documents: list[DocumentFile]
    unread: list[tuple[str, str]]
    meter: Meter = field(default_factory=Meter)
    rows_read: int = 0
    _pages: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def bytes_in_all(self) -> int:
        """How many bytes there are to read."""
        names = [file.name for file in self.tables] + [file.name for file in self.documents]
        return sum(self.source.sizes[name] for name in names)

    @property
    def digest(self) -> str:
        """Of everything read; whole once all records were taken."""
        return self.meter.digest

    @property
    def tables_told(self) -> frozenset[str]:
        """The main tables of which the package tells everything: what it does not name there is gone.

        Known once all records were taken. A single entry, or some pages of a list, tell nothing of the rest.
        """
        told = {file.table.name for file in self.tables if file.table.name in _TOLD_WHOLE}
        lists = [file for file in self.documents if file.form.is_list]
        if not lists or not self._has_all_pages():
            return frozenset(told)
        kinds = {kind_of(file.form.first) for file in lists}
        told |= {kind for kind in kinds if kind}
        if any("services" in file.form.first or "service_at_locations" in file.form.first for file in lists):
            told |= {"service", "location", "service_at"}
        return frozenset(told)

    def records(self) -> Iterator[Record | Problem]:
        """Everything the package tells, file by file."""
        for file in self.tables:
            yield from self._table(file)
        for document in self.documents:
            yield from self._document(document)

    def _table(self, file: TableFile) -> Iterator[Record | Problem]:
        missing = missing_columns(file.table, file.header.columns) if self.shape is not Shape.FLAT else []
        if missing:
            reason = f"has no column “{'”, “'.join(missing)}”"
            yield Problem(file.name, 1, missing[0], "", reason, Weight.BROKEN, file.table.name)
            return
        if file.form:
            found = documents.flat_rows(self.source, file.name, file.form, self.meter)
        else:
            found = rows.csv_rows(self.source, file.name, file.header, self.meter)
        found = self._counted(found)
        if self.shape is Shape.FLAT:
            yield from flat.read_rows(found, file.table, file.name)
        else:
            yield from read_rows(found, file.table, file.name, self.shape)

    def _document(self, file: DocumentFile) -> Iterator[Record | Problem]:
        found = documents.entries(self.source, file.name, file.form, self.meter, self._pages)
        for entry in found:
            if isinstance(entry, Problem):
                yield entry
                continue
            where = Where(file.name, entry[0], Shape.HSDS_3, "")
            if kind := kind_of(entry[1]):
                yield from self._counted(read_entry(entry[1], kind, where))
            else:
                yield where.problem("", ", ".join(entry[1]), "is no organization, service or location")

    def _counted(self, found: Iterator[T]) -> Iterator[T]:
        """Count what goes by: rows of tables, records of documents."""
        for one in found:
            self.rows_read += 1
            yield one

    def _has_all_pages(self) -> bool:
        wanted = max((pages for _, pages in self._pages.values()), default=1)
        return {page for page, _ in self._pages.values()} >= set(range(1, wanted + 1))


def open_package(path: Path) -> Package:
    """Find out what lies at a path. Reads the beginnings of its files only.

    Raises:
        NotADirectory: nothing there can be read as a directory; the sentence says what was found instead.
    """
    try:
        source = source_at(path)
        return _package(path, source)
    except Unopenable as fault:
        raise NotADirectory(str(fault)) from fault
    except OSError as fault:
        raise NotADirectory(f"{path.name} cannot be read: {fault.strerror or fault}.") from fault


def _package(path: Path, source: Source) -> Package:
    names = _in_one_folder(source)
    described = _described(source, names)
    tables: list[TableFile] = []
    found: list[DocumentFile] = []
    unread: list[tuple[str, str]] = []
    for name in names:
        file = _file(source, name, described.get(PurePosixPath(name).name, ""))
        if isinstance(file, TableFile):
            tables.append(file)
        elif isinstance(file, DocumentFile):
            found.append(file)
        else:
            unread.append((name, file))
    if not tables and not found:
        raise NotADirectory(_what_was_found(path, source, unread))
    shape = Shape.HSDS_3 if found and not tables else shape_of(file.header.columns for file in tables)
    if problem := flat.why_not(tables) if shape is Shape.FLAT else _why_not(tables):
        raise NotADirectory(problem)
    in_order = {table.name: number for number, table in enumerate(TABLES)}
    tables.sort(key=lambda file: in_order[file.table.name])
    found.sort(key=lambda file: -len(file.form.first))
    label = str(described.get("", "")) or path.resolve().stem
    return Package(label, shape, source, tables, found, unread)


def _in_one_folder(source: Source) -> list[str]:
    """The files of the folder that holds most of them; the top one wins when it holds a table."""
    by_folder: dict[str, list[str]] = {}
    for name in source.sizes:
        by_folder.setdefault(str(PurePosixPath(name).parent), []).append(name)
    top = by_folder.get(".", [])
    if any(table_for(name) for name in top) or len(by_folder) < 2:  # noqa: PLR2004 - nothing to choose
        return sorted(top or next(iter(by_folder.values()), []))
    return sorted(
        max(
            by_folder.values(),
            key=lambda names: sum(bool(table_for(name)) for name in names) or len(list(names)) / 999,
        )
    )


def _described(source: Source, names: list[str]) -> dict[str, Any]:
    """What ``datapackage.json`` says: the table of each file, and under the empty name what it is called."""
    for name in names:
        if PurePosixPath(name).name not in _DESCRIPTORS or source.sizes[name] > _LARGEST_DESCRIPTOR:
            continue
        with source.open(name) as stream:
            try:
                told = json.loads(stream.read().decode("utf-8-sig"))
            except (ValueError, RecursionError):
                return {}
        resources = told.get("resources") if isinstance(told, dict) else None
        tables = {
            PurePosixPath(str(one.get("path", ""))).name: str(one.get("name", ""))
            for one in (resources if isinstance(resources, list) else [])
            if isinstance(one, dict)
        }
        return tables | {"": str(told.get("name", "") or "")} if isinstance(told, dict) else tables
    return {}


def _file(source: Source, name: str, described: str) -> TableFile | DocumentFile | str:
    """What a file holds, or why it is not read."""
    if PurePosixPath(name).name in _DESCRIPTORS:
        return "describes the package"
    if PurePosixPath(name).suffix.casefold() in _JSON:
        return _json_file(source, name, described)
    header = rows.csv_header(source, name)
    if header is None:
        return "is empty, or holds no table"
    table = table_for(name, described, header.columns)
    return TableFile(name, table, header) if table else _why_unread(name, header)


def _json_file(source: Source, name: str, described: str) -> TableFile | DocumentFile | str:
    form = documents.form_of(source, name)
    if form is None:
        return "holds no entries"
    header = Header(tuple(map(rows.column_name, form.first)))
    if (
        form.prefix == "item"
        and documents.is_one_table(form)
        and (table := table_for(name, described, header.columns))
    ):
        return TableFile(name, table, header, form)
    if documents.is_directory_entry(form):
        return DocumentFile(name, form)
    return _why_unread(name, header)


def _why_unread(name: str, header: Header) -> str:
    if is_ignored(name):
        return "tells nothing that the directory keeps"
    return f"is no table of a directory ({_columns(header)})"


def _why_not(tables: list[TableFile]) -> str:
    """Why tables that go by the right names are no directory after all."""
    for file in tables:
        if file.table.name in MAIN and not {"id", "name"} & set(file.header.columns):
            return (
                f"{file.name} has none of the columns that HSDS asks for: it has {_columns(file.header)}"
                " instead of id, name and the like. Nothing was read."
            )
    return ""


def _what_was_found(path: Path, source: Source, unread: list[tuple[str, str]]) -> str:
    if not source.sizes:
        return f"{path.name} holds no CSV and no JSON files. Nothing was read."
    looked = "; ".join(f"{name} {why}" for name, why in unread[:3])
    more = f"; and {len(unread) - 3} more" if len(unread) > 3 else ""  # noqa: PLR2004 - three are named
    return (
        f"{path.name} holds no directory of services: no table of organizations, services or locations, and no"
        f" HSDS document. Found: {looked}{more}. Nothing was read."
    )


def _columns(header: Header) -> str:
    named = [column for column in header.columns if column][:5]
    return ", ".join(named) + (" …" if len(header.columns) > len(named) else "")
