"""A package on its way in: its records in temporary tables, so that memory stays flat and the rest is done in sets.

Everything lies in one transaction; the tables vanish at its end, whichever end that is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, datetime, time
from hashlib import blake2b
from typing import Any

from breakwater.formats.hsds import Package, Problem, Weight, records
from breakwater.formats.hsds.makers import service_at_id
from breakwater.formats.hsds.records import Record
from breakwater.formats.problems import shortened
from breakwater.resources import zips
from breakwater.resources.library import HIDING_ADDRESSES, HIDING_NAMES, LANGUAGES
from breakwater.resources.rules import language_names, says_any

_BATCH = 2000
_MOST_TWICE = 10_000
_KNOWN_BY_ID = ("organization", "location", "service", "term")
_TWICE = f"""
SELECT s.file, s.row, s.id, f.file, f.row
FROM (SELECT id, min(seq) AS seq FROM st_{{table}} GROUP BY id HAVING count(*) > 1) g
JOIN st_{{table}} f ON f.seq = g.seq
JOIN st_{{table}} s ON s.id = g.id AND s.seq <> g.seq
WHERE to_jsonb(s) - '{{{{seq,file,row}}}}'::text[] <> to_jsonb(f) - '{{{{seq,file,row}}}}'::text[]
ORDER BY s.seq LIMIT {_MOST_TWICE}
"""
_TYPES: dict[Any, str] = {
    str: "text",
    bool: "boolean",
    int: "bigint",
    int | None: "bigint",
    float | None: "double precision",
    date: "date",
    date | None: "date",
    time | None: "time",
    datetime | None: "timestamptz",
    tuple[str, ...]: "text[]",
}
_OWNERS = {
    "organization_id": "organization",
    "location_id": "location",
    "service_id": "service",
    "service_at_id": "service_at",
    "contact_id": "contact",
}
_OWNED = (records.Phone, records.Hours, records.Holiday, records.Contact, records.Detail)
_MORE: dict[type[Record], dict[str, str]] = {
    records.Address: {
        "latitude": "double precision",
        "longitude": "double precision",
        "time_zone": "text",
        "hides": "boolean",
    },
    records.Location: {"hides": "boolean"},
}
_WITHOUT: dict[type[Record], tuple[str, ...]] = {records.Service: ("term_ids", "location_id")}

Row = tuple[Any, ...]


class Staging:
    """Temporary tables ``st_<record>``, filled by COPY a batch at a time.

    Rows that belong to several owners are laid down once for each: a number of a service and of its place is found
    under both.
    """

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._batches: dict[str, list[Row]] = {}
        self._columns: dict[str, str] = {}
        self.counted: dict[str, int] = {}
        self._sequence = 0
        for kind in records.RECORDS:
            self._create(kind)

    def take(self, record: Record) -> None:
        """Lay down one record, with everything that follows from it."""
        for kind, row in _rows_of(record):
            name = kind.__name__.casefold()
            self._sequence += 1
            batch = self._batches[name]
            batch.append((self._sequence, *row))
            if len(batch) >= _BATCH:
                self._copy(name)

    def told_twice(self, package: Package) -> Iterator[Problem]:
        """Write what is left; then every row whose id another row has, with other words.

        In documents a part stands in several entries with the same id; there it is no fault.
        """
        for name in self._batches:
            self._copy(name)
            self._cursor.execute(f"ANALYZE st_{name}")
        for table in () if package.documents else _KNOWN_BY_ID:
            self._cursor.execute(_TWICE.format(table=table))
            for file, row, id_, other_file, other_row in self._cursor.fetchall():
                where = f"row {other_row}" if file == other_file else f"row {other_row} of {other_file}"
                reason = f"has this id too, with other words: {where}"
                yield Problem(file, row, "id", shortened(id_), reason, Weight.WRONG, table)

    def _create(self, kind: type[Record]) -> None:
        name = kind.__name__.casefold()
        columns = {"seq": "bigint"} | _columns_of(kind)
        self._columns[name] = ", ".join(columns)
        self._batches[name] = []
        self.counted[name] = 0
        listed = ", ".join(f"{column} {type_}" for column, type_ in columns.items())
        self._cursor.execute(f"CREATE TEMP TABLE st_{name} ({listed}) ON COMMIT DROP")

    def _copy(self, name: str) -> None:
        batch = self._batches[name]
        if not batch:
            return
        with self._cursor.copy(f"COPY st_{name} ({self._columns[name]}) FROM STDIN") as copy:
            for row in batch:
                copy.write_row(row)
        self.counted[name] += len(batch)
        batch.clear()


def _columns_of(kind: type[Record]) -> dict[str, str]:
    plain = {field.name: _TYPES[field.type] for field in _fields_of(kind)}
    owner = {"owner": "text", "owner_id": "text", "key": "text"} if kind in _OWNED else {}
    return plain | owner | _MORE.get(kind, {})


def _fields_of(kind: type[Record]) -> list[Any]:
    dropped = tuple(_OWNERS) if kind in _OWNED else _WITHOUT.get(kind, ())
    return [field for field in fields(kind) if field.name not in dropped]


_NAMES = {kind: [field.name for field in _fields_of(kind)] for kind in records.RECORDS}


def _rows_of(record: Record) -> Iterator[tuple[type[Record], Row]]:
    """The rows that one record becomes."""
    kind = type(record)
    if isinstance(record, records.Service):
        yield kind, _plain(record, languages=_languages(record.languages))
        yield from _beside_a_service(record)
    elif isinstance(record, records.Location):
        hides = says_any(f"{record.name} . {record.alternate_name}", HIDING_NAMES)
        yield kind, (*_plain(record, languages=_languages(record.languages)), hides)
    elif isinstance(record, records.Address):
        state = zips.state_code(record.state) or record.state
        yield kind, (*_plain(record, state=state), *_position(record))
    elif isinstance(record, records.Detail) and record.kind == "language":
        for name in language_names(record.text, LANGUAGES):
            yield from _owned(record, text=name)
    elif isinstance(record, _OWNED):
        yield from _owned(record)
    else:
        yield kind, _plain(record)


def _beside_a_service(record: records.Service) -> Iterator[tuple[type[Record], Row]]:
    """Dialects name the place and the terms of a service in its own row."""
    of: dict[str, Any] = {"file": record.file, "row": record.row, "service_id": record.id}
    if record.location_id:
        pair = service_at_id(record.id, record.location_id)
        yield records.ServiceAt, _plain(records.ServiceAt(**of, id=pair, location_id=record.location_id))
    for term_id in record.term_ids:
        yield records.Filing, _plain(records.Filing(**of, term_id=term_id))


def _owned(record: Record, **instead: object) -> Iterator[tuple[type[Record], Row]]:
    plain = _plain(record, **instead)
    content = record.id or repr(plain[3:])
    for column, owner in _OWNERS.items():
        owner_id = getattr(record, column, "")
        if owner_id:
            key = blake2b(
                f"{content}|{_turn(record)}|{owner}|{owner_id}".encode(), digest_size=16
            ).hexdigest()
            yield type(record), (*plain, owner, owner_id, key)


def _turn(record: Record) -> str:
    """What tells apart the rows that one schedule with several days becomes."""
    return f"{record.weekday}|{record.nth}|{record.month_day}" if isinstance(record, records.Hours) else ""


def _position(record: records.Address) -> Row:
    spot = zips.of_zip(record.postal_code)
    hides = says_any(record.lines, HIDING_ADDRESSES)
    zone = spot.time_zone if spot else zips.zone_of_state(record.state)
    return (spot and spot.latitude, spot and spot.longitude, zone, hides)


def _plain(record: Record, **instead: object) -> Row:
    values = (instead[name] if name in instead else getattr(record, name) for name in _NAMES[type(record)])
    return tuple(list(value) if type(value) is tuple else value for value in values)


def _languages(names: Iterable[str]) -> list[str]:
    return language_names(";".join(names), LANGUAGES)
