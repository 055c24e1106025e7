"""Catalogs of what workers read: written anew from our own text, and brought up to date."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template import engines

from breakwater.ui.words.catalogs import ENGLISH, ROOM, read, spoken_to_workers
from breakwater.ui.words.extracting import POT, brought_up, messages, written


class Command(BaseCommand):
    help = "Every sentence that a worker reads, for translators: extract, update, or how much is translated."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["extract", "update", "count"])

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "count":
            return self._count()
        pot = written(messages(engines.all()[0].env))  # type: ignore[attr-defined]  # ours is the only one
        POT.write_bytes(pot)
        if act == "update":
            for code in spoken_to_workers():
                if code != ENGLISH:
                    path = ROOM / f"{code}.po"
                    path.write_bytes(brought_up(path.read_bytes(), pot))
        return self._count()

    def _count(self) -> None:
        """Say how far each language has come."""
        if not POT.exists():
            raise CommandError("There is no template of the catalogs yet: breakwater words extract.")
        known = len(read(POT, as_it_is=True).translations)
        self.stdout.write(f"{known} messages")
        for code in spoken_to_workers():
            if code != ENGLISH:
                catalog = read(ROOM / f"{code}.po")
                verified = "verified" if catalog.is_verified else "not verified"
                self.stdout.write(f"{code}: {len(catalog.translations)} translated, {verified}")
