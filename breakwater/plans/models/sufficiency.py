"""The self-sufficiency matrix, read at entry, at intervals and at exit."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.plans.rules import levels_from
from breakwater.trust.models import CircleQuerySet, Information, KeptApart, narrative


class SufficiencyQuerySet(CircleQuerySet):
    """Questions about readings of the matrix."""

    def of_episode(self, case_id: UUID) -> Self:
        """The readings of one case, as they were made."""
        return self.filter(case=case_id).select_related("by").defer("by__password").order_by("at", "pk")


class Sufficiency(KeptApart):
    """One reading: a level for each domain that applies. Only grows.

    The levels lie in one text, ``housing:2 food:3``, so that they are encrypted where a law asks for it: that somebody
    is in crisis about substance use is no lesser secret than the note that says so.
    """

    information = Information.NEEDS

    class Moment(models.TextChoices):
        """When in the episode."""

        ENTRY = "entry", "At entry"
        INTERVAL = "interval", "In between"
        EXIT = "exit", "At exit"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("sufficiency")
    moment = models.CharField(max_length=8, choices=Moment)
    matrix = models.CharField(max_length=20, help_text="Which version of the matrix")
    levels = narrative()
    words = narrative(blank=True)
    by = written_by()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = SufficiencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("case", condition=Q(moment="entry"), name="one_entry_reading_per_case"),
            models.UniqueConstraint("case", condition=Q(moment="exit"), name="one_exit_reading_per_case"),
            models.CheckConstraint(name="a_reading_says_some_level", condition=~Q(levels="")),
        ]

    @property
    def by_domain(self) -> dict[str, int]:
        """The level of each domain that applies."""
        return levels_from(self.levels)
