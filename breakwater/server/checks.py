"""What must be true before real use: asked at every start, answered with everything at once."""

import stat
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from breakwater.kernel.cipher import MasterKey, Unreadable
from breakwater.kernel.patience import WEB, within
from breakwater.kernel.tree import FILE, read
from breakwater.kernel.upkeep import Asked, how_far_apart
from breakwater.server import env
from breakwater.server.starting import refuse_without_upkeep, takes_lines, upkeep_of

_OLDEST = 150000

_ROLE = """
    WITH served AS (
        SELECT r.* FROM pg_roles r
        WHERE pg_has_role(session_user, r.oid, 'MEMBER') OR pg_has_role(current_user, r.oid, 'MEMBER')
    ), us AS (
        SELECT r.* FROM pg_roles r WHERE r.rolname IN (session_user, current_user)
    )
    SELECT
        (SELECT bool_or(rolsuper) FROM us),
        (SELECT bool_or(rolbypassrls) FROM us),
        (SELECT bool_or(rolcreaterole OR rolreplication) FROM us),
        (SELECT count(*) FROM pg_class c JOIN us ON us.oid = c.relowner WHERE c.relpersistence <> 't'),
        (SELECT count(*) FROM pg_proc p JOIN us ON us.oid = p.proowner),
        (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM served
            WHERE oid NOT IN (SELECT oid FROM us) AND NOT (SELECT bool_or(rolsuper) FROM us)
            AND (rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = served.oid))),
        has_schema_privilege('public', 'CREATE'),
        current_setting('fsync') = 'off',
        current_setting('full_page_writes') = 'off',
        current_setting('server_version_num')::int,
        '0' IN (current_setting('statement_timeout'), current_setting('lock_timeout'),
            current_setting('idle_in_transaction_session_timeout'))
"""


_CLOCK = "SELECT clock_timestamp(), to_regclass('django_migrations') IS NOT NULL"
_SINCE = "SELECT min(applied) FROM django_migrations"
_KEYS = "SELECT id, agency_id, wrapped FROM trust_datakey WHERE destroyed_at IS NULL"
_WRONG_KEY = (
    "BREAKWATER_MASTER_KEY does not open {shut} of the {keys} keys in the database: what they encrypt could not be"
    " read. Give the key they were wrapped in."
)
_HAS_TREES = """
    SELECT EXISTS (SELECT 1 FROM pg_attribute
        WHERE attrelid = to_regclass('trust_datakey') AND attname = 'tree' AND NOT attisdropped)
"""
_TREES = "SELECT DISTINCT tree FROM trust_datakey WHERE tree <> '' AND destroyed_at IS NULL"
_WRONG_PERSONS = (
    "BREAKWATER_PERSON_KEYS does not hold the keys of persons that this database was written with: what they encrypt"
    " could not be read. Give the folder that it was written with, or the copy that was made of it last."
)


def refuse_what_is_unsafe(
    environ: Mapping[str, str] | None = None, *, say: Callable[[str], None] | None = None
) -> env.Environment:
    """The environment; in production only when nothing about it, the role that serves or the server is unsafe.

    Args:
        environ: in place of the variables of this process.
        say: hears what is only to be said. With it somebody starts a program, and is asked for a backup and a clock; a
            process that is begun anew while others serve is not.

    Raises:
        WrongEnvironment: something is wrong; everything is named.
    """
    found, wrong = env.look(environ)
    if found.production:
        wrong += env.unsafe(found) + unsafe_database(found.database_url)
        wrong += wrong_keys(found)
        wrong += refuse_without_upkeep(found, asked_of_upkeep(found.database_url), say) if say else []
    if wrong:
        raise env.WrongEnvironment(wrong)
    return found


def everything_to_change() -> tuple[list[str], list[str]]:
    """Everything that must change before real use, and what is only to be said."""
    found, wrong = env.look()
    wrong += env.unsafe(found) + unsafe_database(found.database_url)
    wrong += wrong_keys(found)
    upkeep = upkeep_of(found, asked_of_upkeep(found.database_url))
    return wrong + [one.sentence for one in upkeep if one.is_wrong], [
        one.sentence for one in upkeep if not one.is_wrong
    ]


def unsafe_database(url: str) -> list[str]:
    """Everything about the role that serves and its server that must not be so in real use."""
    if not url:
        return []
    try:
        with psycopg.connect(within(url, WEB), connect_timeout=10) as connection:
            facts = connection.execute(_ROLE).fetchone()
    except psycopg.Error as trouble:
        return [
            f"DATABASE_URL does not let us in ({type(trouble).__name__}): nothing about its role can be checked."
        ]
    return _judged(facts) if facts else []


def wrong_keys(found: env.Environment) -> list[str]:
    """What is wrong with the keys that lie outside the database."""
    return [
        *wrong_master_key(found.database_url, found.master_key),
        *wrong_person_keys(found.database_url, found.person_keys),
    ]


def wrong_master_key(url: str, written: str) -> list[str]:
    """Whether the master key opens the keys that are there: with a wrong one every encrypted word would be lost."""
    master, shut = MasterKey(written), 0
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            if connection.execute("SELECT to_regclass('trust_datakey')").fetchone() == (None,):
                return []
            keys = connection.execute(_KEYS).fetchall()
    except psycopg.Error:
        return []  # told already
    for key, agency, wrapped in keys:
        try:
            master.unwrap(wrapped, key, agency)
        except Unreadable:
            shut += 1
    return [_WRONG_KEY.format(shut=shut, keys=len(keys))] if shut else []


def wrong_person_keys(url: str, folder: Path) -> list[str]:
    """Whether the keys of persons are the ones that this database was written with, and nobody else's to read."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            if connection.execute(_HAS_TREES).fetchone() == (False,):
                return []
            needed = {tree for (tree,) in connection.execute(_TREES)}
    except psycopg.Error:
        return []  # told already
    try:
        there = {tree.id for tree in read(folder / FILE)}
    except (OSError, ValueError, LookupError):
        there = set()
    if folder.exists() and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ["The folder of BREAKWATER_PERSON_KEYS is open to others on this machine: chmod 700."]
    if not takes_lines(folder):
        return ["BREAKWATER_PERSON_KEYS cannot be written to: nobody's key could be made or destroyed."]
    return [] if needed <= there else [_WRONG_PERSONS]


def asked_of_upkeep(url: str) -> Asked:
    """When the tables were made, and how far PostgreSQL's clock is from ours; nothing where it does not let us in."""
    if not url:
        return Asked()
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            began, before = time.monotonic(), datetime.now(UTC)
            theirs, is_made = connection.execute(_CLOCK).fetchone() or (before, False)
            took = time.monotonic() - began
            (since,) = (is_made and connection.execute(_SINCE).fetchone()) or (None,)
    except psycopg.Error:
        return Asked()  # told already
    return Asked(since, how_far_apart(theirs, before=before, took=took))


def _judged(facts: tuple[object, ...]) -> list[str]:
    is_super, bypasses, administers, tables, functions, reaches, creates, unsynced, torn, version, waits = (
        facts
    )
    judged = (
        (is_super, "The role that serves is a superuser: row security would not hold."),
        (bypasses, "The role that serves bypasses row security."),
        (administers, "The role that serves may make roles or copy the whole database."),
        (
            tables,
            f"The role that serves owns {tables} tables, sequences or views: it could switch row security off.",
        ),
        (functions, f"The role that serves owns {functions} functions: it could change what they allow."),
        (reaches, f"The role that serves can become {reaches}, which may do any of this."),
        (creates, "The role that serves may make tables: REVOKE CREATE ON SCHEMA public."),
        (unsynced, "fsync is off in PostgreSQL: a power cut would lose what was acknowledged."),
        (torn, "full_page_writes is off in PostgreSQL: a power cut could tear a page."),
        (isinstance(version, int) and version < _OLDEST, "PostgreSQL is older than 15."),
        (
            waits,
            "The startup parameter options does not reach PostgreSQL: nothing bounds how long a page waits.",
        ),
    )
    return [sentence for is_wrong, sentence in judged if is_wrong]
