"""How many hand-offs were completed: the receiver's first contact confirmed in time, of all that were offered (K27)."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Subquery

from breakwater.clocks.library import profile
from breakwater.clocks.rules import due_at
from breakwater.referrals.models import Handoff, HandoffStage, HandoffStageCode, Meeting
from breakwater.referrals.rules import Completed, completed
from breakwater.trust.access import Actor

LOOKS_BACK = timedelta(days=90)
_CONTACT = "handoff_first_contact"


def handed_over(actor: Actor, *, at: datetime) -> Completed:
    """Of what an agency offered lately, told from the offer; what it took back itself is not counted.

    In time is what its profile says of a first contact, counted from the offer and not only from the yes.
    """
    limit = profile(actor.agency.profile).spec(_CONTACT).limit
    contact = HandoffStage.objects.filter(handoff=OuterRef("pk"), code=HandoffStageCode.FIRST_CONTACT)
    met = Meeting.objects.filter(handoff=OuterRef("pk"), outcome=Meeting.Outcome.SPOKE)
    offered = (
        Handoff.objects.sent_by(actor)
        .filter(offered_at__gt=at - LOOKS_BACK)
        .exclude(stage=HandoffStageCode.WITHDRAWN)
        .annotate(contact_at=Subquery(contact.values("at")[:1]), met=Exists(met))
        .values_list("offered_at", "contact_at", "met")
    )
    told = [
        (due_at(limit, begun, zone=actor.zone), reached, warm) for begun, reached, warm in offered if limit
    ]
    return completed(told, at=at)
