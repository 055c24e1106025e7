"""PostgreSQL's own mouth: what it complains about may quote somebody's words, and no log does."""

import logging
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from breakwater.kernel.db import run_sql
from breakwater.kernel.ids import new_id
from breakwater.server.logs import Discreet
from breakwater.trust.testing import an_actor
from conftest import superuser_of

CANARY = "zqmouth"

_AGENCY = "INSERT INTO trust_agency (id, name, kind, profile, scheme, time_zone, founded_at)"
_MOUTH = f"INSERT INTO mouth VALUES ('{CANARY}'), ('{CANARY}')"
FORCED = {
    "UniqueViolation": f"CREATE TEMP TABLE mouth (word text UNIQUE); {_MOUTH}",
    "CheckViolation": f"CREATE TEMP TABLE mouth (word text CHECK (word = '')); {_MOUTH}",
    "ExclusionViolation": f"CREATE TEMP TABLE mouth (word text, EXCLUDE USING btree (word WITH =)); {_MOUTH}",
    "NotNullViolation": f"{_AGENCY} VALUES (gen_random_uuid(), '{CANARY}', NULL, 'us', 'x', 'UTC', now())",
    "ForeignKeyViolation": (
        f"INSERT INTO trust_unit (id, agency_id, name) VALUES (gen_random_uuid(), '{new_id()}', '{CANARY}')"
    ),
    "StringDataRightTruncation": f"{_AGENCY} VALUES (gen_random_uuid(), 'x', '{CANARY * 9}', 'us', 'x', 'UTC', now())",
    "InvalidTextRepresentation": f"SELECT '{CANARY}'::uuid",
    "InvalidDatetimeFormat": f"SELECT '{CANARY}'::timestamptz",
    "InsufficientPrivilege": (
        "INSERT INTO trust_draft (id, by_id, agency_id, form, fields, kept_at)"
        f" VALUES (gen_random_uuid(), '{new_id()}', '{new_id()}', '{CANARY}', '{CANARY}', now())"
    ),
}
"""A statement for each kind of complaint; the last is row security's."""

QUOTES_NOTHING = ("ForeignKeyViolation", "StringDataRightTruncation", "InsufficientPrivilege")


def complaint(sql: str) -> DatabaseError:
    """What PostgreSQL says to a statement, at once or at the end."""
    try:
        with transaction.atomic():
            run_sql(sql)
            run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        return error
    raise AssertionError("nothing was complained about")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FORCED)
def test_whatever_postgresql_complains_about_no_log_quotes_it(kind):
    an_actor()
    log = Path(os.environ["TESTS_FOLDER"]) / "pg" / "postgres.log"
    before = log.stat().st_size if log.exists() else 0
    error = complaint(FORCED[kind])
    assert type(error.__cause__).__name__ == kind
    told = (type(error), error, error.__traceback__)
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "it broke", (), told)
    assert CANARY not in Discreet().format(record)
    assert kind in QUOTES_NOTHING or CANARY in f"{error}", "the canary must have been in the complaint"
    with log.open("rb") as said:
        said.seek(before)
        assert CANARY.encode() not in said.read()


@pytest.mark.django_db
def test_the_server_is_told_to_be_discreet():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN ('log_error_verbosity', 'log_min_error_statement',"
            " 'log_parameter_max_length', 'log_parameter_max_length_on_error', 'log_min_messages', 'log_statement')"
        )
        assert dict(cursor.fetchall()) == {
            "log_error_verbosity": "terse", "log_min_error_statement": "panic", "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0", "log_min_messages": "log", "log_statement": "none",
        }  # fmt: skip


_COLUMNS = """
    SELECT c.relname, array_agg(a.attname ORDER BY a.attnum), array_agg(t.typname ORDER BY a.attnum),
        array_agg(a.atttypmod ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attgenerated = ''
    GROUP BY c.relname ORDER BY c.relname
"""
_OF_A_TYPE = {
    "uuid": "'00000000-0000-7000-8000-00000000c0de'::uuid", "timestamptz": "now()", "date": "now()::date",
    "bool": "false", "int2": "-1", "int4": "-1", "int8": "-1", "jsonb": f"""'["{CANARY}"]'""", "bytea": r"'\x00'",
    "_uuid": "'{}'", "_text": f"'{{{CANARY}}}'", "_varchar": f"'{{{CANARY}}}'", "tstzrange": "tstzrange(now(), NULL)",
}  # fmt: skip
"""What a column of a type is filled with; words are canaries."""
_ANOTHER = "gen_random_uuid()"
MANY_TABLES, SOME_TABLES = 100, 15


@dataclass
class Table:
    """A table of the catalog, and the statements that it will not like."""

    name: str
    kinds: dict[str, str]
    rooms: dict[str, int]

    def value(self, column: str) -> str:
        """What to write into a column."""
        kind, room = self.kinds[column], self.rooms[column]
        if kind in ("text", "varchar"):
            return f"'{CANARY}'" if room < 0 or room - 4 >= len(CANARY) else "'z'"
        return _OF_A_TYPE.get(kind, "NULL")

    def written(self, **instead: str) -> str:
        """A row with every column filled."""
        values = [instead.get(column, self.value(column)) for column in self.kinds]
        named = ", ".join(f'"{column}"' for column in self.kinds)
        return f'INSERT INTO "{self.name}" ({named}) OVERRIDING SYSTEM VALUE VALUES ({", ".join(values)})'

    def disliked(self) -> Iterator[tuple[str, str]]:
        """Each statement, with who sends it: nothing but words; everything; the same again under another id."""
        nothing = dict.fromkeys(
            (one for one, kind in self.kinds.items() if kind not in ("text", "varchar")), "NULL"
        )
        yield "origin", self.written(**nothing)
        yield "origin", self.written()
        yield "replica", self.written()
        again = _ANOTHER if self.kinds.get("id") == "uuid" else "-2"
        yield "replica", f"{self.written()}; {self.written(id=again)}"


def complaints_about(table: Table, root: psycopg.Connection) -> Iterator[psycopg.Error]:
    """What PostgreSQL says to each, as the owner of everything, with and without what runs on its own."""
    for role, sql in table.disliked():
        try:
            with root.transaction():
                root.execute(f"SET LOCAL session_replication_role = {role}")
                root.execute(sql)
                root.execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise psycopg.Rollback
        except psycopg.Error as error:
            yield error


@pytest.mark.django_db
def test_no_constraint_of_any_table_quotes_what_was_written_into_it():
    """Found in PostgreSQL's catalog: every table is filled wrongly, in ways that each kind of constraint forbids."""
    log, heard = Path(os.environ["TESTS_FOLDER"]) / "pg" / "postgres.log", defaultdict(set)
    before = log.stat().st_size
    quoted, lines = set(), []
    with psycopg.connect(superuser_of(f"//x/{connection.settings_dict['NAME']}"), autocommit=True) as root:
        for name, columns, kinds, rooms in root.execute(_COLUMNS).fetchall():
            table = Table(
                name, dict(zip(columns, kinds, strict=True)), dict(zip(columns, rooms, strict=True))
            )
            for error in complaints_about(table, root):
                heard[type(error).__name__].add(name)
                quoted |= {name} if CANARY in f"{error}" else set()
                told = (type(error), error, error.__traceback__)
                record = logging.LogRecord("django.db", logging.ERROR, __file__, 1, "it broke", (), told)
                lines.append(Discreet().format(record))
    assert len(heard["NotNullViolation"]) > MANY_TABLES, "every table forbids something to be left out"
    assert all(
        len(heard[kind]) > SOME_TABLES
        for kind in ("ForeignKeyViolation", "CheckViolation", "UniqueViolation")
    )
    assert len(quoted) > MANY_TABLES, "the canary must have been in what was complained about"
    assert not any(CANARY in line for line in lines)
    with log.open("rb") as said:
        said.seek(before)
        assert CANARY.encode() not in said.read()
