"""Goals of the action plan, and what the person said to it."""

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from breakwater.cases.models import StandingQuerySet
from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS, RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.plans.strokes import polylines
from breakwater.resources.models import Domain
from breakwater.trust.models import CircleQuerySet, Information, KeptApart, narrative

_OPEN_OR_SAYS_HOW = Q(ends_at=None, ended_how="") | (Q(ends_at__isnull=False) & ~Q(ended_how=""))


class GoalQuerySet(StandingQuerySet):
    """Questions about goals."""

    def of_episode(self, case_id: UUID) -> Self:
        """The goals of one case: those that stand in the order they were set, then those that ended."""
        return self.filter(case=case_id).order_by(F("ends_at").desc(nulls_first=True), "starts_at", "pk")


class Goal(KeptApart):
    """Where the person wants to get to, in a domain of life, in their words, and what of theirs it builds on."""

    information = Information.NEEDS

    class Ending(models.TextChoices):
        """How a goal ended."""

        REACHED = "reached", "Reached"
        CHANGED = "changed", "They want something else"
        LEFT = "left", "Left for now"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("goals")
    domain = models.CharField(max_length=16, choices=Domain)
    words = narrative(help_text="In the person's words")
    builds_on = narrative(blank=True, help_text="Which strength of theirs, or what worked before")
    by = written_by()
    starts_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=12, choices=Ending, blank=True)
    outcome = narrative(blank=True)
    ended_by = written_by()

    objects = GoalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="goal_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="an_ended_goal_says_how", condition=_OPEN_OR_SAYS_HOW),
            models.CheckConstraint(name="a_goal_says_something", condition=~Q(words="")),
        ]

    def protected_with_it(self) -> Iterable[models.QuerySet[Any]]:
        """What is done to get there, and every plan that was talked over since it stands there."""
        return self.steps.all(), shown_since(self)


def shown_since(part: Any) -> models.QuerySet[Any]:
    """What was talked over with the person since something was planned: it stands there, word for word."""
    return Agreement.objects.filter(case=part.case_id, at__gte=part.starts_at)


class AgreementQuerySet(CircleQuerySet):
    """Questions about what the person said to the plan."""

    def of_episode(self, case_id: UUID) -> Self:
        """Each time the plan was talked over, the newest first."""
        return self.filter(case=case_id).select_related("by").defer("by__password").order_by("-version")


class Agreement(KeptApart):
    """The action plan was talked over with the person: as it then stood, their voice, and their answer. Only grows."""

    information = Information.NEEDS

    class How(models.TextChoices):
        """What they answered, and in which way."""

        SIGNED = "signed", "They signed"
        MARKED = "marked", "They made their mark, and somebody saw it"
        ALOUD = "aloud", "They agreed aloud"
        NOT = "not", "They did not agree"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("agreements")
    version = models.PositiveSmallIntegerField(help_text="1 for the first")
    as_shown = narrative(help_text="The plan as it stood, a line for each goal and step")
    language = models.CharField(
        max_length=12, default="en", db_default="en", help_text="In which they read it"
    )
    how = models.CharField(max_length=8, choices=How)
    voice = narrative(blank=True, help_text="What they said to it, in their words")
    signature = narrative(blank=True, help_text="Their name, typed by themselves")
    strokes = narrative(blank=True, help_text="What they drew with a finger, as points on a field")
    why_not = narrative(
        blank=True, help_text="Why there is no signature, who saw their mark, what is to be known"
    )
    by = written_by()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("case", "version", name="agreements_come_one_after_another"),
            models.CheckConstraint(name="an_agreement_shows_the_plan", condition=~Q(as_shown="")),
            models.CheckConstraint(
                name="an_agreement_is_signed_or_says_why_not",
                condition=(Q(how="signed") & ~Q(signature="", strokes=""))
                | (~Q(how="signed") & Q(signature="", strokes="") & ~Q(why_not="")),
            ),
        ]

    @property
    def drawn(self) -> list[str]:
        """What they drew, as the points of its lines."""
        return polylines(self.strokes)
