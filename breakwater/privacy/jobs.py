"""Every ten minutes, what was looked at is gone through; every hour, whose key is to go; every night, what is kept."""

from datetime import datetime

from django.utils import timezone

from breakwater.clocks.jobs import for_each_agency
from breakwater.kernel.jobs import every
from breakwater.privacy.keeping import go_through
from breakwater.privacy.looking import look_through
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.erasing import destroy_keys_of_erased
from breakwater.trust.models import Agency


@every("*/10 * * * *", "privacy.look_through")
def look_through_everywhere(timestamp: int) -> None:
    """Go through what the people of every agency looked at since the last time."""
    look_through_all(at=timezone.now())


def look_through_all(*, at: datetime) -> None:
    """Agency by agency, each by itself."""

    def look(agency: Agency) -> None:
        with acting(system_for(agency, now=at)) as by:
            look_through(at=at, by=by)

    for_each_agency(look)


@every("23 2 * * *", "privacy.go_through")
def go_through_everywhere(timestamp: int) -> None:
    """Put on each agency's desk what has come due, with a certificate of the run. Nothing is erased by it."""
    go_through_all(at=timezone.now())


def go_through_all(*, at: datetime) -> None:
    """Agency by agency, each by itself."""

    def go(agency: Agency) -> None:
        with acting(system_for(agency, now=at)) as by:
            go_through(at=at, by=by)

    for_each_agency(go)


@every("53 * * * *", "privacy.destroy_keys")
def destroy_keys_everywhere(timestamp: int) -> None:
    """Destroy the keys of those who were erased, where that could not be done at once."""
    destroy_keys_of_all(at=timezone.now())


def destroy_keys_of_all(*, at: datetime) -> None:
    """Agency by agency, each by itself."""

    def destroy(agency: Agency) -> None:
        with acting(system_for(agency, now=at)) as by:
            destroy_keys_of_erased(by=by)

    for_each_agency(destroy)
