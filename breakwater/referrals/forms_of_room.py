"""Reading which room is looked for."""

from django import forms

from breakwater.referrals.room import Wanted
from breakwater.resources.forms import NearForm
from breakwater.resources.models.program import KINDS


class RoomLookForm(NearForm):
    """Which kind of room, and how far from where. All of it may be left empty."""

    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Any kind"), *KINDS])

    def wanted(self) -> Wanted:
        """What was looked for, once the form is valid."""
        told = self.cleaned_data
        return Wanted(kind=told["kind"], near=told["near"], within=told["within"], page=told["page"] or 1)
