"""Figures that grow old are asked for every five minutes."""

from django.utils import timezone

from breakwater.kernel.jobs import every
from breakwater.resources.actions.counting import ask_for_figures
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency


@every("*/5 * * * *", "resources.ask_for_figures")
def ask_everywhere(timestamp: int) -> None:
    """Ask those who keep programs whether their figures are still so, agency by agency."""
    at = timezone.now()
    for agency in Agency.objects.order_by("pk"):
        by = system_for(agency, now=at)
        while True:
            with acting(by):
                found = ask_for_figures(at=at, by=by)
            if not found:
                break
