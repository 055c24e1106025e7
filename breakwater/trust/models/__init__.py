from breakwater.trust.models.agencies import Agency, Appointment, Knock, Session, Unit, User
from breakwater.trust.models.circles import Circle, CircleQuerySet, Grant, Information, Segment, segmented
from breakwater.trust.models.consents import Consent, ConsentQuerySet, Decision
from breakwater.trust.models.drafts import Draft
from breakwater.trust.models.glass import Glass
from breakwater.trust.models.journal import Entry, Receipt, Sighting
from breakwater.trust.models.seals import Seal

__all__ = [
    "Agency",
    "Appointment",
    "Circle",
    "CircleQuerySet",
    "Consent",
    "ConsentQuerySet",
    "Decision",
    "Draft",
    "Entry",
    "Glass",
    "Grant",
    "Information",
    "Knock",
    "Receipt",
    "Seal",
    "Segment",
    "Session",
    "Sighting",
    "Unit",
    "User",
    "segmented",
]
