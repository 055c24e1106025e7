"""What people agreed to, what left their circle, and what was refused."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q

from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, User
from breakwater.trust.models.circles import (
    Circle,
    CircleQuerySet,
    GrantQuerySet,
    Information,
    segmented,
)
from breakwater.trust.rules.law import LET_IN, PURPOSES, SIGNERS
from breakwater.trust.rules.sharing import Agreed

if TYPE_CHECKING:
    from breakwater.trust.access import Actor


class ConsentQuerySet(CircleQuerySet):
    """Questions about what people agreed to."""

    def opened_to(self, actor: "Actor") -> GrantQuerySet:
        """Only at its two ends, and to whose record it is: that there is another recipient is nobody else's to know."""
        at_an_end = Q(agency=OuterRef("agency_id")) | Q(agency=OuterRef("recipient_id"))
        return super().opened_to(actor).filter(at_an_end | Q(circle__opened_by=F("agency")))

    def known_to(self, agency_id: UUID, *, opened_by: UUID) -> Self:
        """What an agency may tell of in one circle: all when it is its record, else where it is at an end."""
        return self if agency_id == opened_by else self.filter(Q(agency=agency_id) | Q(recipient=agency_id))

    def standing(self, at: Any) -> Self:
        """Those that hold at a moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), withdrawn_at=None, starts_at__lte=at)

    def of_circle(self, circle_id: UUID) -> Self:
        """All about one person: the standing first, then the newest."""
        return (
            self.filter(circle=circle_id)
            .select_related("recipient", "agency", "taken_by")
            .defer("taken_by__password")
            .order_by(F("withdrawn_at").desc(nulls_first=True), F("ends_at").desc(nulls_first=True), "-pk")
        )


class Consent(models.Model):
    """A person agreed that something is shared: what, with whom, what for, until when. Its words never change.

    To narrow it is to take a new one in its place; to withdraw it, to end it. Both are told at once to whoever it let
    in. It is kept as it was shown and signed.
    """

    information = Information.WHO

    class Ended(models.TextChoices):
        """How it ended before its time."""

        WITHDRAWN = "withdrawn", "Withdrawn"
        NARROWED = "narrowed", "Narrowed: another took its place"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who may share")
    kind = models.CharField(max_length=30, help_text="Which kind of agreement, of the law")
    law = models.CharField(max_length=20, help_text="Which law it was taken under, at which version")
    recipient = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recipient_name = models.CharField(
        max_length=200, blank=True, help_text="When it does not work with Breakwater"
    )
    purpose = models.CharField(max_length=10, choices=tuple(PURPOSES.items()))
    shares = ArrayField(
        models.CharField(max_length=10, choices=Information), help_text="Which kinds of information"
    )
    segments = segmented("Which protected segments it opens")
    what = models.TextField(help_text="What is shared, in words the person understands")
    lets_in = models.BooleanField(default=False, help_text="They read here; else they are told")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    signer = models.CharField(max_length=16, choices=tuple(SIGNERS.items()))
    signed_by = models.CharField(max_length=200)
    authority = models.CharField(
        max_length=300, blank=True, help_text="What gives whoever signed the right to"
    )
    told = ArrayField(models.CharField(max_length=20), help_text="What the person was told, by its code")
    language = models.CharField(max_length=60, blank=True, help_text="In which language it was explained")
    as_shown = models.TextField(help_text="The words as they were shown and signed")
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, blank=True, choices=Ended)
    withdrawn_words = models.CharField(max_length=300, blank=True, help_text="How the person said so")
    instead = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="in_place_of"
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_consent_ends_after_it_starts",
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="a_consent_names_one_recipient",
                condition=Q(recipient__isnull=True, recipient_name__gt="")
                | Q(recipient__isnull=False, recipient_name=""),
            ),
            models.CheckConstraint(name="a_consent_is_signed", condition=~Q(signed_by="") & ~Q(what="")),
            models.CheckConstraint(
                name="a_victim_service_release_ends",
                condition=~Q(segments__overlap=["vsp"]) | Q(ends_at__isnull=False),
            ),
        ]
        indexes = [models.Index("circle", "recipient", name="consent_by_circle")]

    @property
    def to(self) -> str:
        """Who receives it, by name."""
        return self.recipient.name if self.recipient else self.recipient_name

    def last_day(self, zone: ZoneInfo) -> date | None:
        """The last day on which it holds, where the agency is."""
        return (self.ends_at - timedelta(microseconds=1)).astimezone(zone).date() if self.ends_at else None

    def stands(self, at: Any) -> bool:
        """Whether it holds at a moment."""
        return self.agreed().stands(at)

    def agreed(self) -> Agreed:
        """As plain values, for the decision."""
        return Agreed(
            id=self.pk, kind=self.kind, recipient=self.recipient_id, recipient_name=self.recipient_name,
            purpose=self.purpose, information=frozenset(self.shares), segments=frozenset(self.segments),
            starts_at=self.starts_at, ends_at=self.ends_at, withdrawn_at=self.withdrawn_at,
            lets_in=self.lets_in, is_taken_back=self.ended_how == Consent.Ended.WITHDRAWN,
        )  # fmt: skip


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Questions about what left, and what was refused."""

    def why_let_in(self, circle_id: UUID) -> dict[UUID | None, "Decision"]:
        """What was written down when each agency was last let into a circle."""
        found = self.filter(circle=circle_id, act=LET_IN, answer=Decision.Answer.PERMIT)
        return {one.recipient_id: one for one in found.order_by("at", "pk")}


class Decision(models.Model):
    """Somebody asked whether something may leave a circle, or be opened; and the answer: append-only.

    A permit is at once an entry in the accounting of disclosures: to whom, what, what for, on which basis.
    """

    class Answer(models.TextChoices):
        """What was said."""

        PERMIT = "permit", "May"
        REFUSE = "refuse", "May not"

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    act = models.CharField(max_length=20)
    circle = models.ForeignKey(Circle, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    about = models.UUIDField(null=True)
    recipient = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recipient_name = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=10, blank=True)
    what = models.TextField(blank=True, help_text="What was shared, in words, for the accounting")
    information = ArrayField(models.CharField(max_length=10), default=list)
    segments = ArrayField(models.CharField(max_length=30), default=list)
    answer = models.CharField(max_length=6, choices=Answer)
    code = models.CharField(max_length=20, blank=True, help_text="Of the refusal")
    basis = models.CharField(max_length=300, blank=True, help_text="The law or consent it rests on")
    consents = ArrayField(models.UUIDField(), default=list)
    obligations = ArrayField(models.CharField(max_length=20), default=list)
    facts = models.JSONField(default=dict, help_text="What an emergency asked for")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("circle", "at", name="decision_by_circle"),
            models.Index("agency", "at", name="decision_by_agency"),
            models.Index("agency", "id", name="decision_in_order"),
        ]
