from breakwater.trust.models.agencies import Agency, Appointment, Knock, Session, Unit, User
from breakwater.trust.models.circles import Circle, CircleQuerySet, Grant
from breakwater.trust.models.drafts import Draft
from breakwater.trust.models.journal import Entry, Receipt, Sighting

__all__ = [
    "Agency",
    "Appointment",
    "Circle",
    "CircleQuerySet",
    "Draft",
    "Entry",
    "Grant",
    "Knock",
    "Receipt",
    "Session",
    "Sighting",
    "Unit",
    "User",
]
