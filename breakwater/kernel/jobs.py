"""Work that is done later or often: the only import of the queue library.

Jobs carry ids and codes as arguments, never words about a person.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

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
