"""The floor: the least that could answer. The same server, the same rows, psycopg and one format string a row.

No actor, no walls, no journal of what was shown, no templates: what a page costs above this is what Breakwater costs.
An act writes the same rows that Breakwater writes, one statement a table, and waits for the disk like it.
"""

import asyncio
import atexit
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from psycopg_pool import ConnectionPool

from breakwater.server.asgi import application as breakwater
from breakwater.server.bench import floor_reads, floor_writes

URL = "BENCH_FLOOR_URL"
ACTS: dict[str, Callable[[Any, dict[str, str]], str]] = {
    "now": floor_reads.now,
    "case": floor_reads.case,
    "matches": floor_reads.matches,
    "search": floor_reads.search,
    "intake": floor_writes.intake,
    "note": floor_writes.note,
    "gate": floor_writes.gate,
}

_pool: ConnectionPool | None = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers ``/floor/…`` itself and leaves everything else to Breakwater."""
    if scope["type"] != "http" or not scope["path"].startswith("/floor/"):
        await breakwater(scope, receive, send)
        return
    asked = dict(parse_qsl(scope["query_string"].decode()) + parse_qsl((await _body(receive)).decode()))
    body = await asyncio.to_thread(_answer, scope["path"].split("/")[2], asked)
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _answer(act: str, asked: dict[str, str]) -> bytes:
    """The rows, formatted, and as many bytes as the page of Breakwater has."""
    with _connections().connection() as connection:
        said = ACTS[act](connection, asked).encode()
    return said.ljust(int(asked.get("bytes", 0)))


async def _body(receive: Any) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _connections() -> ConnectionPool:
    global _pool  # noqa: PLW0603 - one pool a worker process
    if _pool is None:
        _pool = ConnectionPool(
            os.environ[URL],
            min_size=1,
            max_size=8,
            kwargs={"autocommit": True, "prepare_threshold": 2},
            open=True,
        )
        atexit.register(_pool.close)
    return _pool
