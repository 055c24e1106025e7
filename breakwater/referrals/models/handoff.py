"""The warm hand-off. The packet is a letter; the case stays ours until the receiver's first contact is confirmed."""

from django.db import models
from django.db.models import Q

from breakwater.cases.models import Case
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.referrals.models.loop import LetterQuerySet
from breakwater.trust.models import Agency, Circle, User


class Handoff(models.Model):
    """A case offered to another agency, with exactly what it will see."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="handoffs")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_name = models.CharField(max_length=200)
    packet = models.JSONField(help_text="The sections chosen, as text, exactly as the receiver sees them")
    stage = models.CharField(max_length=14, default="offered")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("case", condition=Q(closed_at=None), name="one_open_hand_off_per_case"),
            models.CheckConstraint(name="a_hand_off_says_to_whom", condition=~Q(to_name="")),
        ]
        indexes = [models.Index("to_agency", "offered_at", condition=Q(closed_at=None), name="handoff_to_answer")]


class HandoffStage(models.Model):
    """One stage of a hand-off: which, when, told by whom."""

    class Code(models.TextChoices):
        """The stages of a hand-off."""

        OFFERED = "offered", "Offered"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        FIRST_CONTACT = "first_contact", "First contact confirmed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="stages")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=14, choices=Code)
    source = models.CharField(max_length=200, blank=True, help_text="Who told us")
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("handoff", "code", name="each_hand_off_stage_once")]
