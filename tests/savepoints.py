"""Savepoints that are set once something is asked within them, as psycopg begins a transaction once something is asked.

A test is one transaction, so each request and each act in it is a savepoint; setting, undoing and releasing them was
half of all that the suite said to PostgreSQL. Here what is said of savepoints waits for the next statement, and goes
ahead of it in one piece; what came to nothing meanwhile is not said at all. Whoever listens to statements, or counts
them, hears each where Django says it; and a database of one's own, which others look into as well, works as ever.
"""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus

SHARED = "worker_"
"""How the database is named in which all tests of a worker take their turn, each undone at its end."""
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


def waiting_on(connection: Any) -> Waiting:
    """What waits on a connection of psycopg."""
    kept = vars(connection)
    if "waiting" not in kept:
        kept["waiting"] = Waiting()
    found: Waiting = kept["waiting"]
    return found


def set_at_need() -> None:
    """Have every connection to a shared database work so, for the rest of this process."""
    for name, say in (
        ("_savepoint", Waiting.set),
        ("_savepoint_rollback", Waiting.undo),
        ("_savepoint_commit", Waiting.release),
    ):
        setattr(DatabaseWrapper, name, _later(getattr(DatabaseWrapper, name), say))
    ends: Any = psycopg.Connection
    ends._start_query = _before_a_statement(ends._start_query)
    ends._commit_gen = _before_a_commit(ends._commit_gen)
    ends._rollback_gen = _before_a_rollback(ends._rollback_gen)


def _later(at_once: Callable[..., None], say: Callable[[Waiting, str], None]) -> Callable[..., None]:
    def said(self: Any, name: str) -> None:
        waiting = waiting_on(self.connection)
        if self.execute_wrappers or self.queries_logged or not _is_shared(self):
            waiting.at_once = bool(waiting.said)
            at_once(self, name)
        else:
            say(waiting, name)

    return said


def _is_shared(database: Any) -> bool:
    return str(database.settings_dict["NAME"]).startswith(SHARED)


def _before_a_statement(start: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def started(self: Any) -> Iterator[Any]:
        yield from start(self)
        if said := waiting_on(self).take():
            yield from _say(self, said)

    return started


def _say(connection: Any, said: bytes) -> Iterator[Any]:
    connection.pgconn.send_query(said)
    for result in (yield from execute(connection.pgconn)):
        if result.status != ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result)


def _before_a_commit(commit: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def committed(self: Any) -> Iterator[Any]:
        if self.pgconn.transaction_status != TransactionStatus.IDLE and (
            said := waiting_on(self).take(to_commit=True)
        ):
            yield from _say(self, said)
        waiting_on(self).forget()
        yield from commit(self)

    return committed


def _before_a_rollback(roll_back: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def rolled_back(self: Any) -> Iterator[Any]:
        waiting_on(self).forget()
        yield from roll_back(self)

    return rolled_back
