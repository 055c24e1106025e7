from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from breakwater.kernel.errors import Refused
from breakwater.resources.actions.reports import Outcome, import_report

_SHOWN = 20
_COUNTS = {
    "facilities": "Facilities",
    "new_facilities": "of them new",
    "without_figures": "of them without figures: room unknown",
    "new_figures": "New figures",
    "known": "Figures that were known, or older",
}


class Command(BaseCommand):
    """``breakwater capacity import PATH``: read a report of room onto the board, all of it or nothing."""

    help = "Read a report of room: EDXL-HAVE 1.0, FHIR MeasureReport (SANER), or CSV"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["import"], help="“import”")
        parser.add_argument("path", type=Path, help="a file")
        parser.add_argument("--source", default="", help="who tells; the file's name if not said")
        parser.add_argument("--as-of", default="", help="when it was so, where the report does not say it")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and save nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(highlight=False, soft_wrap=True)
        try:
            outcome = import_report(
                options["path"], at=timezone.now(), by=None, source=options["source"] or options["path"].stem,
                as_of=_moment(options["as_of"]), dry_run=options["dry_run"],
            )  # fmt: skip
        except Refused as refusal:
            console.print("[bold red]Refused.[/]", end=" ")
            console.print(str(refusal), markup=False)
            raise SystemExit(1) from refusal
        _say(console, outcome)
        if outcome.changed_nothing:
            console.print("Nothing changed: the board already says all this.")
        elif options["dry_run"]:
            console.print("A dry run: nothing was saved.")


def _moment(written: str) -> datetime | None:
    if not written:
        return None
    try:
        told = datetime.fromisoformat(written)
    except ValueError:
        raise CommandError(
            "--as-of wants a moment like 2026-11-27T18:00, or one with +01:00 behind it."
        ) from None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _say(console: Console, outcome: Outcome) -> None:
    for problem in outcome.problems[:_SHOWN]:
        console.print(str(problem), markup=False)
    if (more := len(outcome.problems) - _SHOWN) > 0:
        console.print(f"… and {more:,} more.")
    table = Table(title=f"{outcome.shape}, told by {outcome.source}")
    table.add_column("what")
    table.add_column("how many", justify="right")
    for name, words in _COUNTS.items():
        table.add_row(words, f"{outcome.counts[name]:,}")
    table.add_row("Values that are not as they should be", f"{len(outcome.problems):,}")
    console.print(table)
