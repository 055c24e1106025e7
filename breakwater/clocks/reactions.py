"""What clocks do about news: an agreement, the review of an emergency and a request about a record run on clocks."""

from breakwater.clocks.actions import Promise, replace, start, start_all, stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.db import locked
from breakwater.kernel.events import event_from, on
from breakwater.trust.access import Actor
from breakwater.trust.events import (
    ConsentGiven,
    ConsentWithdrawn,
    GlassBroken,
    GlassReviewed,
    MedicalEmergencyReviewed,
    MedicalStaffTold,
    RecordRequestAnswered,
    RecordRequestExtended,
    RecordRequestReceived,
)
from breakwater.trust.library import law_of
from breakwater.trust.models import Circle, Entry

CONSENT = "consent_expiry"
REQUEST = "record_request"
REVIEWS = ("glass_review", "glass_escalation")
MEDICAL = "medical_review"


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


@on(RecordRequestReceived, RecordRequestExtended)
def watch_a_request(entry: Entry, by: Actor) -> None:
    """Whoever asks about their record is owed an answer by a day. Heard twice, and in any order, one clock runs."""
    event = event_from(entry.verb, entry.facts)
    if entry.circle is None or not isinstance(event, RecordRequestReceived | RecordRequestExtended):
        return
    locked(Circle.objects.all(), entry.circle_id)
    clocks = Clock.objects.of(event.request_id).filter(kind=REQUEST)
    if clocks.filter(due_at__gte=event.due_at).exists() or clocks.filter(ended_how=Clock.Ended.MET).exists():
        return
    promise = Promise(kind=REQUEST, about=event.request_id, started_at=entry.at, until=event.due_at)
    replace(promise, circle=entry.circle, episode=None, at=entry.at, by=by)


@on(RecordRequestAnswered)
def a_request_was_answered(entry: Entry, by: Actor) -> None:
    """Nobody waits any more."""
    if entry.about:
        stop_kind([REQUEST], about=entry.about, how=Clock.Ended.MET, at=entry.at, by=by)


@on(MedicalStaffTold)
def ask_somebody_to_look(entry: Entry, by: Actor) -> None:
    """What medical staff were told is looked at by somebody else, in time. Heard twice, it starts once."""
    if entry.circle is None or entry.about is None:
        return
    locked(Circle.objects.all(), entry.circle_id)
    if not Clock.objects.filter(about=entry.about, kind=MEDICAL).exists():
        until = entry.at + law_of(by.agency).glass.review
        promise = Promise(kind=MEDICAL, about=entry.about, started_at=entry.at, until=until)
        start(promise, circle=entry.circle, episode=None, at=entry.at, by=by)


@on(MedicalEmergencyReviewed)
def somebody_looked(entry: Entry, by: Actor) -> None:
    """Nobody is asked any more."""
    if entry.about:
        stop_kind([MEDICAL], about=entry.about, how=Clock.Ended.MET, at=entry.at, by=by)
