"""The clocks are looked at every minute."""

from collections.abc import Callable
from datetime import datetime

from breakwater.clocks.actions import announce, resume_overdue
from breakwater.kernel.db import now_by_the_database
from breakwater.kernel.jobs import every
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency


class SomeAgenciesNotReached(Exception):
    """Some agencies were not looked after; the next minute tries again. Holds ids and names of code."""


@every("* * * * *", "clocks.announce")
def announce_everywhere(timestamp: int) -> None:
    """Announce what is due soon and what was missed, agency by agency, by the clock that all servers share."""
    look_at_all(at=now_by_the_database())


def look_at_all(*, at: datetime) -> None:
    """Look at the clocks of every agency."""
    for_each_agency(lambda agency: look_at(agency, at=at))


def for_each_agency(look: Callable[[Agency], object]) -> None:
    """Agency by agency; one that fails does not keep the others from being heard.

    Raises:
        SomeAgenciesNotReached: at least one failed.
    """
    failed = []
    for agency in Agency.objects.order_by("pk"):
        try:
            look(agency)
        except Exception as error:  # noqa: BLE001 - nobody's alarm waits for somebody else's fault
            failed.append(f"{agency.pk}: {type(error).__name__}")
    if failed:
        raise SomeAgenciesNotReached("; ".join(failed))


def look_at(agency: Agency, *, at: datetime) -> None:
    """Wake one agency's clocks and announce them, in batches that each hold by themselves."""
    by = system_for(agency, now=at)
    for look in (resume_overdue, announce):
        while True:
            with acting(by):
                found = look(at=at, by=by)
            if not found:
                break
