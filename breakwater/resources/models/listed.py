"""Things that a source lists.

Known again by the source's own id. What a source no longer lists is retired, never deleted, because referrals point
at it; numbers to call, hours and holidays are details of their owner, and are replaced.
"""

from django.db import models

from breakwater.kernel.ids import new_id
from breakwater.resources.models.queries import ListedQuerySet


class Sourced(models.Model):
    """Something a source tells, known again by the source's own id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=200)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint("source", "external_id", name="%(class)s_once_per_source")]


class Listed(Sourced):
    """Something a source lists until it no longer does."""

    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ListedQuerySet.as_manager()

    class Meta(Sourced.Meta):
        abstract = True
