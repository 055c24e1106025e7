"""Connections that keep their plans when a transaction is undone.

Behind walls a statement takes longer to plan than to answer, so it is planned once for a connection and kept. psycopg
throws all of them away whenever anything is rolled back, for what was made in that transaction may be gone. Whoever is
refused, or asks for what is not theirs, is answered out of a transaction that is undone: the next page on that
connection would plan everything anew. Nothing is made or dropped here while pages are served, and PostgreSQL keeps
what was prepared through a rollback; so do we. Where something is dropped or altered, all is forgotten as before.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg._preparing import Prepare, PrepareManager

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


class Lasting(Connection[Any]):
    """A connection whose plans outlast what is undone on it."""

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        self._prepared = _Plans()
