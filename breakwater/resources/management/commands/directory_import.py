import csv
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from breakwater.formats.cells import as_text
from breakwater.formats.hsds import Problem, Weight
from breakwater.kernel.errors import Refused
from breakwater.resources.actions.imports import Outcome, PackageRefused, import_directory

_SHOWN = 20
_NAMES = {
    "organization": "Organizations",
    "place": "Places",
    "service": "Services",
    "serviceat": "Services at places",
    "taxonomyterm": "Terms",
    "phone": "Phones",
    "hours": "Hours",
    "holiday": "Holidays",
    "capacity": "Figures of room",
}
_WEIGHTS = {
    Weight.BROKEN: "Unreadable",
    Weight.WRONG: "Wrong",
    Weight.DANGLING: "Leading nowhere",
    Weight.DOUBTFUL: "Doubtful",
}


class Command(BaseCommand):
    """``breakwater directory import PATH``: read a directory of services, all of it or nothing."""

    help = (
        "Read an Open Referral directory (HSDS 3 JSON or CSV, HSDS 1 CSV, Ohana): folder, .zip, .csv or .json"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", nargs="?", help="“import”, when called as “directory import”")
        parser.add_argument("path", type=Path, help="a folder, a .zip, a .csv or a .json file")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and save nothing")
        parser.add_argument("--source", default="", help="what to call where it comes from")
        parser.add_argument(
            "--skip-bad-rows", action="store_true", help="take the package without its wrong rows"
        )
        parser.add_argument("--report", type=Path, help="write every problem to this CSV file")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(highlight=False, soft_wrap=True)
        with _reporting(options["report"]) as report, _progress(console) as progress:
            outcome, refusal = _read(options, progress, report)
        if outcome:
            _say(console, outcome, is_saved=refusal is None and not options["dry_run"])
        if refusal:
            console.print(f"[bold red]Refused.[/] {refusal}", markup=True)
            raise SystemExit(1)
        if outcome and outcome.changed_nothing:
            console.print("Nothing changed: the directory already says all this.")
        elif options["dry_run"]:
            console.print("A dry run: nothing was saved.")


def _read(options: dict[str, Any], progress: Any, report: Any) -> tuple[Outcome | None, str | None]:
    try:
        return import_directory(
            options["path"],
            at=timezone.now(),
            by=None,
            source=options["source"],
            dry_run=options["dry_run"],
            skip_bad_rows=options["skip_bad_rows"],
            progress=progress,
            report=report,
        ), None
    except PackageRefused as refusal:
        return refusal.outcome, str(refusal)
    except Refused as refusal:
        return None, str(refusal)


def _say(console: Console, outcome: Outcome, *, is_saved: bool) -> None:
    for problem in _worst_first(outcome)[:_SHOWN]:
        console.print(f"{_WEIGHTS[problem.weight]}: {problem}", markup=False)
    hidden = sum(outcome.weights.values()) - _SHOWN
    if hidden > 0:
        console.print(f"… and {hidden} more problems. --report FILE writes all of them.")
    for name, why in outcome.unread:
        console.print(f"Not read: {name} {why}.", markup=False)
    if outcome.counts:
        console.print(_table(outcome, is_saved=is_saved))
    else:
        console.print(_caption(outcome, is_saved=is_saved))


def _worst_first(outcome: Outcome) -> list[Problem]:
    order = list(Weight)
    return sorted(outcome.problems, key=lambda problem: order.index(problem.weight))


def _table(outcome: Outcome, *, is_saved: bool) -> Table:
    title = f"{outcome.package} as “{outcome.source}” ({outcome.shape})"
    table = Table(
        title=title,
        caption=_caption(outcome, is_saved=is_saved),
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("")
    for name in ("In the package", "New", "Changed", "Unchanged", "Retired"):
        table.add_column(name, justify="right")
    for key, name in _NAMES.items():
        if count := outcome.counts.get(key):
            told = count.new + count.changed + count.unchanged
            table.add_row(
                name,
                *(
                    f"{number:,}"
                    for number in (told, count.new, count.changed, count.unchanged, count.retired)
                ),
            )
    return table


def _caption(outcome: Outcome, *, is_saved: bool) -> str:
    parts = [f"{outcome.rows_read:,} rows read"]
    parts += [f"{outcome.weights[weight]:,} {name.lower()}" for weight, name in _WEIGHTS.items()]
    return ", ".join(parts) + ("." if is_saved else ". Nothing saved.")


@contextmanager
def _reporting(path: Path | None) -> Iterator[Callable[[Problem], None]]:
    if path is None:
        yield lambda problem: None
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["weight", "file", "row", "field", "value", "reason"])
        yield lambda found: writer.writerow(
            [
                as_text(str(one))
                for one in (found.weight, found.file, found.row, found.field, found.value, found.reason)
            ]
        )


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("Opening", total=None)

        def progress(words: str, done: int, of: int) -> None:
            shown.update(task, description=words.capitalize(), completed=done, total=of or None)

        yield progress
