"""What an assessment came to, as it was worked out then; what a person judged otherwise, and what they decided."""

import json
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from breakwater.assessments.models.asked import TIER_CHOICES, Assessment
from breakwater.cases.models.part import in_circle, written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.models import CircleQuerySet, Information, narrative, segmented


class ResultQuerySet(CircleQuerySet):
    """Questions about results."""

    def of_episode(self, case_id: UUID) -> Self:
        """The last result of each assessment of a case."""
        return self.filter(assessment__case=case_id).order_by("assessment", "-number").distinct("assessment")

    def through_time(self, assessment: Assessment) -> Self:
        """What the same instrument came to on the same case, the last result of each time, the earliest first."""
        last = self.filter(assessment__case=assessment.case_id, assessment__instrument=assessment.instrument)
        last = last.order_by("assessment", "-number").distinct("assessment")
        return (
            self.filter(pk__in=last.values("pk")).select_related("assessment", "circle").order_by("at", "pk")
        )


class Result(models.Model):
    """What the answers came to at one moment, with answers and bands as they were then. Never worked out again."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="results")
    number = models.PositiveSmallIntegerField(help_text="2 after the first amendment")
    engine = models.CharField(max_length=10)
    tier = models.CharField(max_length=10, choices=TIER_CHOICES, blank=True)
    is_complete = models.BooleanField()
    told = narrative(help_text="Scores, bands, answers in words and proposals, as a document")
    reason = narrative(blank=True)
    by = written_by()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    segments = segmented("Those of its assessment")

    objects: Any = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("assessment", "number", name="results_come_one_after_another"),
            models.CheckConstraint(
                name="an_amended_result_says_why", condition=Q(number=1) | Q(number__gt=1) & ~Q(reason="")
            ),
        ]

    @property
    def document(self) -> dict[str, Any]:
        """What was told, as it was told then."""
        found: dict[str, Any] = json.loads(self.told)
        return found


class OverrideQuerySet(CircleQuerySet):
    """Questions about judgments."""

    def of_episode(self, case_id: UUID) -> Self:
        """The last judgment of each assessment of a case."""
        found = self.filter(assessment__case=case_id).order_by("assessment", "-at", "-pk")
        return found.distinct("assessment")


class Override(models.Model):
    """A person judged otherwise, and says why. What the answers came to stays beside it."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="overrides")
    tier = models.CharField(max_length=10, choices=TIER_CHOICES)
    reason = narrative()
    by = written_by()
    at = models.DateTimeField()
    segments = segmented("Those of its assessment")

    objects = OverrideQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="an_override_says_why", condition=~Q(reason=""))]


class Decision(models.Model):
    """A person decided about something that a result proposes."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    proposal = models.CharField(max_length=30)
    taken = models.BooleanField()
    reason = narrative(blank=True)
    by = written_by()
    at = models.DateTimeField()
    segments = segmented("Those of its assessment")

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="what_is_not_taken_says_why", condition=Q(taken=True) | ~Q(reason=""))
        ]
