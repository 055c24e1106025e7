"""Every ten minutes, what was looked at is gone through; every night, what is kept."""

from datetime import datetime

from django.utils import timezone

from breakwater.kernel.jobs import every
from breakwater.privacy.keeping import go_through
from breakwater.privacy.looking import look_through
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency


class SomeLooksNotGoneThrough(Exception):
    """Some agencies' looks were not gone through; the next time tries again. Holds ids and names of code."""


@every("*/10 * * * *", "privacy.look_through")
def look_through_everywhere(timestamp: int) -> None:
    """Go through what the people of every agency looked at since the last time."""
    look_through_all(at=timezone.now())


def look_through_all(*, at: datetime) -> None:
    """Agency by agency; one that fails does not keep the others from being gone through.

    Raises:
        SomeLooksNotGoneThrough: at least one failed.
    """
    failed = []
    for agency in Agency.objects.order_by("pk"):
        by = system_for(agency, now=at)
        try:
            with acting(by):
                look_through(at=at, by=by)
        except Exception as error:  # noqa: BLE001 - nobody's question waits for somebody else's fault
            failed.append(f"{agency.pk}: {type(error).__name__}")
    if failed:
        raise SomeLooksNotGoneThrough("; ".join(failed))


class SomeRecordsNotGoneThrough(Exception):
    """Some agencies' records were not gone through; tomorrow tries again. Holds ids and names of code."""


@every("23 2 * * *", "privacy.go_through")
def go_through_everywhere(timestamp: int) -> None:
    """Put on each agency's desk what has come due, with a certificate of the run. Nothing is erased by it."""
    go_through_all(at=timezone.now())


def go_through_all(*, at: datetime) -> None:
    """Agency by agency; one that fails does not keep the others from being gone through.

    Raises:
        SomeRecordsNotGoneThrough: at least one failed.
    """
    failed = []
    for agency in Agency.objects.order_by("pk"):
        by = system_for(agency, now=at)
        try:
            with acting(by):
                go_through(at=at, by=by)
        except Exception as error:  # noqa: BLE001 - nobody's records wait for somebody else's fault
            failed.append(f"{agency.pk}: {type(error).__name__}")
    if failed:
        raise SomeRecordsNotGoneThrough("; ".join(failed))
