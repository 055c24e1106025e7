"""``make bench``: measures every page and act against the floor, at 10,000 and then at 100,000 cases."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone
from rich.console import Console

from breakwater.server import env
from breakwater.server.bench import answers, paper, ranking, room, trust
from breakwater.server.bench.build import build
from breakwater.server.bench.counting import statements
from breakwater.server.bench.growth import grown
from breakwater.server.bench.lines import Target
from breakwater.server.bench.live import live
from breakwater.server.bench.measure import Site, measure, spelled
from breakwater.server.bench.report import misses, table
from breakwater.server.processes import end, living, run_to_its_end

SIZES = (10_000, 100_000)
_CLEARING_UP = 20.0

_Measured = Callable[[Path, Callable[[str], None]], list[trust.Cost]]
_APART: dict[str, tuple[str, _Measured]] = {
    "live": ("What it is to keep boards live, two workers", lambda folder, say: live(folder, say=say)),
    "room": ("What it is to be told of room, two workers", room.told),
    "match": ("What it is to find whom to ask, two workers", room.matched),
    "first-yes": ("What it is to be the first to say yes, two workers", room.decided),
    "paper": ("What paper costs, one at a time", lambda folder, say: paper.costs()),
    "answers": (
        "What an assessment costs, two workers",
        lambda folder, say: [answers.scored(), answers.kept(say)],
    ),
}
"""What is measured by itself, and under which title it is told."""


def main(arguments: list[str]) -> int:
    """Measure; or, when called by itself, fill a database or count statements. Returns the exit code."""
    if arguments[:1] == ["fill"]:
        return fill(int(arguments[1]), Path(arguments[2]))
    if arguments[:1] == ["count"]:
        return count(arguments[1])
    if arguments[:1] in (["rank"], ["ask"]):
        return looked_for(*arguments)
    if arguments[:1] in (["append"], ["verify"]):
        return cost(*arguments)
    parser = argparse.ArgumentParser(prog="breakwater bench", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="how many cases: 10000,100000")
    parser.add_argument("--quick", action="store_true", help="10,000 cases only, and fewer requests")
    parser.add_argument("--strict", action="store_true", help="end with 1 when a figure misses its target")
    parser.add_argument("--only", choices=_APART, help="one of the measures that stand apart, alone")
    chosen = parser.parse_args(arguments)
    if chosen.only:
        return alone(chosen.only)
    return report(
        chosen.sizes[:1] if chosen.quick else chosen.sizes, quick=chosen.quick, strict=chosen.strict
    )


def alone(what: str) -> int:
    """Measure one thing that stands apart, and print what came of it. Returns how many figures miss."""
    console = Console(width=None if sys.stdout.isatty() else 200)
    title, measured = _APART[what]
    with _folder() as folder:
        costs = measured(folder, lambda words: console.print(words, style="dim"))
    console.print(trust.table(costs, title))
    return sum(not one.is_good for one in costs)


@contextmanager
def _folder() -> Iterator[Path]:
    """Where the databases lie; they are thrown away."""
    data = env.read().data
    data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=data))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        _throw_away(folder)


def _throw_away(folder: Path) -> None:
    """Whoever is stopped while a database is made leaves behind what makes it, which would go on writing a while."""
    stop_at = time.monotonic() + _CLEARING_UP
    while folder.exists() and time.monotonic() < stop_at:
        end(living(lambda one: f"{folder}/" in " ".join(one.cmdline())))
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)


def report(sizes: tuple[int, ...], *, quick: bool, strict: bool) -> int:
    """Measure every size and print its table. The databases are thrown away."""
    console = Console(width=None if sys.stdout.isatty() else 200)
    sites: list[Site] = []
    missed = 0

    def say(words: str) -> None:
        console.print(words, style="dim")

    with _folder() as folder:
        for size in sizes:
            found, costs, site = measure(size, folder, quick=quick, say=say)
            sites.append(site)
            console.print(table(size, found))
            console.print(trust.table(costs))
            missed += misses(found) + sum(not one.is_good for one in costs)
        if costs := grown(sites, say=say):
            console.print(
                trust.table(costs, "Growth by the clock on one connection, both sizes served at once")
            )
            missed += sum(not one.is_good for one in costs)
    for what in _APART:  # each in a process of its own, so that its memory is nobody else's
        command = [sys.executable, "-m", __package__, "--only", what]
        missed += run_to_its_end(command)
    console.print(f"{missed} figures miss their target." if missed else "Every figure meets its target.")
    return 1 if strict and missed else 0


def fill(cases: int, notes: Path) -> int:
    """Fill the database of ``DATABASE_URL``, and note down who has an open case."""
    open_ones = build(os.environ["DATABASE_URL"], cases, now=timezone.now())
    notes.write_text(spelled([Target.of(life) for life in open_ones]))
    return 0


def count(asked: str) -> int:
    """Print how many statements each line asks; told by its name, with requests of which the last is counted."""
    wanted: dict[str, list[Any]] = json.loads(asked)
    counted = {name: statements(requests) for name, requests in wanted.items()}
    connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL's wrapper
    sys.stdout.write(json.dumps(counted))
    return 0


def cost(what: str, of: str) -> int:
    """Append to the journal of an agency, or verify all journals as the owner of the tables, and print the figure."""
    found = trust.append(of) if what == "append" else asdict(trust.verified(of))
    connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL's wrapper
    sys.stdout.write(json.dumps(found))
    return 0


def looked_for(what: str, of: str) -> int:
    """Rank for one person as a worker, or ask the houses for a bed, and print what came of it."""
    if what == "rank":
        sys.stdout.write(" ".join(str(one) for one in ranking.rank(of)))
    else:
        sys.stdout.write(json.dumps(ranking.ask(json.loads(of))))
    connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL's wrapper
    return 0


def _sizes(written: str) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in written.split(","))
    if min(sizes) < SIZES[0]:
        raise argparse.ArgumentTypeError(f"below {SIZES[0]:,} cases there are too few gates to meet")
    return sizes
