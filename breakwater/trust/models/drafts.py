"""Drafts: what somebody has typed and not yet saved."""

from typing import Any

from django.db import models

from breakwater.kernel.ids import new_id
from breakwater.trust.encrypted import EncryptedJSON
from breakwater.trust.models.agencies import Agency, User


class Draft(models.Model):
    """The fields of a form as last typed. Seen by nobody but its writer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.CharField(max_length=120, help_text="Which form, and what it is about")
    fields: Any = EncryptedJSON(default=dict)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("by", "form", name="one_draft_per_form_and_person")]

    @property
    def which(self) -> str:
        """Which of those that were set aside it is, as the form is told."""
        return self.form.partition("aside=")[2]
