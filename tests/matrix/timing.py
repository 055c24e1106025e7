"""SP-05, measured: does it take longer to be told *not found* of what is hidden than of what never was?

``python -m pytest -n 0 -q -s tests/matrix/timing.py`` asks 400 pairs for each address (or ``TIMING_PAIRS``), first the
one and then the other by turns, and prints how probable such a difference is by chance (Mann-Whitney) and the gap of
the middle halves. What is counted is the processor's time, ours and that of PostgreSQL's process, which other work on
the machine changes little; the clock is printed beside it. A measure that sees nothing proves nothing: the last line is
a statement more, for the hidden one alone, and must be seen. A report and no test; what makes the times the same is
proved in ``test_hidden_existence.py``.
"""

import os
from collections.abc import Callable
from math import erfc, sqrt
from pathlib import Path
from statistics import mean
from time import perf_counter_ns, process_time_ns
from typing import NamedTuple
from uuid import uuid4

from django.db import connection

from tests.matrix.register import pages
from tests.matrix.test_hidden_existence import HIDDEN, asked
from tests.matrix.world import World

TIMED = ("desk:case", "desk:person", "plans:step", "privacy:paper", "referrals:letter")
PAIRS, WARM = int(os.environ.get("TIMING_PAIRS", "400")), 5
_BY_CHANCE, _GAP = 0.01, 0.05


class Spent(NamedTuple):
    """Nanoseconds of one answer: of processors, and by the clock."""

    processor: int
    clock: int


def test_pairs(world: World) -> None:
    """Measure, and print a line for each address and kind of record; then the one that must be seen."""
    print()
    for name in TIMED:
        for record in HIDDEN:
            print(f"{name:18} {record:6} {told(world, name, record)}", flush=True)
    print(f"{'one statement more':25} {told(world, 'desk:case', 'hers', more=a_statement)}")


def told(world: World, name: str, record: str, more: Callable[[], object] = lambda: None) -> str:
    """How one address answers for both, in a line."""
    page = pages()[name]
    hidden, nothing = measured(
        lambda: (asked(world, page, "GET", world.ids(record)), more()),
        lambda: asked(world, page, "GET", {one: uuid4() for one in page.ids}),
    )
    by_clock = gap([one.clock for one in hidden], [one.clock for one in nothing])
    mine, other = [one.processor for one in hidden], [one.processor for one in nothing]
    away, chance = gap(mine, other), p_of(mine, other)
    verdict = "alike" if chance > _BY_CHANCE and abs(away) < _GAP else "APART"
    return (
        f"{verdict}: p = {chance:.3f}, {middle(other) / 1e6:.2f} ms, gap {away:+.1%} (clock {by_clock:+.1%})"
    )


def a_statement() -> None:
    """What a look that should not be there would cost at the least."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE id = %s", [uuid4()])


def measured(one: Callable[[], object], other: Callable[[], object]) -> tuple[list[Spent], list[Spent]]:
    """What each takes, in pairs that begin with either by turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        process = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    spent: tuple[list[Spent], list[Spent]] = ([], [])
    for number in range(2 * WARM + PAIRS):
        for which in (0, 1) if number % 2 else (1, 0):
            before = _now(process)
            (one, other)[which]()
            after = _now(process)
            if number >= 2 * WARM:
                spent[which].append(Spent(after[0] - before[0], after[1] - before[1]))
    return spent


def _now(process: Path) -> tuple[int, int]:
    """How long we and PostgreSQL's process have been on a processor; and the clock."""
    return process_time_ns() + int(process.read_text().split()[0]), perf_counter_ns()


def middle(values: list[int]) -> float:
    """The mean of the middle half: neither what was interrupted nor what was lucky."""
    quarter = len(values) // 4
    return mean(sorted(values)[quarter : len(values) - quarter])


def gap(one: list[int], other: list[int]) -> float:
    """By which part the one takes longer."""
    return middle(one) / middle(other) - 1


def p_of(one: list[int], other: list[int]) -> float:
    """The probability of such a difference between two samples that come from the same (Mann-Whitney, two-sided)."""
    in_order = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_, which) in enumerate(in_order, 1) if which == 0)
    n, m = len(one), len(other)
    away = ranks - n * (n + 1) / 2 - n * m / 2
    return erfc(abs(away) / sqrt(n * m * (n + m + 1) / 12) / sqrt(2))
