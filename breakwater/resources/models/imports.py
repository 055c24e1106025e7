"""What was read into the directory."""

from django.db import models

from breakwater.kernel.ids import new_id
from breakwater.trust.models import User


class Import(models.Model):
    """One reading of a package that changed the directory: from where, when, what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=80)
    package = models.TextField(help_text="The name of its file or folder")
    shape = models.CharField(max_length=20, help_text="Which kind of package it was read as")
    digest = models.CharField(
        max_length=64, help_text="Of all its files, so that the same package is known again"
    )
    counts = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index("source", "at", name="import_by_source")]
