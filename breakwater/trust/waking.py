"""Waking whoever keeps pages live, after the commit and beside the act.

Within a transaction, PostgreSQL would have every other act that says the same wait until this one is on the disk; and
one more statement after the commit is one more that a worker waits for. So it is said beside the act, over a connection
of its own, and once for many acts that come close together. Who is woken by nobody, because this process died in
between or could not reach the database, looks by themselves within a second.
"""

import time
from threading import Event, Lock, Thread

import psycopg
from django.db import connection, transaction

from breakwater.kernel.db import address
from breakwater.trust.live import CHANNEL

_NAME = "breakwater waker"
_GATHERS = 0.05
"""Seconds within which many acts are told as one."""
_RESTS_AFTER = 10.0
"""Seconds without an act after which the connection is given back."""


class _Waker:
    """Says it in a thread, which ends when there has been nothing to say for a while."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_wanted = Event()
        self._known: tuple[str, ...] = ()
        self._where = ""
        self._lives = False

    def wake(self) -> None:
        """Have it said soon, in the database where it was written."""
        known = tuple(str(connection.settings_dict[part]) for part in ("HOST", "PORT", "NAME", "USER"))
        with self._lock:
            if known != self._known:
                self._known, self._where = known, address(called=_NAME)
            self._is_wanted.set()
            if not self._lives:
                Thread(target=self._live, name="waker", daemon=True).start()
                self._lives = True  # it waits for our lock; had it not started, the next act would try again

    def _live(self) -> None:
        while self._is_still_wanted():
            try:
                self._say_it(self._where)
            except psycopg.Error:
                self._is_wanted.clear()

    def _say_it(self, where: str) -> None:
        """For as long as there is something to say in this database."""
        with psycopg.connect(where, autocommit=True) as spoken:
            while self._is_wanted.wait(_RESTS_AFTER) and self._where == where:
                self._is_wanted.clear()
                spoken.execute(f"NOTIFY {CHANNEL}")
                time.sleep(_GATHERS)

    def _is_still_wanted(self) -> bool:
        with self._lock:
            self._lives = self._is_wanted.is_set()
            return self._lives


_waker = _Waker()


def wake_open_pages() -> None:
    """Say it once this transaction is committed; once, however often this is asked for."""
    if not any(one[1] == _waker.wake for one in connection.run_on_commit):
        transaction.on_commit(_waker.wake, robust=True)
