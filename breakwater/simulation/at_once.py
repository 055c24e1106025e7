"""Work that has nothing to do with other work, done by several processes at once."""

import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")
Tell = Callable[[], None]
"""Says that one thing more is done."""

_MOST = 2
"""PostgreSQL needs its share: with more of them none is quicker on two processors, and few machines have many idle."""


def how_many() -> int:
    """How many processes are worth it here. Where a process cannot be split safely, one."""
    return min(_MOST, os.cpu_count() or 1) if sys.platform == "linux" else 1


def shared_out(parts: Sequence[list[T]], among: int) -> list[list[T]]:
    """The parts, each whole, put together to about equal shares."""
    shares: list[list[T]] = [[] for _ in range(among)]
    for part in sorted(parts, key=len, reverse=True):
        min(shares, key=len).extend(part)
    return shares


def in_processes(works: Sequence[Callable[[Tell], Any]], tell: Tell) -> list[Any]:
    """Do each in a process of its own, with a connection to the database of its own.

    Each knows what was known when it began; what it learns, it returns.

    Raises:
        RuntimeError: one of them came to nothing; the others are ended.
    """
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL's wrapper
    forked = get_context("fork")
    heard: dict[Connection[Any, Any], int] = {}
    doing: list[BaseProcess] = []
    for number, work in enumerate(works):
        ours, theirs = forked.Pipe(duplex=False)
        process = forked.Process(target=_do, args=(work, theirs), daemon=True)
        process.start()
        theirs.close()
        heard[ours] = number
        doing.append(process)
    try:
        return _results(heard, tell)
    finally:
        for one in doing:
            one.terminate()
            one.join()


def _do(work: Callable[[Tell], Any], line: "Connection[Any, Any]") -> None:
    try:
        line.send((True, work(lambda: line.send((False, None)))))
    finally:
        connection.close()
        line.close()


def _results(heard: dict["Connection[Any, Any]", int], tell: Tell) -> list[Any]:
    found: dict[int, Any] = {}
    while heard:
        ready = wait(list(heard))
        for line in [one for one in heard if one in ready]:
            try:
                is_over, result = line.recv()
            except EOFError:
                raise RuntimeError("One of several processes ended before its work was done.") from None
            if is_over:
                found[heard.pop(line)] = result
            else:
                tell()
    return [found[number] for number in sorted(found)]
