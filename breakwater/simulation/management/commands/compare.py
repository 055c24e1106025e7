"""Compares ways to find a bed in a simulated county, and prints the figures."""

from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from breakwater.simulation.comparing.assumptions import ASSUMPTIONS
from breakwater.simulation.comparing.kept import Compared, by_measure, write
from breakwater.simulation.comparing.running import compare

_HEAD = "A simulation: nobody in it is real, and most of what it takes for granted nobody has measured."


class Command(BaseCommand):
    help = "Compare ways to find a bed in a simulated county"
    requires_system_checks = ()  # it needs no database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--runs", type=int, default=ASSUMPTIONS.runs, help="how many counties (%(default)s)"
        )
        parser.add_argument(
            "--seed", type=int, default=ASSUMPTIONS.seed, help="the same seed gives the same figures"
        )
        parser.add_argument(
            "--keep", action="store_true", help="keep the figures beside the code, for the page"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        assumed = replace(ASSUMPTIONS, runs=options["runs"], seed=options["seed"])
        with Progress(transient=True) as progress:
            task = progress.add_task("Counties", total=assumed.runs)
            found = compare(assumed, progress=lambda done, of: progress.update(task, completed=done))
        if options["keep"]:
            write(found)
        console = Console()
        console.print(_HEAD)
        for one in by_measure(found):
            console.print(_table(one))


def _table(compared: Compared) -> Table:
    written = f".{compared.measure.digits}f"
    table = Table(
        "Hours between updates", *(way.label for way in compared.ways), title=compared.measure.label
    )
    for hours, row in compared.rows:
        cells = (f"{one.mean:{written}} ({one.low:{written}} to {one.high:{written}})" for one in row)
        table.add_row(str(hours), *cells)
    return table
