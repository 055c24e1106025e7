"""Reading whom we ask for a bed, with which facts, and what the places answer."""

from typing import Any

from django import forms

from breakwater.cases.models import Case
from breakwater.referrals.actions.asking import Wish
from breakwater.referrals.actions.outside import LONGEST_SOURCE, Heard
from breakwater.referrals.actions.placement import Guest
from breakwater.referrals.library import REASONS
from breakwater.resources.fit import Wants
from breakwater.resources.models import Bed
from breakwater.resources.models.program import ACCESS, GENDERS, MEDICAL
from breakwater.ui.fields import Line, Words, choice, offer

_OLDEST = 120


class WishForm(forms.Form):
    """Which kind of bed, and the facts that places decide on. What is left empty is not told and not asked about."""

    kind = forms.ChoiceField(
        label="Which kind of bed?", choices=Bed.Kind.choices, initial=Bed.Kind.SHELTER_ADULT
    )
    also = forms.MultipleChoiceField(
        label="Which other kinds would do as well?", required=False, choices=Bed.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    age = forms.IntegerField(label="Age", required=False, min_value=0, max_value=_OLDEST)
    gender = forms.ChoiceField(label="Gender", required=False, choices=[("", "Not told"), *GENDERS])
    children = forms.IntegerField(label="Children with them", required=False, min_value=0, max_value=20)
    language = Line(label="Language they need", required=False, max_length=60)
    pet = forms.BooleanField(label="A pet comes along", required=False)
    used_today = forms.BooleanField(label="Drank or used substances today", required=False)
    registry = forms.BooleanField(label="On a registry that keeps them from some places", required=False)
    free_only = forms.BooleanField(label="Cannot pay", required=False)
    access = forms.MultipleChoiceField(
        label="Access needs", required=False, choices=ACCESS, widget=forms.CheckboxSelectMultiple
    )
    medical = forms.MultipleChoiceField(
        label="Medical needs", required=False, choices=MEDICAL, widget=forms.CheckboxSelectMultiple
    )
    words = Words(
        label="Anything else they must know to decide?", required=False, max_length=500,
        help_text="No name, and nothing by which they would know who it is.",
    )  # fmt: skip

    def wish(self) -> Wish:
        """What is asked for, once the form is valid. A box that is not ticked is not told."""
        said = self.cleaned_data
        wants = Wants(
            age=said["age"], gender=said["gender"], children=said["children"], language=said["language"].strip(),
            pet=said["pet"] or None, used_today=said["used_today"] or None, registry=said["registry"] or None,
            free_only=said["free_only"] or None, access=tuple(said["access"]), medical=tuple(said["medical"]),
        )  # fmt: skip
        return Wish(kind=said["kind"], also=tuple(said["also"]), wants=wants, words=said["words"].strip())


class NoForm(forms.Form):
    """Why a place says no."""

    reason = choice("Why not?", REASONS)
    words = Line(label="In a few words", required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        """Another reason is told in words."""
        said = super().clean() or {}
        if said.get("reason") == "other" and not (said.get("words") or "").strip():
            self.add_error("words", "Say the other reason in a few words.")
        return said


class OutsideForm(forms.Form):
    """What a place without accounts said by phone, and who there."""

    who = Line(label="Who there says so?", max_length=80)
    words = Line(label="In a few words", required=False, max_length=300)

    def heard(self, name: str) -> Heard:
        """What was heard of a place, once the form is valid."""
        said = self.cleaned_data
        source = f"{said['who']}, {name}, by phone"[:LONGEST_SOURCE]
        return Heard(source=source, words=said["words"], reason=said.get("reason", ""))


class OutsideNoForm(OutsideForm):
    """Why a place without accounts says no, and who there."""

    reason = choice("Why not?", REASONS)


class QuestionForm(forms.Form):
    """What a place wants to know before it answers."""

    words = Words(label="Your question", max_length=500, help_text="They do not tell who it is.")


class ReplyForm(forms.Form):
    """What we reply."""

    words = Words(label="Your reply", max_length=500, help_text="No name: they have not said yes.")


class ReleaseForm(forms.Form):
    """Why a bed that is held is not kept or not needed."""

    words = Line(label="Why? The other side reads it.", max_length=300)


class TakingUpForm(forms.Form):
    """What those who keep the bed are told when it is taken up."""

    name_told = choice("Do they learn the name?", [("no", "No name"), ("yes", "Yes")], initial="no")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_as = case.person.known_as
        offer(self, "name_told", [("no", "No name"), ("yes", f"Yes: {self.known_as}")])

    def guest(self) -> Guest:
        """What they are told."""
        return Guest(known_as=self.known_as if self.cleaned_data["name_told"] == "yes" else "")
