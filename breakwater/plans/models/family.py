"""Who of a household may see which part of a person's plans, as the person chose; and what they were told of it."""

from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.people.models import Membership
from breakwater.trust.models import CircleQuerySet, Information


def _member() -> Any:
    """Somebody as they belong to the household: who left it and came back is asked about anew."""
    return models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")


def _parts() -> Any:
    return ArrayField(models.CharField(max_length=40), default=list, blank=True)


class FamilyChoiceQuerySet(CircleQuerySet):
    """Questions about who may see what."""

    def last_of(self, case_id: UUID) -> Self:
        """What holds for each member of the household: the last choice."""
        last = self.filter(case=case_id).order_by("member", "-version").distinct("member")
        return last.select_related("by").defer("by__password")


class FamilyChoice(models.Model):
    """What one member of the household may see of a person's plans. Without one: nothing. Only grows."""

    information = Information.CARE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("family_choices")
    member = _member()
    version = models.PositiveSmallIntegerField(help_text="1 for the first")
    parts = _parts()
    hurt_them = models.BooleanField(help_text="They may have hurt the person: they never get a part")
    by = written_by()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects: Any = FamilyChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "case", "member", "version", name="family_choices_come_one_after_another"
            ),
            models.CheckConstraint(
                name="who_hurt_them_never_gets_a_part", condition=Q(hurt_them=False) | Q(parts=[])
            ),
        ]


class FamilyTellingQuerySet(CircleQuerySet):
    """Questions about what the household was told."""

    def of_episode(self, case_id: UUID) -> Self:
        """Who was told what, the newest first."""
        return self.filter(case=case_id).select_related("by").defer("by__password").order_by("-at", "-pk")


class FamilyTelling(models.Model):
    """Parts of a plan were read out or handed to a member of the household. Only grows."""

    information = Information.CARE

    class How(models.TextChoices):
        """In which way."""

        READ = "read", "Read aloud together"
        PAPER = "paper", "On paper, into their hand"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("family_tellings")
    member = _member()
    parts = _parts()
    how = models.CharField(max_length=6, choices=How)
    by = written_by()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects: Any = FamilyTellingQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="a_telling_says_which_parts", condition=~Q(parts=[]))]
