"""Medical emergencies: what medical staff were told from a protected record, with the facts of 42 CFR 2.51(c)."""

from typing import Self

from django.db import models
from django.db.models import Q

from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, User
from breakwater.trust.models.circles import Circle, CircleQuerySet, Information


class MedicalEmergencyQuerySet(CircleQuerySet):
    """Questions about what medical staff were told."""

    def of_circle(self, circle_id: object) -> Self:
        """All about one person, newest first."""
        found = self.filter(circle=circle_id).select_related("by", "reviewed_by")
        return found.defer("by__password", "reviewed_by__password").order_by("-at", "-pk")

    def to_review(self) -> Self:
        """Those that nobody has looked at yet."""
        return self.filter(reviewed_at=None)


class MedicalEmergency(models.Model):
    """Somebody told medical staff, in an emergency, what they needed: to whom, where, by whom, when, and why.

    Written down in the person's own record. Its words never change; a reviewer is added once.
    """

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    recipient_name = models.CharField(max_length=200, help_text="Who of the medical staff was told")
    recipient_affiliation = models.CharField(max_length=200, help_text="Where they work")
    discloser = models.CharField(max_length=200, help_text="Who told them")
    nature = models.TextField(help_text="What the emergency was")
    no_consent = models.TextField(help_text="Why the person could not be asked first")
    told = models.TextField(help_text="What was told")
    notice = models.TextField(blank=True, help_text="What went with it, word for word")
    at = models.DateTimeField(help_text="When they were told")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    review_words = models.TextField(blank=True)

    objects = MedicalEmergencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_medical_emergency_has_its_facts",
                condition=~Q(recipient_name="") & ~Q(recipient_affiliation="") & ~Q(discloser="") & ~Q(nature="")
                & ~Q(told=""),
            ),
        ]  # fmt: skip
        indexes = [models.Index("circle", "at", name="medical_emergency_by_circle")]
