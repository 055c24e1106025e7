from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from breakwater.people.models import ContactPoint, Name, Person
from breakwater.people.rules import why_not_called, why_not_loosened
from breakwater.ui.fields import Day, Line, Words, choice


class _Unsaid(Line):
    """One line that no page says again, and no browser offers to keep."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})

    def bound_data(self, data: Any, initial: Any) -> str:
        """What is shown of it once it was typed: nothing."""
        return ""


class WhoForm(forms.Form):
    """What is written about a person."""

    known_as = Line(label="Known as")
    is_described = forms.BooleanField(label="This is a description, not a name", required=False)
    pronouns = Line(label="Pronouns", required=False, max_length=60)
    birth_date = Day(label="Birth date", required=False)
    birth_date_is = choice("How sure is the date?", Person.DateIs.choices)
    language = Line(label="Language", required=False, max_length=60)
    needs_interpreter = forms.BooleanField(label="Needs an interpreter", required=False)
    strengths = Words(
        label="Strengths", required=False, help_text="What they are good at; what has worked before."
    )
    triggers = Words(label="Triggers", required=False, help_text="What makes it worse.")
    safe_contact = Words(label="How and when is it safe to reach them?", required=False)
    must_not_know = Words(label="Who must not know?", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ContactPointForm(forms.Form):
    """A way to reach them."""

    kind = choice("Which way?", ContactPoint.Kind.choices)
    value = Line(label="Number, address or place", max_length=300)
    safety = choice("Is it safe?", ContactPoint.Safety.choices)
    how = Line(label="When, and what may be said?", required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        """A phone that can be called; anything else is kept as words."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind") == ContactPoint.Kind.PHONE and (reason := why_not_called(data.get("value", ""))):
            self.add_error("value", f"{reason} Correct it, or choose “Other” to keep it as words.")
        return data


class SafetyForm(forms.Form):
    """How safe it is now to reach them in a way that stands."""

    safety = choice("How safe is it now?", ContactPoint.Safety.choices)
    how = Line(label="When, and what may be said?", required=False, max_length=300)
    said_so = forms.BooleanField(
        label="They told me so themselves", required=False,
        help_text="Before it is used more than until now, they are asked, where nobody listens.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, point: ContactPoint) -> None:
        super().__init__(data, initial={"safety": point.safety, "how": point.how})
        self.point = point

    def clean(self) -> dict[str, Any]:
        """It becomes safer on their own word only."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        said_so, safety = data.pop("said_so", False), data.get("safety")
        if safety and (why := why_not_loosened(safety, self.point.safety, said_so=said_so)):
            self.add_error("said_so", why)
        return data


class NameForm(forms.Form):
    """Something they are called besides."""

    kind = choice(
        "What sort of name?",
        [one for one in Name.Kind.choices if one[0] not in (Name.Kind.KNOWN_AS, Name.Kind.DESCRIBED)],
    )
    text = Line(label="The name")


class SafeWordForm(forms.Form):
    """The word by which they are known on the phone."""

    word = _Unsaid(
        label="The word they chose", max_length=60,
        help_text="A word or two that nobody who knows them would think of. Capitals and accents make no difference.",
    )  # fmt: skip
    known_by = choice(
        "How do you know that it is them?",
        [
            ("in_person", "They are here with me"),
            ("called_back", "I called them where it is safe"),
            ("by_word", "They said the word they had"),
        ],
    )


class CallerForm(forms.Form):
    """What a caller said."""

    word = _Unsaid(label="The word or code that they say", max_length=60)


class EndingForm(forms.Form):
    """One press: it holds no longer."""


class HouseholdForm(forms.Form):
    """With whom they belong together."""

    name = Line(label="Who is in this with them?", help_text="A name; then choose from those you know.")
    part = Line(label="What are they in the household?", max_length=60, help_text="Adult, child, partner.")
    with_person = forms.UUIDField(required=False, widget=forms.HiddenInput)


class SupporterForm(forms.Form):
    """Somebody round the person."""

    name = Line(label="Name")
    relation = Line(label="Who are they to the person?", max_length=120)
    reach = Line(label="How to reach them", required=False, max_length=300)
    may_know = Words(label="What may they be told?", required=False, help_text="Empty means nothing.")
    must_not_know = forms.BooleanField(label="Must not know that the person asked for help", required=False)


class MatchForm(forms.Form):
    """What has been typed so far about somebody."""

    known_as = Line(required=False)
    phone = Line(required=False, max_length=60)
    birth_date = Day(required=False)
    person = forms.UUIDField(required=False)

    def chosen(self) -> UUID | None:
        """Whom they were found to be before more was typed."""
        self.is_valid()
        found: UUID | None = self.cleaned_data.get("person")
        return found

    def read(self) -> tuple[str, date | None, str]:
        """Name, birth date and phone, each as far as it can be read."""
        self.is_valid()
        data = self.cleaned_data
        return data.get("known_as", ""), data.get("birth_date"), data.get("phone", "")
