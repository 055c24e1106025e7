"""Writes the function in which the case page asks: `python -m tests.asked_once` after a change of a model or a wall.

Row security sets up the wall of every table by itself, for every page, also where there is no row. This writes the
function that asks in its place, as the owner of the tables. Every table with a wall stands in it within that very wall,
word for word as its policy says it of whoever asks. Who that is, and what of the circle stands open to them, is asked
once. A table whose wall is not known is turned away, and so is a function of which nobody said that it asks for itself.
"""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import django
from psycopg import sql

from breakwater.server import env
from breakwater.server.home import at_home

KEPT = Path(__file__).resolve().parent.parent / "breakwater" / "desk" / "asked_once.sql"
"""Where it is kept, for the owner of the tables to copy into PostgreSQL."""

KINDS = ("care", "needs")
"""The kinds of information asked about once for all rows of a case, which lie in its circle by a key of two columns."""

WALLS = """
    SELECT c.relname::text, CASE WHEN c.relrowsecurity THEN p.qual ELSE '' END
    FROM pg_class c LEFT JOIN pg_policies p
        ON p.schemaname = 'public' AND p.tablename = c.relname AND p.policyname = 'wall' AND p.cmd IN ('SELECT', 'ALL')
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND (p.qual IS NOT NULL OR NOT c.relrowsecurity)
"""
"""Asks the catalog for the wall of each table; an empty one is that of a table that everybody reads."""

_CALLS = {"coalesce", "json_agg", "json_build_array", "clock_timestamp", "now", "referrals_position"}
"""Functions that may stand in a question. The last asks itself who is told which place they have in a queue."""
_WORDS = {"from", "join", "where", "and", "or", "not", "on", "in", "any", "all", "exists", "when", "array"}

_AGENCY, _USER = "( SELECT trust_agency() AS trust_agency)", "( SELECT trust_user() AS trust_user)"
_READ = re.compile(r'(?<=FROM |JOIN )"(\w+)"(?: ([A-Z]\d+))?')
_READ_BY_A_WALL = re.compile(r"(?<=FROM )(?!trust_grant g\b)(\w+) (\w+)(?=\s+WHERE)")
_CALLED = re.compile(r"\b([A-Za-z_]\w*) ?\(")
_HEAD = """\
-- Written by `python -m tests.asked_once`; a test keeps this file the same. Do not change it by hand.
-- What the case page asks, as the owner of the tables, each behind the wall that row security puts before it.
"""
_FUNCTION = """CREATE OR REPLACE FUNCTION {name}(asked_case uuid, asked_person uuid) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $asked$
DECLARE
    asking_agency uuid := trust_agency();
    asking_user uuid := trust_user();
    {variables} uuid;
BEGIN
    IF asking_agency IS NULL THEN
        asked_case := NULL;
        asked_person := NULL;
    END IF;
    SELECT
        {opened}
    INTO {into}
    FROM cases_case one WHERE one.id = asked_case;
    RETURN {questions};
END $asked$;
"""


def function_of(name: str, questions: str, walls: Mapping[str, str]) -> str:
    """The SQL that makes the function.

    Args:
        questions: one expression that reads tables by their quoted names.
        walls: the wall of each table; see ``WALLS``.

    Raises:
        LookupError: a table is read of which no wall is known, or a function is called that nobody vouched for.
    """
    once = {_wall_of(kind, "{table}"): f"in_{kind}" for kind in KINDS}

    def within(found: re.Match[str]) -> str:
        table, called = found[1], found[2] or f'"{found[1]}"'
        wall = _known(walls, table)
        return (
            f"(SELECT * FROM {table} WHERE {_said(table, wall, once, walls)}) {called}" if wall else found[0]
        )

    written = _READ.sub(within, questions)
    if strange := {call.lower() for call in _CALLED.findall(written)} - _CALLS - _WORDS:
        raise LookupError(f"nobody said that it asks for itself: {', '.join(sorted(strange))}")
    opened = (f"CASE WHEN {_asked(_wall_of(kind, 'one'))} THEN one.circle_id END" for kind in KINDS)
    return _FUNCTION.format(
        name=name, variables=" uuid;\n    ".join(once.values()), opened=",\n        ".join(opened),
        into=", ".join(once.values()), questions=written,
    )  # fmt: skip


def _known(walls: Mapping[str, str], table: str) -> str:
    if table not in walls:
        raise LookupError(f"no wall of {table} is known")
    return walls[table]


def _said(table: str, wall: str, once: Mapping[str, str], walls: Mapping[str, str]) -> str:
    """The wall of a table as the function says it: what holds for the whole circle by what was asked once."""
    told = " ".join(wall.split())
    for sentence, variable in once.items():
        if told == sentence.format(table=table):
            return f"{table}.circle_id = {variable}"

    def within(found: re.Match[str]) -> str:
        beneath = _known(walls, found[1])
        return f"(SELECT * FROM {found[1]} WHERE {_asked(beneath)}) {found[2]}" if beneath else found[0]

    return _asked(_READ_BY_A_WALL.sub(within, told))


def _asked(wall: str) -> str:
    """A wall, of whoever asks."""
    return " ".join(wall.split()).replace(_AGENCY, "asking_agency").replace(_USER, "asking_user")


def _wall_of(kind: str, table: str) -> str:
    """What PostgreSQL says of the wall by circle that opens by one kind of information."""
    return (
        f"(EXISTS ( SELECT 1 FROM trust_grant g WHERE ((g.circle_id = {table}.circle_id) AND (g.agency_id = {_AGENCY})"
        " AND (g.starts_at <= now()) AND ((g.ends_at IS NULL) OR (g.ends_at > now()))"
        f" AND ((g.only_for_id IS NULL) OR (g.only_for_id = {_USER}))"
        f" AND ('{kind}'::text = ANY ((g.information)::text[]))) OFFSET 0))"
    )


def written(walls: Iterable[tuple[str, str]]) -> str:
    """The file, from the models of today and the walls that stand."""
    from breakwater.desk.panels import OF_CASE

    questions = OF_CASE.written_out(_literal, case="asked_case", person="asked_person")
    return _HEAD + function_of(OF_CASE.by, questions, dict(walls))


def _literal(value: Any) -> str:
    return sql.Literal(str(value) if isinstance(value, str) else value).as_string(None)


def main() -> int:
    """Write the file, with the walls of the database that `make run` uses, or of ``DATABASE_URL``."""
    with at_home(env.read()) as home:
        os.environ |= {"DATABASE_URL": home.app_url, "DJANGO_SETTINGS_MODULE": "breakwater.server.settings"}
        django.setup()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(WALLS)
            KEPT.write_text(written(cursor.fetchall()), encoding="utf-8")
        connection.close_pool()
    return 0


if __name__ == "__main__":
    sys.exit(main())
