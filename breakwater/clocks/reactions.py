"""What clocks do about news: an agreement runs on a clock of its own, and so does the review of an emergency."""

from breakwater.clocks.actions import Promise, start, start_all, stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.db import locked
from breakwater.kernel.events import event_from, on
from breakwater.trust.access import Actor
from breakwater.trust.events import ConsentGiven, ConsentWithdrawn, GlassBroken, GlassReviewed
from breakwater.trust.library import law_of
from breakwater.trust.models import Circle, Entry

CONSENT = "consent_expiry"
REVIEWS = ("glass_review", "glass_escalation")


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


@on(GlassBroken)
def ask_for_a_review(entry: Entry, by: Actor) -> None:
    """Whose record was opened in an emergency is owed a review, and a second asking. Heard twice, it starts once."""
    event = event_from(entry.verb, entry.facts)
    if entry.circle is None or not isinstance(event, GlassBroken) or by.agency_id != entry.to_agency_id:
        return
    locked(Circle.objects.all(), entry.circle_id)
    if Clock.objects.filter(about=event.glass_id, kind__in=REVIEWS).exists():
        return
    glass = law_of(by.agency).glass
    promises = [
        Promise(kind=kind, about=event.glass_id, started_at=entry.at, until=entry.at + limit)
        for kind, limit in zip(REVIEWS, (glass.review, glass.escalate), strict=True)
    ]
    start_all(promises, circle=entry.circle, episode=None, at=entry.at, by=by)


@on(GlassReviewed)
def it_was_reviewed(entry: Entry, by: Actor) -> None:
    """Nobody is asked any more; on the side of the agency whose record it is, where these clocks run."""
    if entry.about:
        stop_kind(REVIEWS, about=entry.about, how=Clock.Ended.MET, at=entry.at, by=by)
