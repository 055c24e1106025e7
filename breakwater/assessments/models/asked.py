"""An assessment while it is asked: its answers as they were given, and what had to be heard at once."""

import json
from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from breakwater.assessments.library import CROSSWALK
from breakwater.assessments.models.kept import AGAIN_CHOICES, Import
from breakwater.assessments.rules.repeating import DATE
from breakwater.cases.models import StandingQuerySet
from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, STANDING, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.kernel.text import mark_of
from breakwater.trust.models import CircleQuerySet, Information, KeptApart, narrative, segmented

TIER_LABELS = CROSSWALK.tiers
TIER_CHOICES = tuple(TIER_LABELS.items())


class AssessmentQuerySet(StandingQuerySet):
    """Questions about assessments."""

    def of_episode(self, case_id: UUID) -> Self:
        """Those of one case: the open ones first, then the latest."""
        return self.filter(case=case_id).order_by(F("ends_at").desc(nulls_first=True), "-starts_at", "pk")


class Assessment(KeptApart):
    """Somebody is asked by one instrument, in one version. A later version never changes what was answered here."""

    information = Information.CARE

    class Mode(models.TextChoices):
        """Who reads and who answers."""

        INTERVIEW = "interview", "I ask, they answer"
        SELF = "self", "They read and answer themselves"
        OBSERVED = "observed", "I observe, or read it elsewhere"

    class Ended(models.TextChoices):
        """How it ended."""

        COMPLETED = "completed", "Completed"
        STOPPED = "stopped", "Not finished"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("assessments")
    instrument = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    version = models.CharField(max_length=40)
    words_of = models.ForeignKey(Import, null=True, on_delete=models.PROTECT, related_name="+")
    profile = models.CharField(max_length=20, blank=True, help_text="Which cut-offs; empty: nobody knows")
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.INTERVIEW)
    language = models.CharField(
        max_length=16, blank=True, help_text="The other language of its questions; empty: ours alone"
    )
    interpreter = narrative(blank=True, help_text="Who interpreted: a role or a number")
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, choices=Ended, blank=True)
    again = models.CharField(
        max_length=8, choices=AGAIN_CHOICES, blank=True, help_text="As it was usual then"
    )
    again_from = models.DateField(null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_assessment_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(
                name="an_ended_assessment_says_how",
                condition=Q(ends_at=None, ended_how="") | Q(ends_at__isnull=False) & ~Q(ended_how=""),
            ),
            models.CheckConstraint(
                name="asked_again_from_a_day_where_it_hangs_on_one",
                condition=Q(again=DATE, again_from__isnull=False) | ~Q(again=DATE) & Q(again_from=None),
            ),
            models.UniqueConstraint(
                "case", "instrument", condition=STANDING, name="one_open_assessment_of_an_instrument"
            ),
        ]

    def as_protected(self) -> Iterable[models.QuerySet[Any]]:
        """Everything that was answered, what it came to, and what somebody said to it."""
        parts: Any = (self.answers, self.alerts, self.results, self.overrides, self.decisions)
        return [part.all() for part in parts]

    @property
    def is_open(self) -> bool:
        """Whether it is still being asked."""
        return self.ends_at is None

    @property
    def is_completed(self) -> bool:
        """Whether it came to something."""
        return self.ended_how == self.Ended.COMPLETED

    def spoken(self) -> str:
        """A mark of how it is asked: who says it anew must have read it."""
        return mark_of({"language": self.language, "interpreter": self.interpreter})


class AnswerQuerySet(CircleQuerySet):
    """Questions about answers."""

    def last_of(self, assessment: Assessment) -> dict[str, Any]:
        """The last answer to each item that has one, by its key."""
        rows = self.filter(assessment=assessment).order_by("item", "-recorded_at", "-pk").distinct("item")
        found = {}
        for row in rows.select_related("circle"):
            if row.said:
                said = json.loads(row.said)
                found[row.item] = said if isinstance(said, str) else tuple(said)
        return found


class Answer(models.Model):
    """One item was answered; an empty one takes an answer back. Only grows: the last one counts, each one stays."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="answers")
    item = models.CharField(max_length=60)
    said = narrative(blank=True)
    by = written_by()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    segments = segmented("Those of its assessment")

    objects: Any = AnswerQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("assessment", "item", "recorded_at", name="last_answer_of_an_item")]


class AlertQuerySet(StandingQuerySet):
    """Questions about alerts."""

    def of_episode(self, case_id: UUID) -> Self:
        """Those of one case that nobody has heard yet, the oldest first."""
        return self.standing().filter(case=case_id).select_related("assessment").order_by("starts_at", "pk")


class Alert(models.Model):
    """An answer that had to be heard at once. It stands, with a clock, until somebody writes what was done."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("alerts")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=40, help_text="Of the alerts of its instrument")
    label = models.CharField(max_length=200)
    tier = models.CharField(max_length=10, choices=TIER_CHOICES)
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    did = narrative(blank=True)
    heard_by = written_by()
    segments = segmented("Those of its assessment")

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="an_alert_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(
                name="an_alert_that_was_heard_says_what_was_done",
                condition=Q(ends_at=None, did="") | Q(ends_at__isnull=False) & ~Q(did=""),
            ),
            models.UniqueConstraint(
                "assessment", "kind", condition=STANDING, name="one_alert_of_a_kind_at_a_time"
            ),
        ]
