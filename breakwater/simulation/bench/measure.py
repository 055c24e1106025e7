"""Builds a size, starts the production server on it, and measures every line against its floor."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import psycopg

from breakwater.server import schema
from breakwater.server.embedded import Cluster
from breakwater.server.processes import end_group
from breakwater.server.supervisor import is_free, wait_for_port
from breakwater.simulation import names
from breakwater.simulation.bench.build import Staff
from breakwater.simulation.bench.load import Request, Timing, run

_TOKEN = "a" * 32
_MOST_SECONDS = 20.0


@dataclass(frozen=True)
class Line:
    """One page or act: how it is asked of Breakwater, and how of the floor."""

    name: str
    make: Callable[[int], Request]
    floor: Callable[[int, int], Request]
    target: tuple[float, float]
    most_queries: int | None = None
    count: int = 250


@dataclass(frozen=True)
class Measured:
    """One line at one size."""

    name: str
    alone: Timing
    together: Timing
    floor_alone: Timing
    floor_together: Timing
    queries: int

    @property
    def ratios(self) -> tuple[float, float]:
        """How many times the floor: by median with one connection, by requests a second with sixteen."""
        return self.alone.at(0.5) / self.floor_alone.at(0.5), self.floor_together.rate / self.together.rate


def measure(size: int, folder: Path, *, quick: bool) -> list[Measured]:
    """Everything at one size, on a database cluster of its own that really waits for the disk."""
    cluster = Cluster(folder / f"bench-{size}").start()
    owner, app = cluster.url("breakwater_owner"), cluster.url("breakwater_app")
    environment = os.environ | {
        "DATABASE_URL": app,
        "DJANGO_SETTINGS_MODULE": "breakwater.server.settings",
        "BENCH_OWNER_URL": cluster.url("breakwater_admin", "breakwater"),
        "BREAKWATER_DEBUG": "0",
    }
    try:
        manage = [sys.executable, "-m", "django"]
        subprocess.run(
            [*manage, "migrate", "--skip-checks", "--verbosity", "0"],
            env=environment | {"DATABASE_URL": owner},
            check=True,
        )
        schema.grant_runtime(owner, "breakwater_app")
        told = subprocess.run(
            [*manage, "bench", "--fill", str(size)], env=environment | {"DATABASE_URL": environment["BENCH_OWNER_URL"]},
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        session = json.loads(told.splitlines()[-1])
        queries = _queries(environment, session)
        return _with_server(environment, session, queries, quick=quick)
    finally:
        cluster.stop()


def _queries(environment: dict[str, str], session: dict[str, str]) -> dict[str, int]:
    """How many statements each page asks, counted in a process of its own."""
    paths = {"now": "/", "case": f"/case/{session['case']}/", "matches": _matches_path(0)}
    said = subprocess.run(
        [sys.executable, "-m", "django", "bench", "--count", json.dumps({"key": session["key"], "paths": paths})],
        env=environment, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    counted: dict[str, int] = json.loads(said.splitlines()[-1])
    return counted


def _with_server(
    environment: dict[str, str], session: dict[str, str], queries: dict[str, int], *, quick: bool
) -> list[Measured]:
    port = next(port for port in range(18_500, 18_600) if is_free(port))
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "breakwater.simulation.bench.floor:application", "--port", str(port), "--workers", "2",
         "--log-level", "error", "--no-access-log", "--lifespan", "off", "--timeout-graceful-shutdown", "2"],
        env=environment, stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        if not wait_for_port(port, until=lambda: server.poll() is not None):
            raise RuntimeError("the server does not come up")
        return [_measured(port, line, queries, quick=quick) for line in lines(session)]
    finally:
        end_group(server)


def _measured(port: int, line: Line, queries: dict[str, int], *, quick: bool) -> Measured:
    count = line.count // 4 if quick else line.count
    run(port, line.make, connections=4, requests=40, at_most=_MOST_SECONDS)
    size = run(port, line.make, connections=1, requests=4).size

    def floor(number: int) -> Request:
        return line.floor(number, size)

    run(port, floor, connections=4, requests=40, at_most=_MOST_SECONDS)
    alone, floor_alone = _in_turns(port, line.make, floor, connections=1, count=count)
    together, floor_together = _in_turns(port, line.make, floor, connections=16, count=count * 3)
    failed = alone.failed + together.failed + floor_alone.failed + floor_together.failed
    if failed:
        raise RuntimeError(f"{line.name}: {failed} requests failed; a figure of them would mean nothing")
    return Measured(
        line.name,
        alone,
        together,
        floor_alone,
        floor_together,
        queries.get(line.name.split()[0].lower().strip(","), 0),
    )


def _in_turns(
    port: int,
    make: Callable[[int], Request],
    floor: Callable[[int], Request],
    *,
    connections: int,
    count: int,
) -> tuple[Timing, Timing]:
    """Breakwater and the floor by turns, so that a noisy minute falls on both."""
    ours, theirs = [], []
    for _ in range(3):
        ours.append(run(port, make, connections=connections, requests=count // 3, at_most=_MOST_SECONDS))
        theirs.append(run(port, floor, connections=connections, requests=count // 3, at_most=_MOST_SECONDS))
    return _joined(ours), _joined(theirs)


def _joined(parts: list[Timing]) -> Timing:
    seconds = [one for part in parts for one in part.seconds]
    took = sum(len(part.seconds) / part.rate for part in parts)
    return Timing(seconds, len(seconds) / took, sum(part.failed for part in parts), parts[-1].size)


def lines(session: dict[str, str]) -> list[Line]:
    """Every page and act that is measured."""
    cookie = {"Cookie": f"sessionid={session['key']}; csrftoken={_TOKEN}"}
    told = {name: session[name] for name in ("agency", "user", "case", "circle")}

    def get(path: str) -> Request:
        return ("GET", path, cookie, b"")

    def post(path: str, fields: dict[str, str]) -> Request:
        body = urlencode(fields | {"csrfmiddlewaretoken": _TOKEN, "idempotency_key": str(uuid4())}).encode()
        return ("POST", path, cookie, body)

    def floor(act: str, **more: str) -> Callable[[int, int], Request]:
        return lambda number, size: (
            "GET",
            f"/floor/{act}/?" + urlencode(told | more | {"bytes": size}),
            {},
            b"",
        )

    intake = {"what_is_happening": "Nowhere to sleep tonight.", "known_as": "Bench Person", "danger_self": "possible", "code": "B",
              "asked_by": "self", "owner": "me", "phone_safety": "ask_first"}  # fmt: skip
    note = {"kind": "call", "words": "Spoke with them."}
    return [
        Line("Now, 50 rows", lambda n: get("/"), floor("now"), (6, 7), 8),
        Line("Case page", lambda n: get(f"/case/{session['case']}/"), floor("case"), (7, 8), 12),
        Line("Save an intake", lambda n: post("/cases/intake/", intake), floor("intake"), (6, 6)),
        Line("Add a note", lambda n: post(f"/cases/{session['case']}/note/", note), floor("note"), (6, 6)),
        Line("Matches as typed", lambda n: get(_matches_path(n)), lambda n, size: ("GET", f"/floor/matches/?{urlencode({'name': _typed(n).lower(), 'bytes': size})}", {}, b""), (6, 6), 4),
    ]  # fmt: skip


def _typed(number: int) -> str:
    chance = random.Random(number)  # noqa: S311 - the same names in every run
    return f"{chance.choice(names.FIRST)} {chance.choice(names.LAST)}"


def _matches_path(number: int) -> str:
    return f"/people/matches/?{urlencode({'known_as': _typed(number)})}"


def session_for(staff: Staff, url: str) -> dict[str, str]:
    """A signed-in session of a worker, made in the database, and one of their open cases."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT c.id, c.circle_id FROM cases_case c JOIN cases_assignment a ON a.case_id = c.id AND a.ends_at IS NULL"
            " WHERE c.agency_id = %s ORDER BY c.asked_at DESC LIMIT 1",
            (staff.agency,),
        ).fetchone()
        key = f"bench{uuid4().hex[:27]}"
        connection.execute(
            "INSERT INTO trust_session (session_key, session_data, expire_date, user_id) VALUES (%s, '', %s, %s)",
            (key, datetime(2099, 1, 1, tzinfo=UTC), staff.user),
        )
    case, circle = row or ("", "")
    return {
        "key": key,
        "user": str(staff.user),
        "agency": str(staff.agency),
        "case": str(case),
        "circle": str(circle),
    }
