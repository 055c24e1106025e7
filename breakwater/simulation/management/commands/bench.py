"""Measures every page and act against the floor, at 10,000 and then at 100,000 cases."""

import json
import os
import shutil
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from breakwater.server.embedded import data_folder
from breakwater.simulation.bench.build import build
from breakwater.simulation.bench.measure import Measured, measure, session_for


class Command(BaseCommand):
    help = "Measure every page and act against the floor"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sizes", default="10000,100000", help="how many cases, one size after another")
        parser.add_argument("--quick", action="store_true", help="fewer requests")
        parser.add_argument("--fill", type=int, help="(used by itself) fill this database")
        parser.add_argument("--count", help="(used by itself) count the statements of pages")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["fill"]:
            staff = build(os.environ["BENCH_OWNER_URL"], options["fill"], now=timezone.now())
            self.stdout.write(json.dumps(session_for(staff[0], os.environ["BENCH_OWNER_URL"])))
        elif options["count"]:
            self.stdout.write(json.dumps(_count(**json.loads(options["count"]))))
        else:
            _report([int(size) for size in options["sizes"].split(",")], quick=options["quick"])


def _count(key: str, paths: dict[str, str]) -> dict[str, int]:
    """Statements that each page asks, walls and sightings included; the frame of the transaction is not counted."""
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    counted = {}
    for name, path in paths.items():
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET LOCAL")
        counted[name] = sum(not one["sql"].startswith(frame) for one in asked.captured_queries)
    return counted


def _report(sizes: list[int], *, quick: bool) -> None:
    console = Console(width=150)
    folder = data_folder() / "bench"
    before: dict[str, Measured] = {}
    try:
        for size in sizes:
            console.print(f"Building {size:,} cases …")
            found = measure(size, folder, quick=quick)
            console.print(_table(size, found, before))
            before = {one.name: one for one in found}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _table(size: int, found: list[Measured], before: dict[str, Measured]) -> Table:
    table = Table(title=f"{size:,} cases, two workers")
    for head in (
        "page or act",
        "p50 ms",
        "p95",
        "p99",
        "req/s, 16",
        "queries",
        "floor p50",
        "floor req/s",
        "× floor, 1",
        "× floor, 16",
        "growth",
    ):
        table.add_column(head, justify="left" if head == "page or act" else "right")
    for one in found:
        grown = f"{one.alone.at(0.5) / before[one.name].alone.at(0.5):.2f}" if one.name in before else "–"
        table.add_row(
            one.name, *(f"{one.alone.at(share):.1f}" for share in (0.5, 0.95, 0.99)), f"{one.together.rate:.0f}",
            str(one.queries or "–"), f"{one.floor_alone.at(0.5):.1f}", f"{one.floor_together.rate:.0f}",
            *(f"{ratio:.1f}" for ratio in one.ratios), grown,
        )  # fmt: skip
    return table
