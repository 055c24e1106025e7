"""Seals what is settled and anchors the journal now, without waiting for the worker's hour."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from breakwater.trust.actions.seals import seal_journal, write_anchors


class Command(BaseCommand):
    help = "Seal what is settled in every journal, and write down the heads in the folder of the anchors"

    def handle(self, *args: Any, **options: Any) -> None:
        seal_journal(at=timezone.now())
        try:
            write_anchors(at=timezone.now(), folder=settings.ANCHORS)
        except OSError as trouble:
            raise CommandError(f"BREAKWATER_ANCHORS takes no lines ({type(trouble).__name__}).") from trouble
