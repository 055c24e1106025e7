"""What clocks do about news: an agreement runs on a clock of its own, so that nobody relies on one that has ended."""

from breakwater.clocks.actions import Promise, start, stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.db import locked
from breakwater.kernel.events import event_from, on
from breakwater.trust.access import Actor
from breakwater.trust.events import ConsentGiven, ConsentWithdrawn
from breakwater.trust.models import Circle, Entry

CONSENT = "consent_expiry"


@on(ConsentGiven, when=lambda event: event.ends_at is not None)
def watch_a_consent(entry: Entry, by: Actor) -> None:
    """A consent that ends has a clock, so that somebody asks the person in time. Heard twice, it starts once."""
    event = event_from(entry.verb, entry.facts)
    if entry.circle is None or not isinstance(event, ConsentGiven) or event.ends_at is None:
        return
    locked(Circle.objects.all(), entry.circle_id)
    if not Clock.objects.filter(about=event.consent_id, kind=CONSENT).exists():
        promise = Promise(kind=CONSENT, about=event.consent_id, started_at=entry.at, until=event.ends_at)
        start(promise, circle=entry.circle, episode=None, at=entry.at, by=by)


@on(ConsentWithdrawn)
def let_a_consent_go(entry: Entry, by: Actor) -> None:
    """What was withdrawn runs no longer."""
    if entry.about:
        stop_kind([CONSENT], about=entry.about, how=Clock.Ended.MET, at=entry.at, by=by)
