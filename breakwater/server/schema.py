"""The tables, and the runtime role that owns none of them."""

import importlib.util
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from breakwater.server.declared import COPIES, copied, copy_declared
from breakwater.server.embedded import APP, DatabaseTrouble

APPEND_ONLY = ("trust_entry", "trust_sighting", "trust_decision", "trust_seal")
"""Tables that only grow: the runtime role may add to them and read them, nothing else."""

NOT_OURS_TO_WRITE = ("django_migrations", "trust_datakey", "trust_blanked", *COPIES)

NOT_OURS_TO_CALL = (
    "cases_comes_home(uuid,uuid)",
    "cases_excuses(uuid,uuid[],text)",
    "cases_follows_home(uuid,uuid,uuid)",
    "cases_held_before_home(uuid,uuid)",
    "cases_is_heard(bigint,uuid)",
    "cases_reaches(uuid,uuid)",
    "cases_tells(uuid,uuid,text,uuid,jsonb)",
    "portal_ask_stands(uuid)",
    "portal_is_read_by_others(uuid)",
    "portal_protected_since(uuid)",
    "portal_speaks(uuid)",
    "referrals_bed_in_turn(uuid)",
    "referrals_gives_back(uuid[],text)",
)
"""What only functions of the owner call. To keep it from all is too little: who serves is given each later one."""

_WAIT = 10
_SETS_APART = 160000
_PACKAGE = Path(__file__).resolve().parent.parent
_LIBRARIES = {"procrastinate": "procrastinate.contrib.django.migrations"}

_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {role}",
)
# A wall is made for everybody, and then stands before whoever serves: before the owner of the tables, who keeps the
# whole, PostgreSQL would carry it through each of the owner's functions for nothing. Whoever is named by no policy of a
# table is shown nothing of it. What others made for a role of theirs, and the policies of the owner, stay as they are.
_NOT_BEFORE_THEM = """
    SELECT tablename::text, policyname::text FROM pg_policies
    WHERE schemaname = 'public' AND policyname <> 'keeper' AND NOT %(role)s = ANY(roles) AND roles IN (
        '{public}', (SELECT roles FROM pg_policies
            WHERE schemaname = 'public' AND tablename = 'trust_entry' AND policyname = 'wall'))
"""
_HAS_EVERY_GRANT = f"""
    SELECT coalesce(bool_and(has_table_privilege(%(role)s, c.oid, 'SELECT')), true)
        AND NOT bool_or(c.relname = ANY(%(append_only)s)
            AND has_table_privilege(%(role)s, c.oid, 'UPDATE, DELETE, TRUNCATE'))
        AND NOT bool_or(c.relname = ANY(%(not_ours)s)
            AND has_table_privilege(%(role)s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
        AND NOT EXISTS (SELECT 1 FROM unnest(%(uncalled)s::text[]) f
            WHERE has_function_privilege(%(role)s, to_regprocedure(f), 'EXECUTE'))
        AND NOT EXISTS ({_NOT_BEFORE_THEM})
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""


def is_current(url: str, role: str) -> bool:
    """Whether every migration on disk was applied and the runtime role may work. Cheap: no Django, two queries."""
    with _connect(url) as connection:
        try:
            applied = set(connection.execute("SELECT app, name FROM django_migrations"))
            held = connection.execute(
                _HAS_EVERY_GRANT,
                {"role": role, "append_only": list(APPEND_ONLY), "not_ours": list(NOT_OURS_TO_WRITE),
                 "uncalled": list(NOT_OURS_TO_CALL)},
            ).fetchone()  # fmt: skip
            is_copied = copied(connection)
        except (errors.UndefinedTable, errors.UndefinedObject, errors.InsufficientPrivilege):
            return False
    return _on_disk() <= applied and bool(held and held[0]) and is_copied


def is_empty(url: str) -> bool:
    """Whether nobody has founded an agency yet."""
    with _connect(url) as connection:
        row = connection.execute("SELECT NOT EXISTS (SELECT 1 FROM trust_agency)").fetchone()
    return bool(row and row[0])


def runtime_url(owner_url: str) -> str:
    """The owner's address, working as the runtime role: for one laptop with one credential."""
    parts = urlsplit(owner_url)
    query = dict(parse_qsl(parts.query))
    query["options"] = f"{query.get('options', '')} -c role={APP}".strip()
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))


def make_runtime_role(owner_url: str) -> None:
    """Have the runtime role, and let the owner work as it. Harmless when all is so already.

    Raises:
        DatabaseTrouble: this user may not make roles.
    """
    try:
        with _connect(owner_url) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APP,)).fetchone():
                connection.execute(f"CREATE ROLE {APP} NOLOGIN")
            # From PostgreSQL 16 on, who makes a role is its member, and yet may not work as it.
            right = "SET" if connection.info.server_version >= _SETS_APART else "MEMBER"
            row = connection.execute("SELECT pg_has_role(%s, %s)", (APP, right)).fetchone()
            if not (row and row[0]):
                connection.execute(f"GRANT {APP} TO CURRENT_USER")
    except errors.InsufficientPrivilege as trouble:
        raise DatabaseTrouble(
            f"The user of DATABASE_URL may not make the role {APP}, which owns nothing and serves. Have it made, and"
            " granted to that user, or give two addresses: DATABASE_URL to serve and DATABASE_OWNER_URL to migrate."
        ) from trouble


def grant_runtime(owner_url: str, role: str) -> None:
    """Let the runtime role work on every table of today and tomorrow; make none, and rewrite none that only grows.

    What stands in files is copied by the way: how each table is erased, and for how long the law wants what kept.
    """
    with _connect(owner_url) as connection, connection.transaction():
        name = sql.Identifier(role)
        copy_declared(connection)
        for statement in _GRANTS:
            connection.execute(sql.SQL(statement).format(role=name))
        for tables, kept_from in (
            (APPEND_ONLY, "UPDATE, DELETE"),
            (NOT_OURS_TO_WRITE, "INSERT, UPDATE, DELETE"),
        ):
            for table in tables:
                if connection.execute("SELECT to_regclass(%s) IS NOT NULL", (table,)).fetchone() == (True,):
                    connection.execute(
                        sql.SQL(f"REVOKE {kept_from} ON {{table}} FROM {{role}}").format(
                            table=sql.Identifier(table), role=name
                        )
                    )
        for function in NOT_OURS_TO_CALL:
            if connection.execute("SELECT to_regprocedure(%s) IS NOT NULL", (function,)).fetchone() == (
                True,
            ):
                order = sql.SQL("REVOKE ALL ON FUNCTION {function} FROM PUBLIC, {role}")
                connection.execute(order.format(function=sql.SQL(function), role=name))
        _stand_walls_before(connection, role)


def _stand_walls_before(connection: "psycopg.Connection[Any]", role: str) -> None:
    """Have the walls stand before this role, and before no other."""
    for named in connection.execute(_NOT_BEFORE_THEM, {"role": role}).fetchall():
        table, policy, name = map(sql.Identifier, (*named, role))
        connection.execute(
            sql.SQL("ALTER POLICY {policy} ON {table} TO {name}").format(
                policy=policy, table=table, name=name
            )
        )


@contextmanager
def held(owner_url: str) -> Iterator[None]:
    """Let nobody else change the tables meanwhile."""
    with _connect(owner_url) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('breakwater: change the tables'))")
        yield


def role_in(url: str) -> str:
    """The role that an address works as."""
    parts = conninfo_to_dict(url)
    chosen = re.search(r"role=(\S+)", str(parts.get("options") or ""))
    return chosen.group(1) if chosen else str(parts.get("user") or "")


def _connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection that commits each statement.

    Raises:
        DatabaseTrouble: the database does not answer, or does not let us in.
    """
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=_WAIT)
    except psycopg.OperationalError as trouble:
        raise DatabaseTrouble(
            f"The database does not let us in: {str(trouble).strip().splitlines()[-1]}"
        ) from trouble


def _on_disk() -> set[tuple[str, str]]:
    """The migrations of our apps and of the libraries that bring some."""
    folders = {folder.parent.name: folder for folder in _PACKAGE.glob("*/migrations")}
    for label, module in _LIBRARIES.items():
        spec = importlib.util.find_spec(module)
        if spec and spec.origin:
            folders[label] = Path(spec.origin).parent
    return {(label, path.stem) for label, folder in folders.items() for path in folder.glob("[0-9]*.py")}
