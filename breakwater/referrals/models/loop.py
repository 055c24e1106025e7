"""The referral loop. A referral is a letter between agencies: both ends may read it, nobody else."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from breakwater.cases.models import Case
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.plans.models import Need
from breakwater.resources.models import Service
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency, Circle, CircleQuerySet, User


class LetterQuerySet(models.QuerySet[Any]):
    """Questions about letters between agencies."""

    def visible_to(self, actor: Actor) -> Self:
        """Only what the actor's agency wrote or received."""
        return self.filter(Q(from_agency=actor.agency_id) | Q(to_agency=actor.agency_id))

    def received_by(self, actor: Actor) -> Self:
        """What was sent to the actor's agency."""
        return self.filter(to_agency=actor.agency_id)

    def lock(self, row: Any) -> Any:
        """The row, read again and held until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=row.pk)


class Referral(models.Model):
    """We asked somebody to help with a need. Only the person, or a second source, can say the need was met."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="When it works here too"
    )
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_name = models.CharField(max_length=200, help_text="Whom we asked, as shown")
    need = models.CharField(max_length=16, choices=Need.Domain)
    known_as = models.CharField(max_length=200, blank=True, help_text="The name told to the receiver, if any")
    words = models.TextField(help_text="Exactly what the receiver is told")
    stage = models.CharField(max_length=12, default="sent", help_text="The latest stage; the stages tell the story")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When the loop closed, either way")

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="a_referral_says_whom_it_asks", condition=~Q(to_name=""))]
        indexes = [models.Index("to_agency", "sent_at", condition=Q(closed_at=None), name="referral_to_answer")]


class Stage(models.Model):
    """One stage of a referral: which, when, told by whom."""

    class Code(models.TextChoices):
        """The stages of the loop."""

        SENT = "sent", "Sent"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        STARTED = "started", "Started"
        NEED_MET = "need_met", "Need met"
        NOT_MET = "not_met", "Need not met"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Told(models.TextChoices):
        """Who told us."""

        SENDER = "sender", "The sender"
        RECEIVER = "receiver", "The receiver"
        PERSON = "person", "The person"
        SECOND_SOURCE = "second_source", "A second source"

    class Reason(models.TextChoices):
        """Why it was declined or not met."""

        NO_CAPACITY = "no_capacity", "No capacity"
        NO_FUNDS = "no_funds", "No funds"
        NOT_ELIGIBLE = "not_eligible", "Not eligible"
        NEEDS_MORE = "needs_more", "Needs more than we can give"
        NO_CONTACT = "no_contact", "Could not reach the person"
        PERSON_DECLINED = "person_declined", "The person declined"
        WRONG_SERVICE = "wrong_service", "Wrong service"
        OTHER = "other", "Other"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="stages")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12, choices=Code)
    told_by = models.CharField(max_length=14, choices=Told)
    source = models.CharField(max_length=200, blank=True, help_text="Which person or second source told us")
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("referral", "code", name="each_stage_once"),
            models.CheckConstraint(
                name="need_met_is_never_told_by_the_sender_alone",
                condition=~Q(code="need_met") | Q(told_by__in=["person", "second_source"]),
            ),
            models.CheckConstraint(
                name="a_refusal_has_a_reason", condition=~Q(code__in=["declined", "not_met"]) | ~Q(reason="")
            ),
        ]
