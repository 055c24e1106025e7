"""Whether PostgreSQL still answers, felt while a page waits: a frozen one keeps no bound, and says nothing either.

Who waits for a slow page goes on waiting; who waits for a database that says nothing is told so within five seconds.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from breakwater.kernel.db import address
from breakwater.kernel.patience import SILENCE

_NAME = "breakwater pulse"


class Pulse:
    """One for a process; whoever waits at the same time feels the same beat."""

    def __init__(self) -> None:
        self._beat: asyncio.Task[bool] | None = None

    @contextmanager
    def felt(self, bound: asyncio.Timeout) -> Iterator[None]:
        """While this goes on: end the bound as soon as PostgreSQL says nothing any more."""
        loop = asyncio.get_running_loop()
        watches: list[asyncio.Task[None]] = []
        waits = loop.call_later(
            SILENCE.felt_after, lambda: watches.append(loop.create_task(self._watch(bound)))
        )
        try:
            yield
        finally:
            waits.cancel()
            for one in watches:
                one.cancel()

    async def _watch(self, bound: asyncio.Timeout) -> None:
        while await asyncio.shield(self._felt_now()):
            await asyncio.sleep(SILENCE.felt_after)
        with suppress(RuntimeError):  # it ended in this very moment
            bound.reschedule(asyncio.get_running_loop().time())

    def _felt_now(self) -> "asyncio.Task[bool]":
        if self._beat is None or self._beat.done():
            self._beat = asyncio.get_running_loop().create_task(_beats())
        return self._beat


async def _beats() -> bool:
    """Whether anything is heard in time; that nobody is let in is an answer, and the page hears it by itself."""
    try:
        async with asyncio.timeout(SILENCE.heard_within):
            found = await psycopg.AsyncConnection.connect(address(called=_NAME))
            await found.close()
    except TimeoutError:
        return False
    except psycopg.Error as trouble:
        return not isinstance(trouble, psycopg.errors.ConnectionTimeout)
    return True
