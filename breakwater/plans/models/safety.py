"""The safety plan in its versions, what makes the surroundings safer, and who was given a copy."""

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from breakwater.cases.models import StandingQuerySet
from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.people.models import ContactPoint, Supporter
from breakwater.plans.library import FORM
from breakwater.trust.models import CircleQuerySet, Information, KeptApart, narrative, segmented

_OPEN_OR_SAYS_HOW = Q(ends_at=None, ended_how="") | (Q(ends_at__isnull=False) & ~Q(ended_how=""))


class SafetyPlanQuerySet(CircleQuerySet):
    """Questions about safety plans."""

    def versions(self, case_id: UUID) -> Self:
        """All versions of one case, the newest first, each with its writer."""
        return self.filter(case=case_id).select_related("by").defer("by__password").order_by("-version")


class SafetyPlan(KeptApart):
    """One version of a person's safety plan, in their words. Nothing is overwritten: a change is the next version.

    Each section is a column of its own, so that two texts can be shown beside each other by their names. Which
    sections had too little when it was written, and by which minimum, stays with the version.
    """

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("safety_plans")
    version = models.PositiveSmallIntegerField(help_text="1 for the first")
    warning_signs = narrative(blank=True)
    own_coping = narrative(blank=True)
    distraction = narrative(blank=True)
    people_to_ask = narrative(blank=True)
    professionals = narrative(blank=True)
    surroundings = narrative(blank=True)
    reasons = narrative(blank=True)
    form = models.CharField(max_length=20, help_text="Which version of our form, and so which minimum")
    lacks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    review_at = models.DateTimeField(help_text="By when it is read again")
    by = written_by()
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = SafetyPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("case", "version", name="versions_of_a_plan_come_one_after_another"),
            models.CheckConstraint(
                name="a_safety_plan_says_something",
                condition=~Q(
                    warning_signs="", own_coping="", distraction="", people_to_ask="", professionals="",
                    surroundings="", reasons="",
                ),
            ),
            models.CheckConstraint(
                name="a_safety_plan_is_read_again", condition=Q(review_at__gt=F("starts_at"))
            ),
        ]  # fmt: skip

    @property
    def words(self) -> dict[str, str]:
        """What each section says, by its code."""
        return {code: getattr(self, code) for code in FORM.sections}

    @property
    def is_complete(self) -> bool:
        """Whether every section had its minimum when it was written."""
        return not self.lacks

    def as_protected(self) -> Iterable[models.QuerySet[Any]]:
        """Every version of it, what was agreed under it, and who was given a copy."""
        of_case: tuple[Any, ...] = (SafetyPlan, Safeguard)
        return (*(one.objects.filter(case=self.case_id) for one in of_case), self.copies.all())


class SafeguardQuerySet(StandingQuerySet):
    """Questions about what makes the surroundings safer."""

    def of_episode(self, case_id: UUID) -> Self:
        """Those of one case: still to do by their time, then those that ended, newest first."""
        return self.filter(case=case_id).order_by(F("ends_at").desc(nulls_first=True), "due_at", "pk")


class Safeguard(models.Model):
    """One thing that is done about something dangerous within reach: who, by when, and how it ended."""

    information = Information.CARE

    class Means(models.TextChoices):
        """What is within reach."""

        FIREARM = "firearm", "Firearm"
        MEDICATION = "medication", "Medication"
        SHARPS = "sharps", "Blades and other sharp things"
        LIGATURE = "ligature", "Ropes, cords and belts"
        POISON = "poison", "Household poison"
        OTHER = "other", "Something else"

    class Ending(models.TextChoices):
        """How it ended."""

        REMOVED = "removed", "Removed"
        LOCKED = "locked", "Locked away"
        TRANSFERRED = "transferred", "With somebody else"
        DISPOSED = "disposed", "Disposed of"
        OUT_OF_REACH = "out_of_reach", "Confirmed out of reach"
        DECLINED = "declined", "They would rather not"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("safeguards")
    means = models.CharField(max_length=10, choices=Means)
    words = narrative(help_text="What was agreed")
    who = narrative(help_text="Who does it")
    due_at = models.DateTimeField()
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, choices=Ending, blank=True)
    known_from = narrative(blank=True, help_text="How we know; why, when they would rather not")
    ended_by = written_by()
    segments = segmented("Those of the plan it was agreed under")

    objects = SafeguardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="safeguard_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS
            ),
            models.CheckConstraint(name="an_ended_safeguard_says_how", condition=_OPEN_OR_SAYS_HOW),
            models.CheckConstraint(name="a_safeguard_says_what_and_who", condition=~Q(words="") & ~Q(who="")),
            models.CheckConstraint(
                name="an_ended_safeguard_says_how_we_know", condition=Q(ends_at=None) | ~Q(known_from="")
            ),
        ]

    @property
    def is_done(self) -> bool:
        """Whether the danger is out of reach."""
        return bool(self.ended_how) and self.ended_how != self.Ending.DECLINED


class CopyGivenQuerySet(CircleQuerySet):
    """Questions about copies."""

    def of_episode(self, case_id: UUID) -> Self:
        """Who was given what, the newest first."""
        found = self.filter(plan__case=case_id).select_related("plan", "supporter", "contact_point", "by")
        return found.defer("by__password").order_by("-at", "-pk")


class CopyGiven(models.Model):
    """Somebody was given one version of a safety plan: who, when, how. Only grows."""

    information = Information.CARE

    class How(models.TextChoices):
        """In which way."""

        PAPER = "paper", "On paper, into their hand"
        READ = "read", "Read aloud together"
        SENT = "sent", "Sent to them"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    plan = models.ForeignKey(SafetyPlan, on_delete=models.PROTECT, related_name="copies", db_constraint=False)
    supporter = models.ForeignKey(
        Supporter, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Empty: the person themselves",
    )  # fmt: skip
    how = models.CharField(max_length=6, choices=How)
    contact_point = models.ForeignKey(
        ContactPoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    safe_to_keep = models.BooleanField(default=False, help_text="They said that they can keep it safely")
    by = written_by()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    segments = segmented("Those of its plan")

    objects = CopyGivenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="what_is_sent_says_where",
                condition=Q(how="sent", contact_point__isnull=False, supporter=None)
                | (~Q(how="sent") & Q(contact_point=None)),
            ),
            models.CheckConstraint(
                name="what_is_kept_can_be_kept_safely", condition=Q(how="read") | Q(safe_to_keep=True)
            ),
        ]
