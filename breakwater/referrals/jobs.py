"""Beds that were held and not taken up are let go every minute."""

from datetime import datetime

from django.utils import timezone

from breakwater.clocks.jobs import for_each_agency, look_at
from breakwater.kernel.jobs import every
from breakwater.referrals.actions.holds import let_go
from breakwater.referrals.models import Round
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency


@every("* * * * *", "referrals.let_go")
def let_go_everywhere(timestamp: int) -> None:
    """End the rounds whose bed is no longer held, so that nobody goes on waiting for it."""
    at = timezone.now()
    for_each_agency(lambda agency: let_go_of(agency, at=at))


def let_go_of(agency: Agency, *, at: datetime) -> int:
    """End those of one agency, each by itself, after it heard that their time was missed. How many there were."""
    by = system_for(agency, now=at)
    with acting(by):
        lost = list(Round.objects.lost().filter(agency=agency))
    if lost:
        look_at(agency, at=at)
    ended = 0
    for round_ in lost:
        with acting(by):
            ended += let_go(round_, at=at, by=by)
    return ended
