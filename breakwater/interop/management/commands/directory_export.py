from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from breakwater.interop.filing import every_term
from breakwater.interop.package import write_document, write_package
from breakwater.interop.publishing import every_service, services
from breakwater.kernel.errors import Refused


class Command(BaseCommand):
    """``breakwater directory export PATH``: write the directory, with its room, for others to read."""

    help = "Write the directory as an Open Referral package (HSDS 3.1): tables in a new folder, or one .json file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a folder or a .json file that is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(highlight=False, soft_wrap=True)
        columns = (TextColumn("Services"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        whole = partial(write_package, terms=every_term())
        write = write_document if options["path"].suffix == ".json" else whole
        try:
            with Progress(*columns, console=console, transient=True) as shown:
                task = shown.add_task("", total=services().count())
                written = write(
                    options["path"],
                    every_service(),
                    progress=lambda done: shown.update(task, completed=done),
                )
        except Refused as refusal:
            console.print(f"[bold red]Refused.[/] {refusal}")
            raise SystemExit(1) from None
        console.print(_table(written))


def _table(written: dict[str, int]) -> Table:
    made = Table(caption="Confidential places and their figures are left out.", caption_justify="left")
    made.add_column("table")
    made.add_column("rows", justify="right")
    for table, count in written.items():
        if count:
            made.add_row(table, f"{count:,}")
    return made
