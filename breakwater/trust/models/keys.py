"""The keys of agencies, each wrapped in the master key, which the database never sees."""

from django.db import models
from django.db.models import Q

from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency


class DataKey(models.Model):
    """What one agency's words are encrypted with. Rotation makes a new version; destroyed, it opens nothing again.

    The role that serves reads it and writes none: see ``trust_key_in_use`` and ``trust_first_key`` (migration 0009).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField(help_text="The first key of an agency is 1")
    wrapped = models.BinaryField(help_text="The key, under the master key; empty when it was destroyed")
    master = models.CharField(max_length=12, help_text="The name of the master key")
    tree = models.CharField(
        max_length=8, blank=True, help_text="On which tree the persons' keys grow, beside it"
    )
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True, help_text="Nothing new is encrypted with it")
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", "version", name="one_key_of_a_version"),
            models.UniqueConstraint("agency", condition=Q(retired_at=None), name="one_key_in_use_per_agency"),
            models.CheckConstraint(
                name="a_destroyed_key_is_gone",
                condition=Q(destroyed_at=None) | Q(retired_at__isnull=False, wrapped=b""),
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.version}"
