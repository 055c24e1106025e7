"""Concerns: what a security team was told about a threat, and nothing else."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, User
from breakwater.trust.models.circles import Circle, Grant, Information

if TYPE_CHECKING:
    from breakwater.trust.access import Actor


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Questions about what security teams were told."""

    def visible_to(self, actor: "Actor") -> Self:
        """What the actor's agency told, for good; and what it was told, for as long as it may know."""
        stands = Grant.objects.standing(actor.now).of(actor).filter(
            circle=models.OuterRef("circle_id"), information__contains=[Information.THREAT]
        )  # fmt: skip
        told = Q(to_agency=actor.agency_id, starts_at__lte=actor.now, ends_at__gt=actor.now)
        return self.filter(Q(from_agency=actor.agency_id) | told, models.Exists(stands))

    def told_to(self, actor: "Actor") -> Self:
        """What the actor's agency was told and may still read, newest first."""
        return self.visible_to(actor).filter(to_agency=actor.agency_id).order_by("-starts_at", "-pk")


class Concern(models.Model):
    """A worker told a security team about a threat: the facts that were chosen, word for word; for a while.

    It lies behind the wall of threats. Nothing else ever puts anything there: no note, no reading, no reaction.
    """

    information = Information.THREAT

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="concern")
    told = models.TextField(help_text="Word for word what left")
    basis = models.CharField(max_length=300, help_text="The law it rests on")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Until when the team reads it")
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_concern_says_something", condition=~Q(told="")),
            models.CheckConstraint(
                name="a_concern_ends_after_it_starts", condition=Q(ends_at__gte=F("starts_at"))
            ),
            models.CheckConstraint(
                name="a_concern_goes_to_another_agency", condition=~Q(from_agency=F("to_agency"))
            ),
        ]
        indexes = [
            models.Index("to_agency", "ends_at", name="concern_by_team"),
            models.Index("circle", name="concern_by_circle"),
        ]

    def is_open(self, at: datetime) -> bool:
        """Whether the team reads it at a moment."""
        return self.starts_at <= at < self.ends_at
