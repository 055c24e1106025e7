"""Tells whether the journal is as it was sealed."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from rich.console import Console
from rich.table import Table

from breakwater.trust.actions.seals import read_anchors
from breakwater.trust.models import Seal
from breakwater.trust.verifying import Verified, verify_journal


class Command(BaseCommand):
    help = (
        "Go through the sealed journal of every agency, and name the first row that is not as it was sealed"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchors",
            type=Path,
            default=settings.ANCHORS,
            help="the folder with the heads written down elsewhere",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        anchors = read_anchors(options["anchors"])
        console, table = Console(), _table()
        found = []
        for one in verify_journal(_ask, key=settings.SEAL_KEY, anchors=anchors):
            if one.seals or one.waiting or one.broken:
                found.append(one)
                table.add_row(*_told(one))
        console.print(table)
        console.print(_summary(found, sum(len(of_chain) for of_chain in anchors.values())), highlight=False)
        if any(one.broken for one in found):
            raise CommandError("The journal is not as it was sealed.", returncode=1)


def _ask(sql: str, told: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return list(cursor.fetchall())


def _table() -> Table:
    table = Table()
    for heading, justify in (("agency", "left"), ("stream", "left"), ("rows", "right"), ("seals", "right")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]  # a literal, spelled in a loop
    table.add_column("not sealed yet", justify="right")
    table.add_column("found")
    return table


def _told(one: Verified) -> tuple[str, ...]:
    found = f"row {one.broken.row} {one.broken.how}" if one.broken else "as sealed"
    stream = str(Seal.Stream(one.chain.stream).label)
    return one.agency, stream, f"{one.rows:,}", f"{one.seals:,}", f"{one.waiting:,}", found


def _summary(found: list[Verified], anchors: int) -> str:
    rows, waiting = sum(one.rows for one in found), sum(one.waiting for one in found)
    held = f"{anchors:,} anchors were held against it." if anchors else (
        "No anchors were found: whether the end was cut off cannot be told."
    )  # fmt: skip
    return f"{rows:,} rows are as they were sealed, {waiting:,} wait for the next seal. {held}"
