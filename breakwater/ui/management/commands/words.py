"""Catalogs of what workers read: written anew from our own text, and brought up to date."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.template import engines

from breakwater.ui.words.beside import said_beside
from breakwater.ui.words.catalogs import POT, ROOM, TRANSLATED, catalog_of, known_messages
from breakwater.ui.words.extracting import brought_up, messages, written


class Command(BaseCommand):
    help = "What can be translated: extract it from our text, update the catalogs, or count how far each has come"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["extract", "update", "count"])

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act != "count":
            POT.write_bytes(written(messages(engines["jinja"].env)))  # type: ignore[attr-defined]  # ours is Jinja2
        if act == "update":
            for code in TRANSLATED:
                path = ROOM / f"{code}.po"
                path.write_bytes(brought_up(path.read_bytes(), POT.read_bytes(), said_beside(code)))
        self._count()

    def _count(self) -> None:
        """Say how far each language has come."""
        known = known_messages()
        self.stdout.write(f"{len(known)} messages")
        for code in TRANSLATED:
            catalog = catalog_of(code)
            if catalog is not None:
                done = sum(message in catalog.translations for message in known)
                verified = "verified" if catalog.is_verified else "not verified"
                self.stdout.write(f"{code}: {done} translated, {verified}")
