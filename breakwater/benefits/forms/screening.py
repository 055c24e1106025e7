from typing import Any

from django import forms

from breakwater.benefits.rules.screening import Household
from breakwater.ui.fields import choice

_SAID = [("yes", "Yes"), ("no", "No"), ("", "Not said")]
_HELD = {"yes": True, "no": False}
_MOST = 9_999_999


def _number(label: str, help_text: str = "", *, most: int = _MOST) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, required=False, min_value=0, max_value=most,
        widget=forms.TextInput,
        error_messages={"invalid": "Write a whole number, without commas, or leave it empty."},
    )  # fmt: skip


def _fact(label: str, help_text: str = "") -> forms.ChoiceField:
    return choice(label, _SAID, required=False, initial="", help_text=help_text)


class ScreeningForm(forms.Form):
    """Plain questions, each of which may stay unanswered."""

    size = _number("How many people live and eat together?", "They themselves too.", most=30)
    income = _number(
        "Money coming in, in a month", "Of all of them, before taxes: pay, pensions, support. Whole amounts."
    )
    resources = _number("Cash and money in the bank, together")
    housing = _number("Rent or mortgage with heat, light and water, in a month")
    age = _number("How old are they?", most=130)
    children = _fact("Are there children under 18?")
    under_five = _fact("Is a child under five?")
    pregnant = _fact("Is somebody pregnant, or gave birth within a year?")
    disabled = _fact(
        "Does a condition keep them from working for a year or longer?",
        "Body or mind. No diagnosis is asked for.",
    )
    worked = _fact("Did they work, and pay in, most years of the last ten?")
    lost_work = _fact("Did they lose work in the last year and a half?", "And not by their own fault.")
    emergency = _fact("Are they about to lose housing, heat, light or water, or without food?")
    settled = choice(
        "Is whoever applies a citizen, or has a status that counts?",
        [("yes", "Yes"), ("no", "No, or not sure"), ("", "They would rather not say")],
        required=False,
        initial="",
        help_text="Ask only if they want to. The answer is used once, now, and never kept; nobody else is told."
        " Children may have a right of their own.",
    )

    def clean_size(self) -> int | None:
        """At least themselves."""
        size: int | None = self.cleaned_data["size"]
        if size == 0:
            raise forms.ValidationError("They themselves count too. Leave it empty when it is not known.")
        return size

    def household(self) -> Household:
        """What was told; whatever was left empty was not said."""
        said = self.cleaned_data
        told: dict[str, Any] = {
            name: _HELD.get(said[name]) if isinstance(self.fields[name], forms.ChoiceField) else said[name]
            for name in self.fields
        }
        return Household(**told)
