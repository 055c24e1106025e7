"""Work that is done later or often: the only import of the queue library.

Jobs carry ids and codes as arguments, never words about a person.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.db import DatabaseError, close_old_connections, connection
from procrastinate import JobContext, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job as Begun
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from breakwater.kernel.patience import was_away, was_full

log = logging.getLogger(__name__)

_MOST_ATTEMPTS = 15


def _will_pass(trouble: BaseException) -> bool:
    """Whether it says nothing of the work that it failed."""
    return was_away(trouble) or was_full(trouble)


class _Later(RetryStrategy):
    """When it is tried again what failed; where PostgreSQL was away, as soon as anybody can."""

    def get_retry_decision(self, *, exception: BaseException, job: Begun) -> RetryDecision | None:
        decision = super().get_retry_decision(exception=exception, job=job)
        return RetryDecision(retry_in={"seconds": 1}) if decision and _will_pass(exception) else decision


LATER = _Later(max_attempts=_MOST_ATTEMPTS, exponential_wait=2)
"""Tried again after 2, 4, 8 … seconds for nine hours, then left for a person to look at."""

_WITH_THE_ACT = JobManager(DjangoConnector())
"""Writes down work on Django's own connection, within its transaction.

A worker reads the queue on connections of its own. What the work that it does puts off must not be written there: it
would be seen before what it is about, and stay when that is undone.
"""

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
    put_off = app.configure_task(name, allow_unknown=False)
    put_off.job_manager = _WITH_THE_ACT
    put_off.defer(**arguments)


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
_BEGUN_ANEW, _REST, _A_WHILE = 3, 0.2, 3.0


async def work(*, at_once: int = 2) -> None:
    """Do what was declared until told to stop, and take over what a killed worker had begun."""
    here = _Here()
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        async with app.open_async(), _taking_over(here):
            await app.run_worker_async(
                concurrency=at_once, delete_jobs="successful", shutdown_graceful_timeout=3,
                update_heartbeat_interval=_BEAT, stalled_worker_timeout=_DEAD_AFTER,
                task_middleware=[here.do],
            )  # fmt: skip


async def begin_again() -> int:
    """Put back what was begun by workers whose heart has stopped: a kill loses no work. How much there was.

    Scheduled work that waits anew already is not put back beside itself; nor is what ended its worker again and again.
    """
    found = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_DEAD_AFTER))
    for begun in found:
        await _put_back(begun)
    return len(found)


async def _put_back(begun: Begun) -> None:
    manager = app.job_manager
    try:
        if begun.attempts >= _MOST_ATTEMPTS:
            await manager.finish_job(begun, Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(begun)
    except ProcrastinateException as trouble:
        log.info("job %s is not begun again: %s", begun.id, type(trouble).__name__)
        if begun.queueing_lock:
            await manager.finish_job(begun, Status.ABORTED, delete_job=True)


class _Here:
    """What this worker does, and what it has ended.

    How a piece of work ended is written down afterwards. Where the line is cut just then, the work stands as begun
    by a worker whose heart still beats, and nobody else takes it over: so this one looks after what it ended itself.
    """

    def __init__(self) -> None:
        self._ended: dict[int | None, tuple[int | None, float]] = {}

    def do(self, call_next: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
        """Do one; why it failed is told, for what is tried again in silence is looked at by nobody."""
        self._ended.pop(context.job.id, None)
        try:
            return _whatever_goes_away(call_next, context)
        except Exception:
            number, name, tries = context.job.id, context.job.task_name, context.job.attempts + 1
            log.warning("job %s (%s) failed at try %s", number, name, tries, exc_info=True)
            raise
        finally:
            self._ended[context.job.id] = worker.worker_id, time.monotonic()

    async def begin_again(self) -> None:
        """Put back what ended here a while ago and stands as begun by this worker still."""
        long_ago = time.monotonic() - _DEAD_AFTER
        ended = {number: by for number, (by, at) in list(self._ended.items()) if at < long_ago}
        if not ended:
            return
        for begun in await app.job_manager.list_jobs_async(status=Status.DOING.value):
            if begun.id in ended and begun.id in self._ended and begun.worker_id == ended[begun.id]:
                log.warning("how job %s ended could not be written down; it is begun again", begun.id)
                await _put_back(begun)
        for number in ended:
            self._ended.pop(number, None)


def _whatever_goes_away(work: Callable[[], Any], context: JobContext) -> Any:
    """Do it. Where PostgreSQL went away beneath it, or had no room, begin anew: no try of the work is spent on that.

    Not for ever: there may be work that PostgreSQL does not live through.
    """
    left = _BEGUN_ANEW
    while True:
        try:
            return _on_a_living_connection(work)
        except Exception as trouble:
            left -= was_away(trouble)
            if not _will_pass(trouble) or left < 0 or not _is_well(context, rest=was_full(trouble)):
                raise
            log.info("PostgreSQL went away or was full beneath job %s; it is begun anew", context.job.id)


def _on_a_living_connection(work: Callable[[], Any]) -> Any:
    """Give the connection back before and after: one that died must not spoil what comes next."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()


def _is_well(context: JobContext, *, rest: bool) -> bool:
    """Wait a while first if so told, then until PostgreSQL answers. ``False`` when this worker is to end before."""
    stop_at = time.monotonic() + _A_WHILE * rest
    while time.monotonic() < stop_at and not context.should_abort():
        time.sleep(_REST)
    while not context.should_abort():
        with suppress(DatabaseError):
            _on_a_living_connection(connection.ensure_connection)
            return True
        time.sleep(_REST)
    return False


@asynccontextmanager
async def _taking_over(here: _Here) -> AsyncIterator[None]:
    task = asyncio.create_task(_take_over(here))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _take_over(here: _Here) -> None:
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        try:
            await begin_again()
            await here.begin_again()
        except ProcrastinateException as trouble:
            log.warning("what others began was not looked at: %s", type(trouble).__name__)
