"""What is known of those who call and say that they are a person: when it was tried, and how long to wait."""

from datetime import timedelta

from django.db.models import QuerySet

from breakwater.people.events import CallerTried
from breakwater.people.models import Person
from breakwater.trust.access import Actor
from breakwater.trust.models import Entry

MOST_TRIES = 5
_MINUTE = timedelta(minutes=1)


def last_tries(person: Person, by: Actor) -> QuerySet[Entry]:
    """When words were tried for a person lately and whether they matched, the newest first."""
    tried = Entry.objects.visible_to(by).in_circle(person.circle_id).filter(verb=CallerTried.verb)
    found: QuerySet[Entry] = (
        tried.select_related("by").defer("by__password").order_by("-at", "-pk")[:MOST_TRIES]
    )
    return found


def how_to_wait(length: timedelta) -> str:
    """The sentence for whoever has to wait after words that did not match."""
    minutes = max(1, -(-length // _MINUTE))
    return (
        f"Too many tries with a word that did not match. Wait {minutes} min, then try again. Better: hang up, and call"
        " the person where it is safe."
    )
