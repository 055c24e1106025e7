"""Fills the demo county."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.progress import Progress

from breakwater.simulation.at_once import how_many
from breakwater.simulation.county import County
from breakwater.trust.models import Agency


class Command(BaseCommand):
    help = "Fill the demo county, once"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=48, help="the same seed gives the same county")

    def handle(self, *args: Any, **options: Any) -> None:
        if Agency.objects.exists():
            raise CommandError(
                "There are agencies here already: the demo county fills an empty database only."
            )
        with Progress(transient=True) as progress:
            task = progress.add_task("Filling the demo county", total=None)
            County(seed=options["seed"], now=timezone.now()).build(
                lambda done, of: progress.update(task, completed=done, total=of), processes=how_many()
            )
