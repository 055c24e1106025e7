"""Circles of care: who may know about one person."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from breakwater.kernel.db import ENDS_AFTER_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, User

if TYPE_CHECKING:
    from breakwater.trust.access import Actor


class Circle(models.Model):
    """Everything confidential about one person, named or not. Agencies stand in it by grants."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    opened_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()


class GrantQuerySet(models.QuerySet["Grant"]):
    """Questions about who stands where."""

    def standing(self, at: datetime) -> Self:
        """The grants in force at a moment."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


class Grant(models.Model):
    """An agency stands in a circle: on which basis, from, until. Nothing else opens a circle."""

    class Basis(models.TextChoices):
        """Why the agency may know."""

        CARE = "care", "It cares for the person"
        CONSENT = "consent", "The person agreed"
        EMERGENCY = "emergency", "The glass was broken in an emergency"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="grants")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=12, choices=Basis)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="grant_ends_after_it_starts", condition=ENDS_AFTER_IT_STARTS),
            models.CheckConstraint(
                name="an_emergency_grant_ends", condition=~Q(basis="emergency") | Q(ends_at__isnull=False)
            ),
            models.UniqueConstraint(
                "circle", "agency", "basis", condition=STANDING, name="one_open_grant_per_agency_and_basis"
            ),
        ]
        indexes = [models.Index("circle", "agency", name="grant_by_circle_and_agency")]


class CircleQuerySet(models.QuerySet[Any]):
    """Questions about confidential rows. Every model that reaches a circle asks through this."""

    def visible_to(self, actor: "Actor") -> Self:
        """Only what lies in circles where the actor's agency stands."""
        return self.filter(
            Exists(
                Grant.objects.standing(actor.now).filter(circle=OuterRef("circle_id"), agency=actor.agency_id)
            )
        )

    def lock(self, row: Any) -> Any:
        """The row, read again and held until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=row.pk)

    def in_circle(self, circle_id: UUID) -> Self:
        """Only the rows of one circle."""
        return self.filter(circle_id=circle_id)
