"""Reading what an agency says of its own places: its listing, kinds of room, beds, a report of figures."""

from typing import Any

from django import forms

from breakwater.resources.actions.ours import MOST_BEDS, Address
from breakwater.resources.models import Bed
from breakwater.resources.models.program import KINDS
from breakwater.ui.fields import Line, Words, needed

_KIND = [("", "Choose"), *KINDS]
_BED = [("", "Choose"), *Bed.Kind.choices]


class ListingForm(forms.Form):
    """A word of the name that is looked for."""

    words = Line(label="Name of your organization, or a part of it", max_length=100)


class ClaimForm(forms.Form):
    """How others can check that a listing is theirs."""

    proof = needed(
        Words(
            label="How can others check that it is yours?",
            max_length=500,
            help_text="A license number, your web site, who answers at the number that is listed. Whoever claims or"
            " holds the same listing reads it.",
        )
    )


class PlaceForm(forms.Form):
    """A place that no source lists. Of a confidential one nothing nearer than its state is kept."""

    name = needed(Line(label="What it is called"))
    is_confidential = forms.BooleanField(
        label="Where it is must stay hidden",
        required=False,
        help_text="Then only its state is kept. Call it so that its name gives nothing away.",
    )
    address = Line(label="Street and number", required=False)
    city = Line(label="City", required=False, max_length=100)
    state = Line(label="State", required=False, max_length=2, help_text="Two letters: ME.")
    postal_code = Line(label="ZIP code", required=False, max_length=10)

    def said(self) -> dict[str, Any]:
        """The place, once the form is valid."""
        told = dict(self.cleaned_data)
        name, hidden = told.pop("name"), told.pop("is_confidential")
        return {"name": name, "is_confidential": hidden, "where": Address(**told)}


class KindForm(forms.Form):
    """A kind of room that a place gives."""

    kind = needed(forms.ChoiceField(label="Kind of room", choices=_KIND))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "room_%s"  # it stands on one page with the form for beds
        super().__init__(*args, **kwargs)


class BedsForm(forms.Form):
    """Beds of one kind, each with a name of its own, one to a line."""

    kind = needed(forms.ChoiceField(label="Kind of bed", choices=_BED))
    labels = needed(
        Words(label="What each is called", max_length=8000, help_text=f"One to a line, at most {MOST_BEDS}.")
    )
    accepts = Line(
        label="Whom they take", required=False, max_length=300, help_text="In words: women, over 55."
    )

    def said(self) -> dict[str, Any]:
        """The beds, once the form is valid."""
        told = dict(self.cleaned_data)
        return told | {"labels": [line for line in told["labels"].splitlines() if line.strip()]}


class BedForm(forms.Form):
    """What one bed is called, and whom it takes."""

    label = needed(Line(label="What it is called", max_length=60))
    accepts = Line(
        label="Whom it takes", required=False, max_length=300, help_text="In words: women, over 55."
    )

    read = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, bed: Bed, **kwargs: Any) -> None:
        kwargs["initial"] = {"label": bed.label, "accepts": bed.accepts, "read": bed.mark}
        super().__init__(*args, **kwargs)


class OutForm(forms.Form):
    """Why a bed cannot be used."""

    reason = needed(
        Line(label="Why?", help_text="Everybody may read it: the pipe, new paint. Nothing about anybody.")
    )
