"""Prints one sign-in per role of the demo county, and whose story is whole."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from breakwater.simulation.agencies import PASSWORD
from breakwater.simulation.tour import whole_stories
from breakwater.trust.models import Appointment


class Command(BaseCommand):
    help = "One sign-in per role of the demo county, and whom to look at first"
    requires_system_checks = ()  # the web server beside it looks at everything; here only the start would wait

    def handle(self, *args: Any, **options: Any) -> None:
        table = Table("Role", "Sign-in name", "Agency", title=f"Demo county. Password for all: {PASSWORD}")
        seen: set[str] = set()
        for one in (
            Appointment.objects.filter(ends_at=None)
            .order_by("pk")
            .select_related("user", "agency", "own_role")
        ):
            if one.role not in seen:
                seen.add(one.role)
                table.add_row(one.role_name, one.user.username, one.agency.name)
        console = Console()
        console.print(table)
        stories = Table("Person", "Case", "Agency", title="A whole story to look at, signed in there")
        for agency, case in whole_stories(at=timezone.now()):
            stories.add_row(case.person.known_as, case.number, agency.name)
        if stories.row_count:
            console.print(stories)
