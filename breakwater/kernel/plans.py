"""Connections that keep their plans when a transaction is undone.

Behind walls a statement takes longer to plan than to answer, so it is planned once for a connection and kept. psycopg
throws all of them away whenever anything is rolled back, for what was made in that transaction may be gone. Whoever is
refused, or asks for what is not theirs, is answered out of a transaction that is undone: the next page on that
connection would plan everything anew. Nothing is made or dropped here while pages are served, and PostgreSQL keeps
what was prepared through a rollback; so do we. Where something is dropped or altered, all is forgotten as before.

How a statement is written for PostgreSQL is kept too, however long it is. psycopg reads one of more than four thousand
letters or fifty values anew each time, for it may be one of ten thousand that a library made; ours are few, and the
longest are those that are asked most.
"""

import select
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection
from psycopg._preparing import Prepare, PrepareManager
from psycopg._queries import PostgresQuery, _query2pg_nocache
from psycopg.abc import Params, Query
from psycopg_pool import ConnectionPool

from breakwater.kernel.savepoints import AtNeed

MOST = 200
"""Statements that one connection keeps a plan for; psycopg's hundred are fewer than our pages ask."""

_FORGETS = (b"DROP", b"ALTER", b"DISCARD ALL", b"DEALLOCATE ALL")


class _Plans(PrepareManager):
    """What a connection has planned."""

    prepared_max = MOST

    def clear(self) -> bool:
        """A transaction was undone: no plan depends on it."""
        return False

    def _should_discard(self, prep: Prepare, results: Sequence[Any], *_: Any) -> bool:
        """Whether something was done that a plan may depend on; then all of them are forgotten."""
        done = [one.command_status or b"" for one in results]
        return any(one.startswith(_FORGETS) for one in done) and super().clear()


_written = lru_cache(2 * MOST)(_query2pg_nocache)
_LONGEST, _MOST_VALUES = 50_000, 1_000
"""Letters and values of a statement that is kept as it is written; beyond them lie imports."""


class Written(PostgresQuery):
    """A statement that was read once, and is only given its values from then on."""

    __slots__ = ()

    def convert(self, query: Query, vars: Params | None) -> None:  # noqa: A002 - its name in psycopg
        """Give the statement these values."""
        if vars is None or not isinstance(query, str) or len(query) > _LONGEST or len(vars) > _MOST_VALUES:
            super().convert(query, vars)
            return
        self.query, self._want_formats, self._order, self._parts = _written(
            query.encode(self._tx.encoding), self._tx.encoding
        )
        self.dump(vars)


class Lasting(AtNeed):
    """A connection whose plans outlast what is undone on it."""

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        self._prepared = _Plans()


def look_at(line: Connection[Any]) -> None:
    """Whether a connection is still there when it comes out of the pool: the line itself says, without a word.

    PostgreSQL says nothing unasked, and of a line that was cut there is its end to read. Only where there is something
    to read is PostgreSQL asked.

    Raises:
        OperationalError: it is not.
    """
    heard = select.poll()
    heard.register(line.pgconn.socket, select.POLLIN)
    if heard.poll(0):
        ConnectionPool.check_connection(line)
