"""What somebody told for a pre-screen, and what came out."""

from typing import Any, Self
from uuid import UUID

from django.db import models

from breakwater.cases.models.part import in_circle, of_case, written_by
from breakwater.kernel.db import RecordedNow
from breakwater.kernel.ids import new_id
from breakwater.trust.encrypted import EncryptedJSON
from breakwater.trust.models import CircleQuerySet, Information


class ScreeningQuerySet(CircleQuerySet):
    """Questions about pre-screens."""

    def of_episode(self, case_id: UUID) -> Self:
        """The pre-screens of one case, the newest first."""
        return self.filter(case=case_id).order_by("-at", "-pk")


class Screening(models.Model):
    """A pre-screen as it was told and answered. What was said of citizenship is used for it, and never kept."""

    information = Information.NEEDS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = in_circle()
    case = of_case("screenings")
    programs = models.CharField(
        max_length=40, help_text="Code and version of the programs it was answered from"
    )
    told: Any = EncryptedJSON(help_text="What they said, without citizenship")
    answers: Any = EncryptedJSON(help_text="What came out for each program, and why")
    by = written_by()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=RecordedNow())

    objects = ScreeningQuerySet.as_manager()
