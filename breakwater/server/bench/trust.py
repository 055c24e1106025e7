"""What trust costs: walls and sightings of two pages, a journal written while pages are served, its verification."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from rich.table import Table

from breakwater.server.bench.lines import Line
from breakwater.server.bench.load import run
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.seals import seal_journal
from breakwater.trust.events import SignedIn
from breakwater.trust.journal import record
from breakwater.trust.models import Agency
from breakwater.trust.verifying import verify_journal

PAGES = ("Now, 50 rows", "Case page")
MOST_LOST, LEAST_APPENDED, MOST_SECONDS = 0.10, 300, 30.0
MANY, _TURNS, _EACH, _WARM = 16, 7, 112, 96
_WRITERS, _FOR_SECONDS = 4, 8.0
_MILLION = 1_000_000


@dataclass(frozen=True)
class Cost:
    """One figure of what trust costs, and what it should be."""

    what: str
    found: str
    wanted: str
    is_good: bool


def lost_to_walls(line: Line, *, walled: int, unwalled: int) -> Cost:
    """The share of its requests a second that a page loses: the median of turns, so that a noisy minute falls on both.

    Args:
        walled: the port of Breakwater as it is.
        unwalled: the port of the same without walls and sightings.
    """
    rates: dict[int, list[float]] = {walled: [], unwalled: []}
    for turn in range(-1, _TURNS):
        numbers = range(_EACH * turn, _EACH * (turn + 1)) if turn >= 0 else range(_WARM)
        for port, so_far in rates.items():
            timing = run(port, line.make, expects=line.expects, connections=MANY, requests=numbers)
            if turn >= 0:
                so_far.append(timing.rate)
    with_walls, without = (sorted(rates[port])[_TURNS // 2] for port in (walled, unwalled))
    lost = 1 - with_walls / without
    return Cost(
        f"{line.name}: requests a second lost to walls and sightings",
        f"{lost:.1%}: {with_walls:.0f} in place of {without:.0f}", f"≤ {MOST_LOST:.0%}", lost <= MOST_LOST,
    )  # fmt: skip


def appended(written: float) -> Cost:
    """What a journal took while pages were served."""
    return Cost(
        "Entries a second in one agency's journal while pages are served",
        f"{written:.0f}", f"≥ {LEAST_APPENDED}", written >= LEAST_APPENDED,
    )  # fmt: skip


def append(agency: str) -> float:
    """Append entries for a few seconds, each in a transaction of its own that waits for the disk; how many a second."""
    ours = Agency.objects.get(pk=agency)
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


def table(found: list[Cost], *, title: str = "What trust costs, two workers") -> Table:
    """Each figure beside what it should be."""
    made = Table(title=title, title_justify="left")
    for head in ("what", "found", "wanted"):
        made.add_column(head, justify="left" if head == "what" else "right")
    for one in found:
        shown = f"[green]{one.found}[/]" if one.is_good else f"[bold red]{one.found} ✗[/]"
        made.add_row(one.what, shown, one.wanted)
    return made
