"""Reading what help somebody looks for, and what a service says of its room."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from breakwater.kernel.text import Filled
from breakwater.resources import zips
from breakwater.resources.actions.counting import Count
from breakwater.resources.actions.keeping import Criteria
from breakwater.resources.actions.room import Told
from breakwater.resources.finding import Wanted
from breakwater.resources.library import LANGUAGES
from breakwater.resources.models import Domain, Point, Program, Service
from breakwater.resources.models.program import ACCESS, GENDERS, MEDICAL
from breakwater.resources.rules import language_names
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Line, Moment

_FAR = (5, 10, 25, 50, 100)
_MOST_PAGES = 9_999
_OLDEST = 120
_NONE = "none"
_TOLD = {"yes": True, "no": False}


class NearForm(forms.Form):
    """How far from where. Both may be left empty."""

    near = Line(label="Near", required=False, help_text="A ZIP code, or a city and state.")
    within = forms.TypedChoiceField(
        label="Within",
        required=False,
        coerce=int,
        empty_value=25,  # type: ignore[arg-type]  # a number, as what is coerced
        choices=[(far, Filled("{number} miles", number=far)) for far in _FAR],
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=_MOST_PAGES, widget=forms.HiddenInput)

    def clean_near(self) -> Point | None:
        """The point that was meant.

        Raises:
            ValidationError: nobody knows where that is.
        """
        typed = self.cleaned_data["near"].strip()
        if not typed:
            return None
        spot = zips.of_zip(typed) or zips.of_city(typed)
        if spot is None:
            raise ValidationError(
                "No such ZIP code or city is known here. Try five digits, or: Springfield, IL."
            )
        return Point(latitude=spot.latitude, longitude=spot.longitude, state=spot.state)


class FindForm(NearForm):
    """What help is looked for. All of it may be left empty."""

    need = forms.ChoiceField(label="Need", required=False, choices=[("", "Any need"), *Domain.choices])
    words = Line(
        label="Words", required=False, help_text="A name, or what it does: laundry, insulin, legal aid."
    )
    language = Line(label="Language", required=False, max_length=60)
    open_now = forms.BooleanField(label="Open now", required=False)
    with_room = forms.BooleanField(label="Has room", required=False)

    def clean_language(self) -> str:
        """The language as the directory calls it."""
        return next(iter(language_names(self.cleaned_data["language"], LANGUAGES)), "")

    def wanted(self) -> Wanted:
        """What was looked for, once the form is valid."""
        told = self.cleaned_data
        return Wanted(
            need=told["need"], words=told["words"].strip(), near=told["near"], within=told["within"],
            language=told["language"], open_now=told["open_now"], with_room=told["with_room"],
            page=told["page"] or 1,
        )  # fmt: skip


class RoomForm(ActForm):
    """How much room a service has, and who says so."""

    place = forms.TypedChoiceField(label="Where", required=False, coerce=UUID, empty_value=None)
    free = forms.IntegerField(label="Free now", min_value=0, max_value=100_000)
    total = forms.IntegerField(label="Of how many", required=False, min_value=0, max_value=100_000)
    unit = Line(
        label="What is counted", initial="places", max_length=60, help_text="Beds, places, appointments."
    )
    told_by = Line(label="Who says so?", help_text="Your own count, or whom you called.")
    as_of = Moment(label="When was it so?", required=False, help_text="Empty means now.")

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = service.given_at.listed().filter(place__retired_at=None).select_related("place")
        places = [(str(one.place_id), one.place.name) for one in given.order_by("place__name")]
        self.fields["place"].choices = [("", "All of it"), *places]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """No more is free than there is."""
        told = super().clean() or {}
        if told.get("total") is not None and told.get("free") is not None and told["free"] > told["total"]:
            self.add_error("free", "More is free than there is in all.")
        return told

    def told(self) -> Told:
        """The figure, once the form is valid."""
        told = self.cleaned_data
        return Told(
            place_id=told["place"], free=told["free"], total=told["total"], unit=told["unit"],
            told_by=told["told_by"], as_of=told["as_of"],
        )  # fmt: skip


class CountForm(forms.Form):
    """How much room a program has, the four figures apart. Empty means unknown, never zero."""

    accepting = forms.IntegerField(
        label="You would take now",
        required=False,
        min_value=0,
        max_value=10_000,
        help_text="Empty means unknown.",
    )
    ready = forms.IntegerField(label="Clean and empty", required=False, min_value=0, max_value=10_000)
    staffed = forms.IntegerField(label="With staff", required=False, min_value=0, max_value=10_000)
    licensed = forms.IntegerField(label="Licensed, in all", required=False, min_value=0, max_value=10_000)

    def count(self) -> Count:
        """The figures, once the form is valid."""
        return Count(**self.cleaned_data)


def _yes_or_no(label: str) -> forms.ChoiceField:
    told = [("", "Not told"), ("yes", "Yes"), ("no", "No")]
    return forms.ChoiceField(label=label, required=False, choices=told)


def _any_of(label: str, choices: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=[*choices, (_NONE, "None of these")],
        widget=forms.CheckboxSelectMultiple,
    )


class CriteriaForm(forms.Form):
    """Whom a program takes. What is left open stays unknown; *none of these* is an answer."""

    minimum_age = forms.IntegerField(label="From age", required=False, min_value=0, max_value=_OLDEST)
    maximum_age = forms.IntegerField(label="Up to age", required=False, min_value=0, max_value=_OLDEST)
    families = _yes_or_no("Takes children with a parent")
    pets = _yes_or_no("Takes pets")
    after_use = _yes_or_no("Takes people who drank or used today")
    registry = _yes_or_no("Takes people on a registry")
    cost = forms.ChoiceField(label="Cost", required=False, choices=[("", "Not told"), *Program.Cost.choices])
    languages = Line(
        label="Languages", required=False, help_text="With commas between. Empty means not told."
    )
    genders = _any_of("Whom it serves", GENDERS)
    access = _any_of("Fit for", ACCESS)
    medical = _any_of("Can care for", MEDICAL)

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        initial: dict[str, Any] = {name: getattr(program, name) for name in Criteria.__dataclass_fields__}
        for name in ("families", "pets", "after_use", "registry"):
            initial[name] = {True: "yes", False: "no"}.get(initial[name], "")
        for name in ("genders", "access", "medical"):
            initial[name] = [_NONE] if initial[name] == [] else initial[name] or []
        initial["languages"] = ", ".join(initial["languages"] or [])
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)

    def criteria(self) -> Criteria:
        """Whom it takes, once the form is valid."""
        said = dict(self.cleaned_data)
        for name in ("families", "pets", "after_use", "registry"):
            said[name] = _TOLD.get(said[name])
        for name in ("genders", "access", "medical"):
            said[name] = [one for one in said[name] if one != _NONE] if said[name] else None
        said["languages"] = language_names(said["languages"], LANGUAGES) or None
        return Criteria(**said)
