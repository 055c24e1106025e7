"""What the person said about telling those close to them: 45 CFR 164.510(b)."""

from typing import Self

from django.db import models
from django.db.models import Q

from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING
from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, User
from breakwater.trust.models.circles import Circle, CircleQuerySet, Information
from breakwater.trust.rules.sharing import Said


class InvolvementQuerySet(CircleQuerySet):
    """Questions about who may be told."""

    def standing(self) -> Self:
        """What was said and not taken back."""
        return self.filter(STANDING)

    def of_circle(self, circle_id: object) -> Self:
        """All about one person: what stands first, then the newest."""
        in_order = self.filter(circle=circle_id).select_related("by").defer("by__password")
        return in_order.order_by(models.F("ends_at").desc(nulls_first=True), "-starts_at", "-pk")


class Involvement(models.Model):
    """The person said whether somebody close may be told, or everybody close. A new word ends the one before."""

    information = Information.WHO

    class Answer(models.TextChoices):
        """What they said."""

        AGREED = "agreed", "They agreed"
        INFERRED = "inferred", "They had the chance to say no, and did not"
        OBJECTED = "objected", "They said no"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(
        max_length=200, blank=True, help_text="Whom it is about; empty means all close to them"
    )
    relation = models.CharField(max_length=120, blank=True)
    answer = models.CharField(max_length=10, choices=Answer)
    words = models.TextField(blank=True, help_text="How they said it, and what may be told")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = InvolvementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="involvement_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(
                name="who_did_not_say_no_is_one_somebody", condition=~Q(answer="inferred", name="")
            ),
        ]
        indexes = [models.Index("circle", condition=STANDING, name="standing_involvement")]

    @property
    def who(self) -> str:
        """Whom it is about, in words."""
        return self.name or "Everybody close to them"

    def said(self) -> Said:
        """As plain values, for the decision."""
        return Said(name=self.name, agreed=self.answer != self.Answer.OBJECTED)
