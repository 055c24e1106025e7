"""Work that is done later or often: the only import of the queue library.

Jobs carry ids and codes as arguments, never words about a person.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.db import close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Status

log = logging.getLogger(__name__)

LATER = RetryStrategy(max_attempts=8, exponential_wait=4)
"""Tried again after 4, 16, 64 … seconds, then left for a person to look at."""

Job = tuple[str, dict[str, Any]]
"""What is to be done, and with which ids and codes."""

_kept: ContextVar[list[Job] | None] = ContextVar("jobs kept by whoever does them", default=None)


def job(name: str, *, queue: str = "default") -> Callable[[Callable[..., None]], Any]:
    """Declare work for the worker. It may run twice."""
    return app.task(name=name, queue=queue, retry=LATER, pass_context=False)


def every(cron: str, name: str) -> Callable[[Callable[..., None]], Any]:
    """Declare work that the worker does on a schedule, e.g. ``@every("* * * * *", "clocks.announce")``.

    The function receives the scheduled moment as seconds since 1970.
    """

    def register(function: Callable[..., None]) -> Any:
        task = app.task(name=name, queueing_lock=name, retry=False, pass_context=False)(function)
        return app.periodic(cron=cron, periodic_id=name)(task)

    return register


def later(name: str, **arguments: Any) -> None:
    """Enqueue a declared job in the current transaction: it exists if and only if the act does."""
    if (kept := _kept.get()) is not None:
        kept.append((name, arguments))
        return
    app.configure_task(name, allow_unknown=False).defer(**arguments)


@contextmanager
def kept() -> Iterator[list[Job]]:
    """Keep what would be enqueued, for somebody who does it: years are lived in a minute, before any worker starts."""
    jobs: list[Job] = []
    token = _kept.set(jobs)
    try:
        yield jobs
    finally:
        _kept.reset(token)


_BEAT, _DEAD_AFTER, _LOOK_EVERY = 2.0, 10.0, 3.0
_MOST_ATTEMPTS = 8


async def work(*, at_once: int = 2) -> None:
    """Do what was declared until told to stop, and take over what a killed worker had begun."""
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        async with app.open_async(), _taking_over():
            await app.run_worker_async(
                concurrency=at_once, delete_jobs="successful", shutdown_graceful_timeout=3,
                update_heartbeat_interval=_BEAT, stalled_worker_timeout=_DEAD_AFTER,
                task_middleware=[_with_a_fresh_connection],
            )  # fmt: skip


async def begin_again() -> int:
    """Put back what was begun by workers whose heart has stopped: a kill loses no work. How much there was.

    Scheduled work that waits anew already is not put back beside itself; nor is what ended its worker again and again.
    """
    manager = app.job_manager
    found = list(await manager.get_stalled_jobs(seconds_since_heartbeat=_DEAD_AFTER))
    for begun in found:
        try:
            if begun.attempts >= _MOST_ATTEMPTS:
                await manager.finish_job(begun, Status.FAILED, delete_job=False)
            else:
                await manager.retry_job(begun)
        except ProcrastinateException as trouble:
            log.info("job %s is not begun again: %s", begun.id, type(trouble).__name__)
            if begun.queueing_lock:
                await manager.finish_job(begun, Status.ABORTED, delete_job=True)
    return len(found)


@asynccontextmanager
async def _taking_over() -> AsyncIterator[None]:
    task = asyncio.create_task(_take_over())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _take_over() -> None:
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        try:
            await begin_again()
        except ProcrastinateException as trouble:
            log.warning("what others began was not looked at: %s", type(trouble).__name__)


def _with_a_fresh_connection(call_next: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Give the connection back after each piece of work: one that died must not spoil the next."""
    close_old_connections()
    try:
        return call_next()
    finally:
        close_old_connections()
