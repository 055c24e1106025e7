"""What every part of a case has in common."""

from typing import Any, Self

from django.db import models

from breakwater.kernel.db import STANDING
from breakwater.trust.models import Circle, CircleQuerySet, User


class StandingQuerySet(CircleQuerySet):
    """Questions about rows that hold for a while."""

    def standing(self) -> Self:
        """Those that hold now."""
        return self.filter(STANDING)


def in_circle() -> Any:
    """The circle that a part of a case lies in.

    PostgreSQL keeps it the same as the case's, by one foreign key on both columns (migration ``0002_walls``): it
    replaces the key on each, and keeps anybody from writing into a case from within a circle of their own.
    """
    return models.ForeignKey(
        Circle, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )


def of_case(related_name: str) -> Any:
    """The case that something is part of; see ``in_circle``."""
    return models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name=related_name, db_constraint=False
    )


def written_by() -> Any:
    """Who did it; nobody when Breakwater itself did."""
    return models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
