"""The clocks are looked at every minute."""

from django.utils import timezone

from breakwater.clocks.actions import announce
from breakwater.kernel.jobs import every
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency


@every("* * * * *", "clocks.announce")
def announce_everywhere(timestamp: int) -> None:
    """Announce what is due soon and what was missed, agency by agency."""
    now = timezone.now()
    for agency in Agency.objects.all():
        by = system_for(agency, now=now)
        announced = 1
        while announced:
            with acting(by):
                announced = announce(at=now, by=by)
