"""SP-05, measured: does it take longer to be told *not found* of what is hidden than of what never was?

``python -m pytest -n 0 -q -s tests/matrix/timing.py`` asks 400 pairs for each address (or ``TIMING_PAIRS``), in random
order, and prints how probable such a difference is by chance (Mann-Whitney), and the gap of the medians. A report and
no test: on a machine that does other work it says little, and what makes the times the same is proved in
``test_hidden_existence.py``.
"""

import os
from collections.abc import Callable
from math import erfc, sqrt
from random import Random
from statistics import median
from time import perf_counter_ns
from uuid import uuid4

from tests.matrix.register import pages
from tests.matrix.test_hidden_existence import HIDDEN, TIMED, asked
from tests.matrix.world import World

PAIRS, WARM = int(os.environ.get("TIMING_PAIRS", "400")), 5


def test_pairs(world: World) -> None:
    """Measure, and print a line for each address and kind of record."""
    for name in TIMED:
        for record in HIDDEN:
            page = pages()[name]
            hidden, nothing = measured(
                lambda page=page, record=record: asked(world, page, "GET", world.ids(record)),
                lambda page=page: asked(world, page, "GET", {one: uuid4() for one in page.ids}),
            )
            gap = median(hidden) / median(nothing) - 1
            said = (
                f"{name:18} {record:6} p = {p_of(hidden, nothing):.3f}   median {median(hidden) / 1e6:.2f} ms"
            )
            print(f"{said}, gap {gap:+.1%}", flush=True)


def measured(one: Callable[[], object], other: Callable[[], object]) -> tuple[list[int], list[int]]:
    """How long each takes, in pairs of which either may come first."""
    chance = Random(5)
    times: tuple[list[int], list[int]] = ([], [])
    for number in range(PAIRS + WARM):
        for which in chance.sample((0, 1), 2):
            began = perf_counter_ns()
            (one, other)[which]()
            if number >= WARM:
                times[which].append(perf_counter_ns() - began)
    return times


def p_of(one: list[int], other: list[int]) -> float:
    """The probability of such a difference between two samples that come from the same (Mann-Whitney, two-sided)."""
    in_order = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_, which) in enumerate(in_order, 1) if which == 0)
    n, m = len(one), len(other)
    away = ranks - n * (n + 1) / 2 - n * m / 2
    return erfc(abs(away) / sqrt(n * m * (n + m + 1) / 12) / sqrt(2))
