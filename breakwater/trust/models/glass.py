"""Glass: a record of another agency, opened in an emergency."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, User
from breakwater.trust.models.circles import Circle, Grant

if TYPE_CHECKING:
    from breakwater.trust.access import Actor


class GlassQuerySet(models.QuerySet["Glass"]):
    """Questions about what was opened in emergencies."""

    def visible_to(self, actor: "Actor") -> Self:
        """Those that touch the actor's agency: its worker opened it, or it is its record."""
        return self.filter(Q(agency=actor.agency_id) | Q(owner=actor.agency_id))

    def known_to(self, agency_id: UUID, *, opened_by: UUID) -> Self:
        """What an agency may tell of in one circle: all when it is its record, else where it is one of the two."""
        return self if agency_id == opened_by else self.filter(Q(agency=agency_id) | Q(owner=agency_id))

    def open(self, at: datetime) -> Self:
        """Those through which somebody may look at a moment."""
        return self.filter(Q(closed_at=None) | Q(closed_at__gt=at), opened_at__lte=at, ends_at__gt=at)

    def to_review(self) -> Self:
        """Those of which nobody said yet whether they were right."""
        return self.filter(reviewed_at=None)


class Glass(models.Model):
    """Somebody opened a record of another agency in an emergency: why, for how long, and what a reviewer said of it.

    It lets in one person, to read. Seen by both agencies, and never thrown away. Where it opens substance use
    treatment it says to which medical staff that is told, by whom, and why the person could not be asked.
    """

    class Reason(models.TextChoices):
        """What kind of emergency it is."""

        LIFE = "life_threat", "A life is in danger"
        INCAPACITATED = "incapacitated", "They cannot speak for themselves"
        WELFARE = "welfare_check", "Nobody knows whether they are all right"
        OTHER = "other", "Something else"

    MEDICAL: ClassVar = (Reason.LIFE, Reason.INCAPACITATED)
    """Reasons that are a medical emergency; 42 CFR 2.51(a)(1) asks besides that the person cannot agree."""

    class Outcome(models.TextChoices):
        """What the review came to."""

        APPROPRIATE = "appropriate", "It was right"
        TRAINING = "training", "It was meant well; training follows"
        VIOLATION = "violation", "It was not allowed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", help_text="Whose record it is"
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", help_text="Whose worker opened it"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="glass")
    reason = models.CharField(max_length=16, choices=Reason)
    words = models.TextField(help_text="What is happening, as it was written before it opened")
    recipient_name = models.CharField(
        max_length=200, blank=True, default="",
        help_text="Who of the medical staff is told, when it opens substance use treatment",
    )  # fmt: skip
    recipient_affiliation = models.CharField(
        max_length=200, blank=True, default="", help_text="Where they work"
    )
    discloser = models.CharField(max_length=200, blank=True, default="", help_text="Who tells them")
    no_consent = models.TextField(blank=True, default="", help_text="Why the person could not be asked first")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When whoever opened it was done")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    outcome = models.CharField(max_length=12, blank=True, choices=Outcome)
    review_words = models.TextField(blank=True)

    objects = GlassQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_glass_opens_for_a_while", condition=Q(ends_at__gt=F("opened_at"))),
            models.CheckConstraint(name="a_glass_is_broken_for_a_reason", condition=~Q(words="")),
            models.CheckConstraint(
                name="a_review_says_what_it_came_to",
                condition=Q(reviewed_at=None, outcome="") | Q(reviewed_at__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="a_medical_glass_has_its_facts",
                condition=Q(recipient_name="", recipient_affiliation="", discloser="", no_consent="")
                | ~Q(recipient_name="") & ~Q(recipient_affiliation="") & ~Q(discloser="") & ~Q(no_consent=""),
            ),
        ]
        indexes = [
            models.Index("owner", condition=Q(reviewed_at=None), name="glass_to_review_by_owner"),
            models.Index("agency", condition=Q(reviewed_at=None), name="glass_to_review_by_agency"),
            models.Index("by", "opened_at", name="glass_by_person"),
        ]

    @property
    def is_medical(self) -> bool:
        """Whether it opens substance use treatment, for the medical staff that it names."""
        return bool(self.discloser)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody may look through it at a moment."""
        return self.opened_at <= at < self.ends_at and (self.closed_at is None or at < self.closed_at)
