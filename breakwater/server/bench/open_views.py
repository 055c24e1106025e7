"""The views that carry a wall themselves, once more without it, for whoever is served without walls."""

import re

import psycopg

from breakwater.server.embedded import ADMIN

_SCHEMA = "unwalled"
_WALL = re.compile(r"\(?EXISTS \( SELECT 1\s+FROM trust_grant g\s.*?OFFSET 0\)\)?", re.DOTALL)
_VIEWS = """
    SELECT viewname, definition FROM pg_views
    WHERE schemaname = 'public' AND definition LIKE '%FROM trust_grant g%' ORDER BY viewname
"""


def without_walls(url: str) -> int:
    """Make each of them again in a schema that the superuser looks into first. Returns how many there are."""
    with psycopg.connect(url, autocommit=True) as root:
        found = root.execute(_VIEWS).fetchall()
        root.execute(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
        for name, definition in found:
            open_to_all, walls = _WALL.subn("true", definition)
            if not walls:
                raise RuntimeError(f"the wall of {name} was not found")
            root.execute(f"CREATE OR REPLACE VIEW {_SCHEMA}.{name} WITH (security_barrier) AS {open_to_all}")  # type: ignore[arg-type]
        root.execute(f"ALTER ROLE {ADMIN} IN DATABASE breakwater SET search_path = {_SCHEMA}, public")
    return len(found)
