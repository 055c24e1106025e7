"""The worker: reactions and scheduled work."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand

from breakwater.kernel.jobs import work
from breakwater.kernel.patience import WORKER, keep_to


class Command(BaseCommand):
    help = "Do reactions and scheduled work until told to stop"
    requires_system_checks = ()  # the web server beside it looks at everything; here only the start would wait

    def handle(self, *args: Any, **options: Any) -> None:
        keep_to(WORKER)
        asyncio.run(work())
