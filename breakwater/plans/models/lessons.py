"""What was learned about a person: what makes it worse, what helps, and how well."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from breakwater.cases.models import StandingQuerySet
from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import ENDS_NOT_BEFORE_IT_STARTS
from breakwater.kernel.ids import new_id
from breakwater.trust.models import Information, KeptApart, narrative


class LessonQuerySet(StandingQuerySet):
    """Questions about what was learned."""

    def of_episode(self, case_id: UUID) -> Self:
        """What holds now: what makes it worse, then what helps, what helps most first.

        What was told in steps, before there were numbers, stands where its step lies between 0 and 10.
        """
        found = self.standing().filter(case=case_id)
        return found.order_by("-kind", Coalesce("effect", F("works") * 3 - 3).desc(), "starts_at", "pk")


class Lesson(KeptApart):
    """Something that makes it worse, or that helps, and how well. Told anew, it ends, and another takes its place."""

    information = Information.CARE

    class Kind(models.TextChoices):
        """Which of the two."""

        TRIGGER = "trigger", "It makes it worse"
        COPING = "coping", "It helps"

    class Works(models.IntegerChoices):
        """How well something helps, as it was told in steps before there were numbers; or that it was not tried."""

        UNTRIED = 0, "Not tried yet"
        NOT = 1, "It did not help"
        LITTLE = 2, "It helped a little"
        WELL = 3, "It helped"
        VERY = 4, "It helped a lot"

    class Category(models.TextChoices):
        """What kind of thing makes it worse."""

        PEOPLE = "people", "Somebody, or what somebody does"
        PLACE = "place", "A place, a crowd, a sound"
        TIME = "time", "A day, a date, a time of the day"
        NEWS = "news", "News, a letter, a demand"
        BODY = "body", "Pain, hunger, no sleep"
        SUBSTANCE = "substance", "Alcohol or drugs"
        THOUGHT = "thought", "A memory, a thought"
        OTHER = "other", "Something else"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("lessons")
    kind = models.CharField(max_length=8, choices=Kind)
    words = narrative()
    effect = models.PositiveSmallIntegerField(null=True, blank=True, help_text="From 0 to 10")
    works = models.PositiveSmallIntegerField(choices=Works, null=True, blank=True)
    last_used = models.DateField(null=True, blank=True)
    category = models.CharField(max_length=10, choices=Category, blank=True)
    leads_to = narrative(blank=True, help_text="The warning sign that follows, as it stood in their plan")
    with_others = models.BooleanField(default=False, help_text="It takes somebody else")
    came_after = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="How it was told before",
    )
    by = written_by()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = LessonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="lesson_ends_after_it_starts", condition=ENDS_NOT_BEFORE_IT_STARTS),
            models.CheckConstraint(name="a_lesson_says_something", condition=~Q(words="")),
            models.CheckConstraint(
                name="what_helps_says_how_well",
                condition=Q(kind="coping", works__isnull=False, effect=None)
                | Q(kind="coping", works=None, effect__isnull=False, effect__lte=10)
                | Q(kind="trigger", works=None, effect=None),
            ),
            models.CheckConstraint(
                name="only_what_helps_is_used_and_only_what_does_not_leads_on",
                condition=Q(kind="coping", category="", leads_to="") | Q(kind="trigger", last_used=None),
            ),
            models.UniqueConstraint(
                F("came_after"), condition=Q(came_after__isnull=False), name="a_lesson_is_told_anew_once"
            ),
        ]

    @property
    def did_not_help(self) -> bool:
        """Whether it was tried, and did nothing."""
        return self.effect == 0 or self.works == self.Works.NOT
