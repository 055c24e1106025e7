"""Writes the functions in which board and case page ask: `python -m tests.asked_once` after a change of model or wall.

Row security sets up the wall of every table by itself, for every page, also where there is no row. This writes the
functions that ask in its place, as the owner of the tables. Every table with a wall stands in them within that very
wall, word for word as its policy says it of whoever asks. Who that is is asked once, and what of a circle stands open
to them once for a case. A table whose wall is not known is turned away, and so is a function of which nobody said that
it asks for itself.
"""

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import django
from psycopg import sql

from breakwater.server import env
from breakwater.server.home import at_home

KEPT = Path(__file__).resolve().parent.parent / "breakwater" / "desk" / "asked_once.sql"
"""Where it is kept, for the owner of the tables to copy into PostgreSQL."""

KINDS = ("care", "needs")
"""The kinds of information asked about once for all rows of a case, which lie in its circle by a key of two columns."""
BESIDE = ("who",)
"""Kinds asked about once as well, of rows that no key binds to the circle: in another circle their wall is in force."""

WALLS = """
    SELECT c.relname::text, CASE WHEN c.relrowsecurity THEN p.qual ELSE '' END
    FROM pg_class c LEFT JOIN pg_policies p
        ON p.schemaname = 'public' AND p.tablename = c.relname AND p.policyname = 'wall' AND p.cmd IN ('SELECT', 'ALL')
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND (p.qual IS NOT NULL OR NOT c.relrowsecurity)
"""
"""Asks the catalog for the wall of each table; an empty one is that of a table that everybody reads."""

_CALLS = {
    "array_agg", "array_position", "clock_timestamp", "coalesce", "greatest", "json_agg", "json_build_array",
    "json_object_agg", "now", "referrals_position", "unnest",
}  # fmt: skip
"""Functions that may stand in a question. The last asks itself who is told which place they have in a queue."""
_WORDS = {
    "from", "join", "where", "and", "or", "not", "on", "in", "any", "all", "exists", "when", "array", "lateral",
}  # fmt: skip

_AGENCY, _USER = "( SELECT trust_agency() AS trust_agency)", "( SELECT trust_user() AS trust_user)"
_READ = re.compile(r'(?<=FROM |JOIN )"(\w+)"(?: ([A-Z]\d+|[a-z]\w*))?')
_READ_BY_A_WALL = re.compile(r"(?<=FROM )(?!trust_grant g\b)(\w+) (\w+)(?=\s+WHERE)")
_CALLED = re.compile(r"\b([A-Za-z_]\w*) ?\(")
_WAITS_FOR = r'(FROM|INNER JOIN) "{table}"(?s:.*)"case_id" = \(?asked_case'
"""How a question reads a table without which it finds nothing: there is a row of it, and it is of the case."""
_HEAD = """\
-- Written by `python -m tests.asked_once`; a test keeps this file the same. Do not change it by hand.
-- What board and case page ask, as the owner of the tables, all behind the wall that row security puts before it.
"""
_GONE = """\
DROP FUNCTION IF EXISTS desk_rows(uuid[]);
"""
"""What was asked before, under walls that nobody holds against those of today."""
_BEGUN = """\
CREATE OR REPLACE FUNCTION {name}({told}) RETURNS {answer}
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $asked$
DECLARE
    asking_agency uuid := trust_agency();
    asking_user uuid := trust_user();
"""
_OF_ONE = """\
    {variables};
BEGIN
    IF asking_agency IS NULL THEN
        asked_case := NULL;
        asked_person := NULL;
    END IF;
    SELECT
        {opened}
    INTO {into}
    FROM cases_case one WHERE one.id = asked_case;
{seldom}\
    RETURN json_build_array(
    {questions});
END $asked$;
"""
_ANY = """\
    SELECT
        {any}
    INTO {into};
"""
_IF_ANY = """\
    IF any_{table} THEN
        SELECT
        {asked}
        INTO {into};
    END IF;
"""
_OF_MANY = """\
BEGIN
    IF asking_agency IS NOT NULL THEN
        {questions};
    END IF;
END $asked$;
"""
_WANTED = """\
(SELECT cases_case.*, opens.*
        FROM unnest(asked_cases) wanted
        JOIN cases_case ON cases_case.id = wanted
        CROSS JOIN LATERAL (SELECT
            {opened}
            FROM trust_grant g WHERE {stands}) opens
        WHERE {wall} OFFSET 0) c"""
_MANY = "asked_cases c"
_KNOWN = ", array_agg(c.id)\n    INTO said, said_of"
# What PostgreSQL says of the wall by circle that opens by one kind of information.
_STANDS = (
    f"(g.circle_id = {{table}}.circle_id) AND (g.agency_id = {_AGENCY})"
    " AND (g.starts_at <= now()) AND ((g.ends_at IS NULL) OR (g.ends_at > now()))"
    f" AND ((g.only_for_id IS NULL) OR (g.only_for_id = {_USER}))"
)
_OPENS = "('{kind}'::text = ANY ((g.information)::text[]))"
_WALL = f"(EXISTS ( SELECT 1 FROM trust_grant g WHERE ({_STANDS} AND {_OPENS}{{tagged}}) OFFSET 0))"
_TAGGED = " AND ({table}.segments <@ g.segments)"


@dataclass(frozen=True)
class Once:
    """What is asked once for all rows of a case.

    Args:
        opened: by kind of information, what holds the circle of the case where this kind stands open in it.
        circle: what holds the circle of the case.
        within: what comes before a table within its wall.
    """

    opened: Mapping[str, str]
    circle: str = ""
    within: str = ""

    def said(self, table: str, wall: str) -> str:
        """The wall of a table by what was asked once; nothing where it is another one."""
        for kind, variable in self.opened.items():
            lies = f"{table}.circle_id = {variable}"
            if wall == _wall_of(kind, table):
                return (
                    lies
                    if kind in KINDS
                    else f"({lies} OR {table}.circle_id <> {self.circle} AND {_asked(wall)})"
                )
            if wall == _wall_of(kind, table, tagged=True) and kind in KINDS:
                return f"({lies} AND ({table}.segments = '{{}}' OR {_asked(wall)}))"
        return ""


def function_of(
    name: str,
    questions: Mapping[str, str],
    walls: Mapping[str, str],
    seldom: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> str:
    """The SQL that makes the function that asks about one case.

    Args:
        questions: by name, expressions that read tables by their quoted names.
        walls: the wall of each table; see ``WALLS``.
        seldom: by table, the questions that find nothing where it has no row of the case.

    Raises:
        LookupError: a table is read of which no wall is known, a function is called that nobody vouched for, or a
            question that is seldom asked does not read the table that it waits for.
    """
    once = Once({kind: f"in_{kind}" for kind in KINDS})
    opened = (f"CASE WHEN {_asked(_wall_of(kind, 'one'))} THEN one.circle_id END" for kind in KINDS)
    asked = {one: _behind_walls(sql, once, walls) for one, sql in questions.items()}
    waits = {one: table for table, some in seldom.items() for one in some}
    variables = [f"{one} uuid" for one in once.opened.values()]
    variables += [f"any_{table} boolean" for table in seldom]
    variables += [f"told_{one} json := '[]'" for one in asked if one in waits]
    return _BEGUN.format(name=name, told="asked_case uuid, asked_person uuid", answer="json") + _OF_ONE.format(
        variables=";\n    ".join(variables), opened=",\n        ".join(opened), into=", ".join(once.opened.values()),
        seldom=_asked_seldom(questions, asked, seldom, lambda sql: _behind_walls(sql, once, walls)),
        questions=",\n    ".join(f"told_{one}" if one in waits else sql for one, sql in asked.items()),
    )  # fmt: skip


def _asked_seldom(
    questions: Mapping[str, str],
    asked: Mapping[str, str],
    seldom: Mapping[str, tuple[str, ...]],
    walled: Callable[[str], str],
) -> str:
    """Whether there is any of each in the case, behind its wall as well; and only then the rest."""
    for table, some in seldom.items():
        if missing := [one for one in some if not re.search(_WAITS_FOR.format(table=table), questions[one])]:
            raise LookupError(f"found without {table}: {', '.join(missing)}")
    if not seldom:
        return ""
    there = (walled(f'EXISTS (SELECT 1 FROM "{table}" WHERE case_id = asked_case)') for table in seldom)
    parts = [_ANY.format(any=",\n        ".join(there), into=", ".join(f"any_{one}" for one in seldom))]
    parts += [
        _IF_ANY.format(
            table=table, asked=",\n        ".join(asked[one] for one in some),
            into=", ".join(f"told_{one}" for one in some),
        )
        for table, some in seldom.items()
    ]  # fmt: skip
    return "".join(parts)


def function_of_many(name: str, question: str, walls: Mapping[str, str]) -> str:
    """The SQL that makes the function that asks about many cases: what is said, and of which of them.

    A case is read once, within its wall; all else in its circle by what of it stands open.

    Args:
        question: has blanks for which are ``wanted``, and for what tells which are ``known``.

    Raises:
        LookupError: as above.
    """
    kinds, case = (*KINDS, *BESIDE), "cases_case"
    once = Once({kind: f"c.in_{kind}" for kind in kinds}, "c.circle_id", within="LATERAL ")
    wall = Once({kind: f"opens.in_{kind}" for kind in KINDS}).said(
        case, " ".join(_known(walls, case).split())
    )
    if not wall:
        raise LookupError("the wall of a case is not that of its circle")
    opened = (
        f"CASE WHEN bool_or{_OPENS.format(kind=kind)} THEN {case}.circle_id END AS in_{kind}"
        for kind in kinds
    )
    asked = _behind_walls(question.format(wanted=_MANY, known=_KNOWN), once, walls)
    wanted = _WANTED.format(
        opened=",\n            ".join(opened), stands=_asked(_STANDS.format(table=case)), wall=wall
    )
    told = "asked_cases uuid[], OUT said json, OUT said_of uuid[]"
    return _BEGUN.format(name=name, told=told, answer="record") + _OF_MANY.format(
        questions=asked.replace(_MANY, wanted)
    )


def _behind_walls(questions: str, once: Once, walls: Mapping[str, str]) -> str:
    """The questions, each table in them within its wall."""

    def walled(found: re.Match[str]) -> str:
        table, called = found[1], found[2] or f'"{found[1]}"'
        wall = _known(walls, table)
        said = wall and _said(table, wall, once, walls)
        return f"{once.within}(SELECT * FROM {table} WHERE {said}) {called}" if wall else found[0]

    written = _READ.sub(walled, questions)
    if strange := {call.lower() for call in _CALLED.findall(written)} - _CALLS - _WORDS:
        raise LookupError(f"nobody said that it asks for itself: {', '.join(sorted(strange))}")
    return written


def _known(walls: Mapping[str, str], table: str) -> str:
    if table not in walls:
        raise LookupError(f"no wall of {table} is known")
    return walls[table]


def _said(table: str, wall: str, once: Once, walls: Mapping[str, str]) -> str:
    """The wall of a table as the function says it: what holds for the whole circle by what was asked once."""
    told = " ".join(wall.split())
    if said := once.said(table, told):
        return said

    def within(found: re.Match[str]) -> str:
        beneath = _known(walls, found[1])
        return f"(SELECT * FROM {found[1]} WHERE {_asked(beneath)}) {found[2]}" if beneath else found[0]

    return _asked(_READ_BY_A_WALL.sub(within, told))


def _asked(wall: str) -> str:
    """A wall, of whoever asks."""
    return " ".join(wall.split()).replace(_AGENCY, "asking_agency").replace(_USER, "asking_user")


def _wall_of(kind: str, table: str, *, tagged: bool = False) -> str:
    """What PostgreSQL says of a wall by circle; ``tagged`` rows carry segments of their own."""
    return _WALL.format(kind=kind, table=table, tagged=_TAGGED.format(table=table) if tagged else "")


def written(walls: Iterable[tuple[str, str]]) -> str:
    """The file, from the models of today and the walls that stand."""
    from breakwater.desk import rows
    from breakwater.desk.panels import OF_CASE, SELDOM

    questions, known = OF_CASE.written_out(_literal, case="asked_case", person="asked_person"), dict(walls)
    seldom = {model._meta.db_table: some for model, some in SELDOM.items()}
    of_many = function_of_many(rows.BY, rows.OF_CASES, known)
    return "\n".join((_HEAD + _GONE, of_many, function_of(OF_CASE.by, questions, known, seldom)))


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
