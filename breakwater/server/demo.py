"""Fills the demo county, and settles it: two years of history were lived through in a minute.

What was written down bears the moment of the database, which is now. In the county it was written down when it
happened, or later where somebody was late; the owner of the tables says so, once, before anybody has signed in.
Nothing else may, and nothing in real use ever does: whoever serves cannot switch a trigger off.
"""

import psycopg
from psycopg import sql

from breakwater.server import schema
from breakwater.server.embedded import DATABASE, DatabaseTrouble
from breakwater.server.home import Home

_FIRST = "Harbor Crisis Line"
"""The agency of the county that is founded first; ``LINE`` in the simulation, which only what fills it reads."""
_UNDER_WAY = "The demo county is being filled"
_WRITTEN = ("trust_entry", "cases_note", "cases_amendment", "cases_attempt")

# Entries of one story are written one after another: each no earlier than the latest moment told before it.
_STORY = """
    WITH told AS (
        SELECT id, max(at) OVER (PARTITION BY coalesce(episode, about) ORDER BY id) AS written FROM trust_entry
    )
    UPDATE trust_entry e SET recorded_at = told.written
    FROM told WHERE told.id = e.id AND told.written < e.recorded_at
"""
_BEHIND = """
    UPDATE {table} row SET recorded_at = e.recorded_at
    FROM trust_entry e WHERE e.about = row.id AND e.verb = %s AND e.recorded_at < row.recorded_at
"""
_VERBS = {
    "cases_note": "cases.note_added",
    "cases_amendment": "cases.note_amended",
    "cases_attempt": "cases.follow_up_attempted",
}


def is_wanted(home: Home) -> bool:
    """Whether nobody has founded an agency here. What a start left half filled is thrown away first.

    Raises:
        DatabaseTrouble: it lies in a database that is not ours to throw away.
    """
    if _was_cut_short(home.owner_url):
        if home.cluster is None:
            raise DatabaseTrouble(
                "Filling the demo county was cut short, and this database holds a part of it."
                " Name an empty one in DATABASE_URL."
            )
        with home.cluster.connect() as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
        home.cluster.start()
        home.migrate()
    return schema.is_empty(home.app_url)


def is_here(home: Home) -> bool:
    """Whether this is the demo county, as far as its first agency tells."""
    with psycopg.connect(home.app_url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM trust_agency WHERE name = %s)", (_FIRST,)
        ).fetchone()
    return bool(row and row[0])


def fill(home: Home, *arguments: str, check: bool = True) -> int:
    """Fill it, with a mark until it is whole. Returns the exit code of what fills it."""
    if not home.owner_url or not schema.is_empty(home.app_url):
        return home.manage("seed", *arguments, check=check)
    with schema.held(home.owner_url):
        _mark(home.owner_url, _UNDER_WAY)
        failed = home.manage("seed", *arguments, check=check)
        if not failed:
            settle(home.owner_url)
            _mark(home.owner_url, None)
    return failed


def _mark(owner_url: str, words: str | None) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(sql.SQL("COMMENT ON TABLE trust_agency IS {}").format(sql.Literal(words)))


def _was_cut_short(owner_url: str) -> bool:
    """Whether it was begun, and nobody is at it. Once somebody has signed in, it is theirs as it is."""
    with schema.held(owner_url), psycopg.connect(owner_url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT obj_description('trust_agency'::regclass) = %s AND NOT EXISTS (SELECT 1 FROM trust_session)",
            (_UNDER_WAY,),
        ).fetchone()
    return bool(row and row[0])


def settle(owner_url: str) -> None:
    """Let the county's record bear the moments at which it was written, and let PostgreSQL know its tables."""
    with psycopg.connect(owner_url) as connection:
        for table in _WRITTEN:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        connection.execute(_STORY)
        for table, verb in _VERBS.items():
            connection.execute(sql.SQL(_BEHIND).format(table=sql.Identifier(table)), (verb,))
        for table in _WRITTEN:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("ANALYZE")
