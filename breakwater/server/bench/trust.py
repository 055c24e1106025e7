"""What trust costs: walls and sightings of two pages, a journal written while pages are served, its verification."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import comb
from statistics import median

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from rich.table import Table

from breakwater.server.bench.lines import Line
from breakwater.server.bench.load import Timing, run
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.seals import seal_journal
from breakwater.trust.events import SignedIn
from breakwater.trust.journal import record
from breakwater.trust.models import Agency
from breakwater.trust.verifying import verify_journal

PAGES = ("Now, 50 rows", "Case page")
MOST_LOST, LEAST_APPENDED, MOST_SECONDS = 0.10, 300, 30.0
MANY, _TURNS, _EACH, _WARM = 16, 31, 48, 96
_EITHER_END = 0.025
_WRITERS, _FOR_SECONDS = 4, 8.0
_MILLION = 1_000_000


@dataclass(frozen=True)
class Cost:
    """One figure of what trust costs, and what it should be."""

    what: str
    found: str
    wanted: str
    is_good: bool


@dataclass(frozen=True)
class Arm:
    """One of two that are compared: where it serves, and how many seconds of processor it has taken so far."""

    port: int
    processor: Callable[[], float]


@dataclass(frozen=True)
class Lost:
    """The share that is lost: the median of pairs, and between what it lies in at least 95 of 100 runs."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, walled: list[float], unwalled: list[float]) -> "Lost":
        """From how much each brought, turn by turn. Each turn is a pair, so that a busy minute falls on both of it."""
        return cls(*between([1 - mine / theirs for mine, theirs in zip(walled, unwalled, strict=True)]))

    def cost(self, what: str, told: str) -> Cost:
        """As a figure; it is good when most pairs are."""
        found = f"{self.median:.1%} ({self.low:.1%} to {self.high:.1%}): {told}"
        return Cost(what, found, f"≤ {MOST_LOST:.0%}", self.median <= MOST_LOST)


def between(found: list[float]) -> tuple[float, float, float]:
    """The median of what pairs came to, and between what it lies in at least 95 of 100 runs."""
    ordered = sorted(found)
    apart = _from_the_ends(len(ordered))
    return median(ordered), ordered[apart], ordered[-1 - apart]


def _from_the_ends(many: int) -> int:
    """How far from either end the pair lies that bounds a median: whatever is measured, it is a throw of coins."""
    beyond, number = 0.0, 0
    while (beyond := beyond + comb(many, number) / 2**many) <= _EITHER_END:
        number += 1
    return max(0, number - 1)


def lost_to_walls(line: Line, *, walled: Arm, unwalled: Arm) -> list[Cost]:
    """What a page loses: of its requests a second, and of what a processor brings, which others do not disturb."""
    arms = (walled, unwalled)
    rates: dict[int, list[float]] = {arm.port: [] for arm in arms}
    brought: dict[int, list[float]] = {arm.port: [] for arm in arms}
    for arm in arms:
        _asked(line, arm, range(_WARM))
    for turn in range(_TURNS):
        for arm in arms if turn % 2 else reversed(arms):
            before = arm.processor()
            timing = _asked(line, arm, range(_EACH * turn, _EACH * (turn + 1)))
            rates[arm.port].append(timing.rate)
            brought[arm.port].append(len(timing.seconds) / (arm.processor() - before))
    return [
        Lost.of(found[walled.port], found[unwalled.port]).cost(
            f"{line.name}: requests a second {of} lost to walls and sightings",
            f"{median(found[walled.port]):.0f} in place of {median(found[unwalled.port]):.0f}",
        )
        for of, found in (("of the clock", rates), ("of a processor", brought))
    ]


def _asked(line: Line, arm: Arm, requests: range) -> Timing:
    return run(arm.port, line.make, expects=line.expects, connections=MANY, requests=requests)


def appended(written: float) -> Cost:
    """What a journal took while pages were served."""
    return Cost(
        "Entries a second in one agency's journal while pages are served",
        f"{written:.0f}", f"≥ {LEAST_APPENDED}", written >= LEAST_APPENDED,
    )  # fmt: skip


def append(agency: str) -> float:
    """Append entries for a few seconds, each in a transaction of its own that waits for the disk; how many a second."""
    ours = Agency.objects.get(pk=agency)
    connection.close()  # the pool has as many as there are writers
    stop_at = time.monotonic() + _FOR_SECONDS

    def writing(_: int) -> int:
        many = 0
        while time.monotonic() < stop_at:
            now = timezone.now()
            with transaction.atomic(), acting(by := system_for(ours, now=now)):
                record(SignedIn(), by=by, at=now)
            many += 1
        connection.close()
        return many

    with ThreadPoolExecutor(_WRITERS) as pool:
        return sum(pool.map(writing, range(_WRITERS))) / _FOR_SECONDS


def verified(url: str) -> Cost:
    """How long a million sealed entries take to verify, as the owner of the tables; told in proportion."""
    rows = seal_journal(at=timezone.now())
    begun = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as owner:
        found = list(verify_journal(owner.execute, key=settings.SEAL_KEY, anchors={}))
    took = time.perf_counter() - begun
    if sum(one.rows for one in found) != rows or any(one.broken for one in found):
        raise RuntimeError("the journal of the benchmark is not as it was sealed")
    seconds = took * _MILLION / rows
    return Cost(
        "Seconds to verify a million sealed entries",
        f"{seconds:.1f}: {rows:,} in {took:.1f}", f"≤ {MOST_SECONDS:.0f}", seconds <= MOST_SECONDS,
    )  # fmt: skip


def table(found: list[Cost], title: str = "What trust costs, two workers") -> Table:
    """What something costs, each figure beside what it should be."""
    made = Table(title=title, title_justify="left")
    for head in ("what", "found", "wanted"):
        made.add_column(head, justify="left" if head == "what" else "right")
    for one in found:
        shown = f"[green]{one.found}[/]" if one.is_good else f"[bold red]{one.found} ✗[/]"
        made.add_row(one.what, shown, one.wanted)
    return made
