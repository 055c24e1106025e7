"""Letters between agencies: both ends may read them, nobody else. Neither end can rewrite what was sent."""

from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q, QuerySet

from breakwater.trust.access import Actor
from breakwater.trust.models import Agency

_NEVER = datetime.max.replace(tzinfo=UTC)


def whose_worker() -> Any:
    """A foreign key to the agency whose worker wrote something down: either end of a letter may."""
    return models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Whose worker wrote it down",
    )


class LetterQuerySet(models.QuerySet[Any]):
    """Questions about letters between agencies."""

    def visible_to(self, actor: Actor) -> Self:
        """Only what the actor's agency wrote or received."""
        return self.filter(Q(from_agency=actor.agency_id) | Q(to_agency=actor.agency_id))

    def sent_by(self, actor: Actor) -> Self:
        """What the actor's agency wrote."""
        return self.filter(from_agency=actor.agency_id)

    def received_by(self, actor: Actor) -> Self:
        """What was sent to the actor's agency."""
        return self.filter(to_agency=actor.agency_id)

    def waiting(self) -> Self:
        """Those still open, oldest due first."""
        return self.filter(closed_at=None).order_by(F("due_at").asc(nulls_last=True), "pk")

    def lately_closed(self, since: datetime) -> Self:
        """Those that ended since a moment, newest first."""
        return self.filter(closed_at__gte=since).order_by("-closed_at", "pk")

    def of_episode(self, case_id: UUID) -> Self:
        """The letters of one case: the open ones first, then the newest."""
        return self.filter(case=case_id).order_by(F("closed_at").desc(nulls_first=True), "due_at", "-pk")

    def lock(self, row: Any) -> Any:
        """The row, read again and held until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=row.pk)


def oldest_due_first(*letters: QuerySet[Any], skip: int = 0, most: int) -> list[Any]:
    """One page of several kinds of waiting letters, by when the next stage is due."""
    found = [letter for some in letters for letter in some[: skip + most]]
    found.sort(key=lambda letter: (letter.due_at or _NEVER, letter.pk))
    return found[skip : skip + most]


class Hearing(models.Model):
    """Our clocks and our journal have followed something that was told, at either end. Keyed, so that twice is once."""

    news = models.UUIDField(primary_key=True, help_text="The stage of a letter, or the turn of a stay")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    heard_at = models.DateTimeField()
