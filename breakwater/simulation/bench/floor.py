"""The floor: the least that could answer. The same server, the same rows, psycopg and one format string a row.

No actor, no walls, no journal, no sightings, no templates. What a page costs above this is what Breakwater costs.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from psycopg_pool import ConnectionPool

from breakwater.server.asgi import application as breakwater

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_pool: ConnectionPool | None = None

_NOW = """
    SELECT c.id, c.number, p.known_as, first.due_at, u.name, t.code, s.words, n.happened_at,
        (SELECT json_agg(json_build_array(k.kind, k.due_at)) FROM clocks_clock k WHERE k.episode = c.id AND k.ended_at IS NULL),
        (SELECT json_agg(json_build_array(d."to", d.level)) FROM cases_danger d WHERE d.case_id = c.id AND d.ends_at IS NULL)
    FROM clocks_clock first
    JOIN cases_case c ON c.id = first.episode
    JOIN people_person p ON p.id = c.person_id
    JOIN cases_assignment a ON a.case_id = c.id AND a.part = 'owner' AND a.ends_at IS NULL
    JOIN trust_user u ON u.id = a.worker_id
    LEFT JOIN cases_triage t ON t.case_id = c.id AND t.ends_at IS NULL
    LEFT JOIN LATERAL (SELECT words FROM plans_step s WHERE s.case_id = c.id AND s.ends_at IS NULL ORDER BY due_at LIMIT 1) s ON true
    LEFT JOIN LATERAL (SELECT happened_at FROM cases_note n WHERE n.case_id = c.id AND n.reached ORDER BY happened_at DESC LIMIT 1) n ON true
    WHERE first.agency_id = %(agency)s AND first.ended_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM clocks_clock e WHERE e.episode = first.episode AND e.ended_at IS NULL AND (e.due_at, e.id) < (first.due_at, first.id))
    ORDER BY first.due_at LIMIT 50
"""
_CASE = (
    "SELECT * FROM cases_case c JOIN people_person p ON p.id = c.person_id WHERE c.id = %(case)s",
    "SELECT * FROM clocks_clock WHERE episode = %(case)s AND ended_at IS NULL ORDER BY due_at",
    "SELECT * FROM cases_gate WHERE case_id = %(case)s AND ends_at IS NULL",
    "SELECT * FROM cases_triage WHERE case_id = %(case)s AND ends_at IS NULL",
    "SELECT * FROM cases_danger WHERE case_id = %(case)s AND ends_at IS NULL",
    "SELECT * FROM cases_assignment WHERE case_id = %(case)s AND ends_at IS NULL",
    "SELECT * FROM cases_followup WHERE case_id = %(case)s AND ends_at IS NULL",
    "SELECT * FROM plans_need WHERE case_id = %(case)s",
    "SELECT * FROM plans_step WHERE case_id = %(case)s",
    "SELECT * FROM cases_note WHERE case_id = %(case)s ORDER BY happened_at DESC LIMIT 12",
    "SELECT * FROM trust_entry WHERE episode = %(case)s ORDER BY at DESC LIMIT 12",
)
_MATCHES = """
    SELECT n.person_id, n.text, similarity(n.key, %(name)s) FROM people_name n
    WHERE n.key %% %(name)s AND n.ends_at IS NULL ORDER BY 3 DESC LIMIT 8
"""


async def application(scope: Scope, receive: Any, send: Send) -> None:
    """Answers ``/floor/…`` itself and leaves everything else to Breakwater."""
    if scope["type"] != "http" or not scope["path"].startswith("/floor/"):
        await breakwater(scope, receive, send)
        return
    query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    body = await asyncio.to_thread(_ACTS[scope["path"].split("/")[2]], query)
    padded = body.ljust(int(query.get("bytes", 0))).encode()
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/html"), (b"content-length", str(len(padded)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": padded})


def _connections() -> ConnectionPool:
    global _pool  # noqa: PLW0603 - one pool a worker process
    if _pool is None:
        _pool = ConnectionPool(os.environ["BENCH_OWNER_URL"], min_size=1, max_size=8, open=True)
    return _pool


def _rows(statements: tuple[str, ...], query: dict[str, str]) -> str:
    with _connections().connection() as connection:
        said = []
        for statement in statements:
            for row in connection.execute(statement, query).fetchall():
                said.append(f"<tr>{''.join(f'<td>{value}</td>' for value in row)}</tr>")
        return "".join(said)


def _insert(rows: list[tuple[str, dict[str, Any]]]) -> str:
    with _connections().connection() as connection, connection.transaction():
        for table, row in rows:
            names = ", ".join(f'"{name}"' for name in row)
            connection.execute(
                f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
            )
    return "ok"


def _note(query: dict[str, str]) -> str:
    now = datetime.now(UTC)
    note = {"id": uuid4(), "circle_id": query["circle"], "case_id": query["case"], "kind": "call", "happened_at": now,
            "words": "Spoke with them.", "with_whom": "", "what_for": "", "outcome": "", "reached": False, "by_id": query["user"]}  # fmt: skip
    return _insert(
        [("cases_note", note), ("trust_entry", _entry(query, now)), ("trust_receipt", _receipt(query))]
    )


def _intake(query: dict[str, str]) -> str:
    now = datetime.now(UTC)
    circle, person, case = uuid4(), uuid4(), uuid4()
    part = {"circle_id": circle, "case_id": case, "by_id": query["user"], "starts_at": now}
    told = query | {"circle": circle, "case": case}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("trust_circle", {"id": circle, "opened_by_id": query["agency"], "opened_at": now}),
        ("trust_grant", {"id": uuid4(), "circle_id": circle, "agency_id": query["agency"], "basis": "care", "starts_at": now}),
        ("people_person", {"id": person, "circle_id": circle, "known_as": "Floor", "is_described": False, "pronouns": "",
                           "birth_date_is": "exact", "language": "", "needs_interpreter": False, "triggers": "", "strengths": "",
                           "safe_contact": "", "must_not_know": "", "version": 1, "changed_at": now}),
        ("people_name", {"id": uuid4(), "circle_id": circle, "person_id": person, "kind": "known_as", "text": "Floor", "key": "floor",
                         "sound": "FLR", "starts_at": now}),
        ("cases_case", {"id": case, "circle_id": circle, "person_id": person, "agency_id": query["agency"], "number": str(case)[:16],
                        "asked_by": "self", "asked_at": now, "what_is_happening": "Floor"}),
        ("cases_assignment", {**part, "id": uuid4(), "agency_id": query["agency"], "part": "owner", "worker_id": query["user"]}),
        ("cases_triage", {**part, "id": uuid4(), "scheme": "s", "version": "1", "code": "B", "urgency": 1, "answers": "{}", "reasons": ""}),
        ("cases_danger", {**part, "id": uuid4(), "to": "self", "level": "possible", "words": ""}),
    ]  # fmt: skip
    for kind in (
        "stabilization",
        "triage_response",
        "follow_up_24h",
        "follow_up_72h",
        "follow_up_7d",
        "follow_up_30d",
    ):
        rows.append(("clocks_clock", {"id": uuid4(), "circle_id": circle, "agency_id": query["agency"], "kind": kind, "profile": "us",
                                      "about": case, "episode": case, "started_at": now, "due_soon_at": now, "ended_how": "", "excuse": "",
                                      "due_at": datetime(2030, 1, 1, tzinfo=UTC)}))  # fmt: skip
        rows.append(("trust_entry", _entry(told, now)))
    for kind in ("follow_up_24h", "follow_up_72h", "follow_up_7d", "follow_up_30d"):
        rows.append(
            ("cases_followup", {**part, "id": uuid4(), "kind": kind, "planned_for": now, "ended_how": ""})
        )
    rows += [("trust_entry", _entry(told, now)) for _ in range(4)]
    rows.append(("trust_receipt", _receipt(query)))
    return _insert(rows)


def _entry(query: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {"verb": "floor.act", "agency_id": query["agency"], "by_id": query["user"], "circle_id": query["circle"],
            "about": query["case"], "episode": query["case"], "at": now, "facts": json.dumps({"case_id": str(query["case"])})}  # fmt: skip


def _receipt(query: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": uuid4(),
        "by_id": query["user"],
        "fingerprint": "f" * 64,
        "status": 303,
        "headers": "{}",
        "body": b"",
    }


_ACTS: dict[str, Callable[[dict[str, str]], str]] = {
    "now": lambda query: _rows((_NOW,), query),
    "case": lambda query: _rows(_CASE, query),
    "matches": lambda query: _rows((_MATCHES,), query),
    "note": _note,
    "intake": _intake,
}
