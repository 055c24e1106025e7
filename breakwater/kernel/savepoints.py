"""What is said before a statement, and goes to PostgreSQL in one piece with it.

psycopg begins a transaction once something is asked. So it is with savepoints here: every act is one within the
transaction of its request, and most acts are made of others. Each was two exchanges with PostgreSQL: of an intake, ten
of thirty. What is said of savepoints waits for the next statement; what came to nothing meanwhile, and what the commit
makes good, is not said at all. That a transaction begins, and whatever waits, goes ahead of the statement in the same
exchange: what must hold before it is said first, and where that fails, PostgreSQL passes over the statement.
Whoever listens to statements, or counts them, hears each savepoint where Django says it.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection, Cursor, DatabaseError, OperationalError, errors, generators
from psycopg._preparing import Prepare
from psycopg._queries import PostgresQuery
from psycopg.abc import PQGen
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

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

    def take(self, *, to_commit: bool = False) -> list[bytes]:
        """What must be said now. That one is released changes nothing, and waits for what does; a commit needs none."""
        wanted = {_UNDO} if to_commit else {_SET, _UNDO}
        if not self.at_once and wanted.isdisjoint(verb for verb, _ in self.said):
            return []
        said = [f'{verb} "{name}"'.encode() for verb, name in self.said]
        self.forget()
        return said

    def forget(self) -> None:
        """The transaction is over, and all its savepoints with it."""
        self.said, self.at_once = [], False


class AtNeed(Connection[Any]):
    """A connection on which the begin of a transaction and its savepoints wait until something is asked within them."""

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        self.waiting = Waiting()
        self.goes_along = False
        """Whether the statement that is asked now takes along what waits, instead of having it said before."""

    def _start_query(self) -> PQGen[None]:
        """Begin the transaction if there is none, and set what waits, before a statement."""
        if not self.goes_along:
            yield from super()._start_query()
            yield from self.say(self.waiting.take())

    def ahead(self) -> list[bytes]:
        """What must be said before the next statement."""
        begins = not self._autocommit and self.pgconn.transaction_status == TransactionStatus.IDLE
        return [*([self._get_tx_start_command()] if begins else ()), *self.waiting.take()]

    def _commit_gen(self) -> PQGen[None]:
        if self.waiting.said and self.pgconn.transaction_status != TransactionStatus.IDLE:
            yield from self.say(self.waiting.take(to_commit=True))
        self.waiting.forget()
        yield from super()._commit_gen()

    def _rollback_gen(self) -> PQGen[None]:
        self.waiting.forget()
        yield from super()._rollback_gen()

    def say(self, said: Sequence[bytes]) -> PQGen[None]:
        """Say it by itself, all of it in one exchange."""
        if said:
            self.pgconn.send_query(b"; ".join(said))
            yield from generators.send(self.pgconn)
            _must_be_done((yield from generators.fetch_many(self.pgconn)))


class TakesAlong(Cursor[Any]):
    """A cursor whose statements take along what waits on their connection, where PostgreSQL knows them already.

    Not one that is prepared with it, which is an exchange more and comes once; and not one without values, which may be
    several: those are sent as psycopg sends them, after what waits.
    """

    def _execute_gen(self, *told: Any, **how: Any) -> PQGen[None]:
        line = self._conn
        if not isinstance(line, AtNeed) or line._pipeline:
            yield from super()._execute_gen(*told, **how)
            return
        line.goes_along = True
        try:
            yield from super()._execute_gen(*told, **how)
        finally:
            line.goes_along = False

    def _maybe_prepare_gen(
        self, pgq: PostgresQuery, *, prepare: bool | None = None, binary: bool | None = None
    ) -> PQGen[None]:
        line, as_psycopg_does = self._conn, super()._maybe_prepare_gen
        if not isinstance(line, AtNeed) or not line.goes_along or not (ahead := line.ahead()):
            yield from as_psycopg_does(pgq, prepare=prepare, binary=binary)
            return
        known, name = self._get_prepared(pgq, prepare)
        if known is Prepare.YES or (known is Prepare.NO and pgq.params):
            yield from self._in_one_piece(ahead, pgq, known, name, binary=binary)
        else:
            yield from line.say(ahead)
            yield from as_psycopg_does(pgq, prepare=prepare, binary=binary)

    def _in_one_piece(
        self, ahead: Sequence[bytes], pgq: PostgresQuery, known: Prepare, name: bytes, *, binary: bool | None
    ) -> PQGen[None]:
        """As psycopg does it, with what goes ahead. Where that fails, the statement was not done."""
        line = self._pgconn
        line.enter_pipeline_mode()
        try:
            for one in ahead:
                line.send_query_params(one, None)
            if known is Prepare.YES:
                self._send_query_prepared(name, pgq, binary=binary)
            else:
                self._execute_send(pgq, binary=binary)
            line.pipeline_sync()
            yield from generators.send(line)
            *said, results, _ = yield from _hear_out(line, len(ahead) + 2)
        finally:
            try:
                line.exit_pipeline_mode()
            except OperationalError:
                # It was cut, or nobody heard its answers out: whoever asks it more would wait for ever.
                line.finish()
        _must_be_done([one for answer in said for one in answer])
        key = self._conn._prepared.maybe_add_to_cache(pgq, known, name)
        if key is not None:
            self._conn._prepared.validate(key, known, name, results)
        self._check_results(results)
        self._set_results(results)


def _hear_out(line: PGconn, many: int) -> PQGen[list[list[PGresult]]]:
    """As many answers, of which the last is the end of the piece.

    A line that is cut says why before it falls silent. As with psycopg, whoever asked hears that, and not the silence.
    """
    heard: list[list[PGresult]] = []
    while len(heard) < many:
        try:
            heard.append((yield from generators.fetch_many(line)))
        except DatabaseError:
            if not any(one.status == ExecStatus.FATAL_ERROR for answer in heard for one in answer):
                raise
            heard.append([])
    return heard


def _must_be_done(said: Sequence[PGresult]) -> None:
    """What goes ahead of a statement must be done before it.

    Raises:
        Error: of PostgreSQL, where it is not.
    """
    for result in said:
        if result.status != ExecStatus.COMMAND_OK:
            raise errors.error_from_result(result)
