"""What Django says to PostgreSQL, said with less: savepoints at need, and statements that are read once."""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base

from breakwater.kernel.plans import Written, look_at
from breakwater.kernel.savepoints import AtNeed, TakesAlong, Waiting


class _Cursor(TakesAlong, base.ServerBindingCursor):
    """One that reads each statement once, and sends it in one piece with what goes before it."""

    _query_cls = Written


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, whose savepoints wait for the next statement where the connection knows how."""

    @property
    def pool(self) -> Any:
        """As Django's, which asks PostgreSQL about each connection it gives out; ours looks."""
        pool = super().pool
        if pool and pool._check:
            pool._check = look_at
        return pool

    def get_connection_params(self) -> dict[str, Any]:
        """As Django's, with a cursor of ours where values never meet the text of a statement."""
        params: dict[str, Any] = super().get_connection_params()
        if params["cursor_factory"] is base.ServerBindingCursor:
            params["cursor_factory"] = _Cursor
        return params

    def _savepoint(self, sid: str) -> None:
        self._say(sid, Waiting.set, super()._savepoint)  # type: ignore[misc]  # the stubs leave it out

    def _savepoint_rollback(self, sid: str) -> None:
        self._say(sid, Waiting.undo, super()._savepoint_rollback)  # type: ignore[misc]  # the stubs leave it out

    def _savepoint_commit(self, sid: str) -> None:
        self._say(sid, Waiting.release, super()._savepoint_commit)  # type: ignore[misc]  # the stubs leave it out

    def _say(self, sid: str, later: Callable[[Waiting, str], None], at_once: Callable[[str], None]) -> None:
        """Whoever listens to statements hears each where it is said; then what waits is said before it."""
        if not isinstance(self.connection, AtNeed):
            at_once(sid)
        elif self.execute_wrappers or self.queries_logged:
            self.connection.waiting.at_once = bool(self.connection.waiting.said)
            at_once(sid)
        else:
            later(self.connection.waiting, sid)
