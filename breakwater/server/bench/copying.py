"""Rows by the thousand, put into the tables by COPY."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Model
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from breakwater.kernel.cipher import DataKey, Place
from breakwater.kernel.tree import leaf_of
from breakwater.trust import persons
from breakwater.trust.encrypted import ENCRYPTED

_MADE_FROM = 1_600_000_000_000
_NEVER_ASKED = datetime(2026, 1, 1, tzinfo=UTC)


class Heap:
    """Rows of many tables, in the order in which they must be written."""

    def __init__(self, seed: int) -> None:
        self._ids = _ids(seed)
        self.key: DataKey | None = None
        """Of the agency whose rows are being made."""
        self._rows: dict[type[Model], list[dict[str, Any]]] = defaultdict(list)

    def id(self) -> UUID:
        """The next identifier."""
        return next(self._ids)

    def add(self, model: type[Model], **values: Any) -> UUID:
        """Add a row. Its identifier is the next one unless it is given."""
        row = {"id": values.pop("id", None) or self.id(), **values}
        if self.key:
            row |= _encrypted(model, row, self.key)
        self._rows[model].append(row)
        return row["id"]

    def add_without_id(self, model: type[Model], **values: Any) -> None:
        """Add a row of a table that has another key, or that numbers its rows itself."""
        self._rows[model].append(values)

    def write(self, connection: Connection[Any]) -> None:
        """Write everything down, and begin anew."""
        for model, rows in self._rows.items():
            _copy(connection, model, rows)
        self._rows.clear()


def _copy(connection: Connection[Any], model: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    """COPY rows into a model's table; what is not given takes the model's default."""
    fields: list[Any] = list(model._meta.concrete_fields)
    defaults = {field.column: _default(field) for field in fields if not _numbers_itself(field)}
    columns = sql.SQL(", ").join(sql.Identifier(column) for column in defaults)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), columns)
    documents = {field.column for field in fields if field.get_internal_type() == "JSONField"}
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            full = defaults | row
            copy.write_row([Jsonb(full[name]) if name in documents else full[name] for name in defaults])


def _encrypted(model: type[Model], row: dict[str, Any], key: DataKey) -> dict[str, str]:
    """What stands in the columns of a row that are encrypted everywhere."""
    table = model._meta.db_table
    person = persons.key_for(leaf_of(row["circle_id"])) if "circle_id" in row else None
    return {
        field.column: key.encrypt(
            row[field.column].encode(), Place(table, field.column, str(row["id"])), person
        )
        for field in ENCRYPTED
        if field.model is model and field.where is None and row.get(field.column)
    }


def _numbers_itself(field: Any) -> bool:
    return field.get_internal_type() == "BigAutoField"


def _default(field: Any) -> Any:
    if field.has_db_default():
        given = field.db_default
        return _NEVER_ASKED if hasattr(given, "resolve_expression") else given
    value = field.get_default()
    return str(value) if field.choices and value is not None else value


def _ids(seed: int) -> Iterator[UUID]:
    """Identifiers in the order of their making, the same in every run."""
    chance = Random(seed)  # noqa: S311 - a repeatable benchmark, not a secret
    for number in count(_MADE_FROM):
        yield UUID(int=(number << 80) | (0x7 << 76) | (0b10 << 62) | chance.getrandbits(60))
