"""Who sleeps where. The bed is known to resources; the person in it only here."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from breakwater.cases.models import Case
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, Period, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.resources.models import Bed
from breakwater.trust.models import Agency, Circle, CircleQuerySet, User


class PlacementQuerySet(CircleQuerySet):
    """Questions about placements."""

    def holding(self, at: datetime) -> Self:
        """Those that hold a bed at a moment, arrived or expected."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at)


class Placement(models.Model):
    """A person holds a bed, from and until: expected, arrived, left, or did not come."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="placements")
    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who placed them")
    starts_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, blank=True, help_text="left, or did_not_come")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="placement_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            ExclusionConstraint(
                name="one_person_in_a_bed_at_a_time",
                expressions=[("bed", RangeOperators.EQUAL), (Period(), RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="one_bed_for_a_case_at_a_time",
                expressions=[("case", RangeOperators.EQUAL), (Period(), RangeOperators.OVERLAPS)],
            ),
        ]
