from breakwater.trust.models.administration import AccessAnswer, AccessReview
from breakwater.trust.models.agencies import (
    Agency,
    AgencyRole,
    Appointment,
    Suspension,
    Unit,
    User,
)
from breakwater.trust.models.circles import (
    Circle,
    CircleQuerySet,
    Grant,
    Information,
    KeptApart,
    Leaves,
    Segment,
    narrative,
    segmented,
)
from breakwater.trust.models.concerns import Concern
from breakwater.trust.models.consents import Consent, ConsentQuerySet, Decision
from breakwater.trust.models.drafts import Draft
from breakwater.trust.models.factors import (
    Authenticator,
    Challenge,
    Identity,
    Passkey,
    Provider,
    RecoveryCode,
)
from breakwater.trust.models.family import Involvement
from breakwater.trust.models.glass import Glass
from breakwater.trust.models.handed import HandedCode
from breakwater.trust.models.incidents import Affected, Incident, Told
from breakwater.trust.models.journal import Entry, Receipt, Sighting
from breakwater.trust.models.keeping import Erasure, LegalHold, RetentionRun, Term
from breakwater.trust.models.keys import DataKey
from breakwater.trust.models.live import Change
from breakwater.trust.models.looks import Flag, OddLook, Opening, Watch
from breakwater.trust.models.medical import MedicalEmergency
from breakwater.trust.models.requests import RecordRequest
from breakwater.trust.models.seals import Seal
from breakwater.trust.models.sessions import Knock, Session

__all__ = [
    "AccessAnswer",
    "AccessReview",
    "Affected",
    "Agency",
    "AgencyRole",
    "Appointment",
    "Authenticator",
    "Challenge",
    "Change",
    "Circle",
    "CircleQuerySet",
    "Concern",
    "Consent",
    "ConsentQuerySet",
    "DataKey",
    "Decision",
    "Draft",
    "Entry",
    "Erasure",
    "Flag",
    "Glass",
    "Grant",
    "HandedCode",
    "Identity",
    "Incident",
    "Information",
    "Involvement",
    "KeptApart",
    "Knock",
    "Leaves",
    "LegalHold",
    "MedicalEmergency",
    "OddLook",
    "Opening",
    "Passkey",
    "Provider",
    "Receipt",
    "RecordRequest",
    "RecoveryCode",
    "RetentionRun",
    "Seal",
    "Segment",
    "Session",
    "Sighting",
    "Suspension",
    "Term",
    "Told",
    "Unit",
    "User",
    "Watch",
    "narrative",
    "segmented",
]
