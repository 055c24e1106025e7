"""Savepoints that are set once something is asked within them, as psycopg begins a transaction once something is asked.

Every act is a savepoint within the transaction of its request, and most acts are made of others. Each was two
exchanges with PostgreSQL: of an intake, ten of thirty. Here what is said of savepoints waits for the next statement
and goes ahead of it in one piece; what came to nothing meanwhile, and what the commit makes good, is not said at all.
Whoever listens to statements, or counts them, hears each where Django says it.
"""

from typing import Any

from psycopg import Connection, errors, generators
from psycopg.abc import PQGen
from psycopg.pq import ExecStatus, TransactionStatus

_SET, _UNDO, _RELEASE = "SAVEPOINT", "ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT"


class Waiting:
    """What is still to be said of savepoints on one connection."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.at_once = False

    def set(self, name: str) -> None:
        """Set one, before the next statement."""
        self.said.append((_SET, name))

    def release(self, name: str) -> None:
        """Let it be as if it had not been set; and if nothing was asked within it, it was not."""
        if self.said[-1:] == [(_SET, name)]:
            self.said.pop()
        else:
            self.said.append((_RELEASE, name))

    def undo(self, name: str) -> None:
        """Undo what was done since it was set. Whatever waits since then need not be said."""
        if (_SET, name) in self.said:
            del self.said[self.said.index((_SET, name)) + 1 :]
        else:
            self.said = [(_UNDO, name)]

    def take(self, *, to_commit: bool = False) -> bytes:
        """What must be said now. That one is released changes nothing, and waits for what does; a commit needs none."""
        wanted = {_UNDO} if to_commit else {_SET, _UNDO}
        if not self.at_once and wanted.isdisjoint(verb for verb, _ in self.said):
            return b""
        said = "; ".join(f'{verb} "{name}"' for verb, name in self.said)
        self.forget()
        return said.encode()

    def forget(self) -> None:
        """The transaction is over, and all its savepoints with it."""
        self.said, self.at_once = [], False


class AtNeed(Connection[Any]):
    """A connection on which savepoints wait until something is asked within them."""

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        self.waiting = Waiting()

    def _start_query(self) -> PQGen[None]:
        """Begin the transaction if there is none, and set what waits, before a statement."""
        yield from super()._start_query()
        if self.waiting.said:
            yield from self._say(self.waiting.take())

    def _commit_gen(self) -> PQGen[None]:
        if self.waiting.said and self.pgconn.transaction_status != TransactionStatus.IDLE:
            yield from self._say(self.waiting.take(to_commit=True))
        self.waiting.forget()
        yield from super()._commit_gen()

    def _rollback_gen(self) -> PQGen[None]:
        self.waiting.forget()
        yield from super()._rollback_gen()

    def _say(self, said: bytes) -> PQGen[None]:
        """Say it in one piece: one exchange, however many savepoints it is about."""
        if not said:
            return
        self.pgconn.send_query(said)
        yield from generators.send(self.pgconn)
        for result in (yield from generators.fetch_many(self.pgconn)):
            if result.status != ExecStatus.COMMAND_OK:
                raise errors.error_from_result(result)
