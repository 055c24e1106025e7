"""Settles the demo county once it has been filled: two years of history were lived through in a minute.

What was written down bears the moment of the database, which is now. In the county it was written down when it
happened, or later where somebody was late; the owner of the tables says so, once, before anybody has signed in.
Nothing else may, and nothing in real use ever does: whoever serves cannot switch a trigger off.
"""

import psycopg
from psycopg import sql

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
