"""Drafts: what somebody has typed and not yet saved."""

from datetime import datetime
from typing import Any

from django.db import models

from breakwater.kernel.ids import made_at, new_id
from breakwater.trust.encrypted import EncryptedJSON
from breakwater.trust.models.agencies import Agency, User


class Draft(models.Model):
    """The fields of a form as last typed. Seen by nobody but its writer, until a colleague goes on with it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.CharField(max_length=120, help_text="Which form, and what it is about")
    fields: Any = EncryptedJSON(default=dict)
    kept_at = models.DateTimeField()
    begun_at = models.DateTimeField(
        null=True, help_text="When somebody else had typed it, where it was taken over"
    )
    taken_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False,
        help_text="Who went on with a copy of it",
    )  # fmt: skip
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("by", "form", name="one_draft_per_form_and_person"),
            models.CheckConstraint(
                condition=models.Q(taken_by=None) | models.Q(taken_at__isnull=False),
                name="a_draft_is_taken_over_at_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["agency"], name="draft_by_agency")]

    @property
    def since(self) -> datetime:
        """Since when it waits to be saved."""
        return self.begun_at or self.kept_at

    @property
    def first_kept_at(self) -> datetime:
        """When its writer, or the colleague who had begun it, typed the first of it."""
        return self.begun_at or made_at(self.pk)

    @property
    def which(self) -> str:
        """Which of those that were set aside it is, as the form is told."""
        return self.form.partition("aside=")[2]
