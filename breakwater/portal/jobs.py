"""Places without accounts are asked every five minutes for figures that grew old."""

from django.utils import timezone

from breakwater.clocks.jobs import for_each_agency
from breakwater.kernel.jobs import every
from breakwater.portal.actions.standing import ask_places
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency


@every("*/5 * * * *", "portal.ask_places")
def ask_places_everywhere(timestamp: int) -> None:
    """Ask by the links that each agency handed out, agency by agency."""
    at = timezone.now()

    def ask(agency: Agency) -> None:
        with acting(system_for(agency, now=at)) as by:
            ask_places(at=at, by=by)

    for_each_agency(ask)
