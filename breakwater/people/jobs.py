"""Work the people floor does later."""

from datetime import datetime

from breakwater.clocks.jobs import for_each_agency
from breakwater.kernel.db import now_by_the_database
from breakwater.kernel.jobs import every
from breakwater.people.actions.persons import find_by_description
from breakwater.people.actions.words import forget_words
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency


@every("53 3 * * *", "people.forget_words")
def forget_words_of_nobody(timestamp: int) -> None:
    """Forget the words of names that nobody has any more."""
    forget_words()


@every("31 3 * * *", "people.find_by_description")
def find_all_by_description(timestamp: int) -> None:
    """Let everybody who was known by a description before it was searched be found by it, agency by agency."""
    at = now_by_the_database()
    for_each_agency(lambda agency: find_those_of(agency, at=at))


def find_those_of(agency: Agency, *, at: datetime) -> int:
    """Those of one agency, in batches that each hold by themselves. Returns how many."""
    by, found = system_for(agency, now=at), 0
    while True:
        with acting(by):
            some = find_by_description(at=at, by=by)
        if not some:
            return found
        found += some
