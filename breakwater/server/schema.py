"""The tables, and the runtime role that owns none of them."""

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

RUNTIME_ROLE = "breakwater_app"
APPEND_ONLY = ("trust_entry", "trust_sighting")
_PACKAGE = Path(__file__).resolve().parent.parent

_UNSAFE = """
    SELECT session_user::text, current_user::text,
        (SELECT bool_or(rolsuper) FROM pg_roles WHERE rolname IN (session_user, current_user)),
        (SELECT bool_or(rolbypassrls) FROM pg_roles WHERE rolname IN (session_user, current_user)),
        (SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner IN (session_user, current_user)),
        current_setting('fsync'),
        current_setting('server_version_num')::int
"""


def is_current(url: str) -> bool:
    """Whether every migration on disk was applied. Cheap: one query and one look at the folders."""
    wanted = {
        (path.parent.parent.name, path.stem)
        for path in _PACKAGE.glob("*/migrations/[0-9]*.py")
    }
    try:
        with psycopg.connect(url) as connection:
            applied = set(connection.execute("SELECT app, name FROM django_migrations"))
    except psycopg.errors.UndefinedTable:
        return False
    return wanted <= applied


def is_empty(url: str) -> bool:
    """Whether nobody has founded an agency yet."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT NOT EXISTS (SELECT 1 FROM trust_agency)").fetchone()
    return bool(row and row[0])


def runtime_url(owner_url: str) -> str:
    """The owner's URL, acting as the runtime role: for one laptop with one credential."""
    separator = "&" if "?" in owner_url else "?"
    return f"{owner_url}{separator}options={quote(f'-c role={RUNTIME_ROLE}')}"


def make_runtime_role(owner_url: str) -> None:
    """Have the runtime role, and let the owner act as it. Harmless when it is there."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (RUNTIME_ROLE,)).fetchone():
            connection.execute(f"CREATE ROLE {RUNTIME_ROLE} NOLOGIN")
        connection.execute(f"GRANT {RUNTIME_ROLE} TO CURRENT_USER")


def grant_runtime(owner_url: str, role: str) -> None:
    """Let the runtime role work on every table, and rewrite none that only grows."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        name = sql.Identifier(role)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
        ):
            connection.execute(sql.SQL(statement).format(name))
        for table in APPEND_ONLY:
            connection.execute(
                sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), name)
            )


def role_in(url: str) -> str:
    """The role a URL works as."""
    acting_as = re.search(r"role%3D(\w+)|role=(\w+)", url)
    return (acting_as.group(1) or acting_as.group(2)) if acting_as else str(urlsplit(url).username or "")


def unsafe_for_production(url: str) -> list[str]:
    """Everything about the runtime role and its server that must not be so in real use."""
    with psycopg.connect(url) as connection:
        row = connection.execute(_UNSAFE).fetchone()
    if row is None:
        return ["The database does not say who serves."]
    _, _, is_super, bypasses, owned, fsync, version = row
    return [
        sentence
        for is_wrong, sentence in (
            (is_super, "The runtime role is a superuser: row security would not hold."),
            (bypasses, "The runtime role bypasses row security."),
            (owned, f"The runtime role owns {owned} tables: it could switch row security off."),
            (fsync != "on", "fsync is off in PostgreSQL: a power cut would lose what was acknowledged."),
            (version < 150000, "PostgreSQL is older than 15."),  # noqa: PLR2004 - as PostgreSQL counts
        )
        if is_wrong
    ]
