"""What the owner of the tables copies from files into PostgreSQL.

That is how each table is erased, for how long what is kept, and what a page asks in one function. Both who erases and
who serves believe what lies there, and the role that serves cannot write it.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

_PACKAGE = Path(__file__).resolve().parent.parent
_FUNCTION = re.compile(r"FUNCTION (?P<name>\w+)\(.*?AS \$asked\$(?P<body>.*?)\$asked\$", re.DOTALL)
Row = tuple[Any, ...]

COPIES = {
    "trust_erasable": ("name", "goes", "chosen", "sets", "afterwards", "unless", "why"),
    "trust_retentionlaw": ("law", "rule", "after", "years", "age", "kinds", "but"),
}
"""The tables that are copies of files, and their columns."""


def declared(table: str) -> list[Row]:
    """What the files say, in order."""
    found = _erasable() if table == "trust_erasable" else _retention()
    return sorted(found)


def copied(connection: "psycopg.Connection[Any]") -> bool:
    """Whether PostgreSQL says what the files say."""
    bodies = {one["name"]: one["body"] for whole in _asking() for one in _FUNCTION.finditer(whole)}
    there = connection.execute(
        "SELECT proname::text, prosrc FROM pg_proc WHERE proname = ANY (%s)", ([*bodies],)
    )
    return dict(there) == bodies and all(
        sorted(connection.execute(f"SELECT {', '.join(columns)} FROM {table}")) == declared(table)
        for table, columns in COPIES.items()
    )


def copy_declared(connection: "psycopg.Connection[Any]") -> None:
    """Write down what the files say, as the owner of the tables."""
    for whole in _asking():
        connection.execute(whole)
    for table, columns in COPIES.items():
        connection.execute(f"DELETE FROM {table}")
        blanks = ", ".join(["%s"] * len(columns))
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({blanks})", declared(table)
            )


def _asking() -> list[str]:
    """The files with the functions in which pages ask."""
    return [path.read_text(encoding="utf-8") for path in sorted(_PACKAGE.glob("*/asked_once.sql"))]


def _erasable() -> Iterator[Row]:
    for path in sorted(_PACKAGE.glob("*/erasing.toml")):
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        yield from _of_one_app(said)


def _of_one_app(said: dict[str, Any]) -> Iterator[Row]:
    """The rows of one app's file. Keys: ``circle``, ``of``, ``where``, ``after``, ``sets``, ``unless``, ``stays``."""
    unless = {name: (one["is"], one["says"]) for name, one in said.get("unless", {}).items()}
    chosen = dict.fromkeys(said.get("circle", ()), "it.circle_id = $1") | said.get("where", {})
    parts: dict[str, list[str]] = said.get("of", {})
    chosen |= {name: _part(name, parts, chosen) for name in parts}
    for name, where in chosen.items():
        yield name, True, where, "", False, *unless.get(name, ("", ""))
    for name, where in said.get("after", {}).items():
        yield name, True, where, "", True, "", ""
    for name, one in said.get("sets", {}).items():
        yield name, False, one["where"], one["to"], one.get("after", False), *unless.get(name, ("", ""))
    for name, why in said.get("stays", {}).items():
        yield name, False, "", "", False, "", why


def _part(name: str, parts: dict[str, list[str]], chosen: dict[str, str]) -> str:
    """The rows of a table whose whole goes."""
    column, whole = parts[name]
    where = _part(whole, parts, chosen) if whole in parts else chosen[whole]
    return f"it.{column} IN (SELECT it.id FROM {whole} it WHERE {where})"


def _retention() -> Iterator[Row]:
    for path in sorted(_PACKAGE.glob("trust/law/*.toml")):
        law = tomllib.loads(path.read_text(encoding="utf-8"))
        for rule, one in law["retention"].items():
            yield (
                law["code"], rule, one["after"], one["years"], one.get("until_age", 0),
                one["agencies"], one.get("not_for", []),
            )  # fmt: skip
