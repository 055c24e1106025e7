from typing import Any

from django import forms

from breakwater.plans.actions.goals import Answer
from breakwater.plans.library import MATRIX
from breakwater.plans.models import Agreement, Goal, Sufficiency
from breakwater.resources.models import Domain
from breakwater.ui.fields import Line, Words, choice

_DOES_NOT_APPLY = ("", "Does not apply")


class GoalForm(forms.Form):
    """Where they want to get to, and what it builds on."""

    words = Words(
        label="Where do they want to get to?", help_text="In their words, as small as it has to be."
    )
    domain = choice("Which part of life is it about?", Domain.choices)
    builds_on = Line(
        label="Which strength of theirs does it build on?", max_length=300, required=False,
        help_text="Something they are good at, somebody who stands by them, something that worked before.",
    )  # fmt: skip


class GoalEndingForm(forms.Form):
    """How a goal ended."""

    how = choice("How did it end?", Goal.Ending.choices)
    outcome = Line(label="What came of it?", max_length=300, required=False)


class AgreementForm(forms.Form):
    """What the person answered to the plan."""

    voice = Words(
        label="What do they say to it?", required=False,
        help_text="In their words: what matters most, what worries them.",
    )  # fmt: skip
    how = choice("What did they answer?", Agreement.How.choices)
    signature = Line(
        label="Their name, typed by themselves",
        required=False,
        help_text="Hand them the phone. Any name will do.",
    )
    strokes = forms.CharField(widget=forms.HiddenInput, required=False)
    why_not = Line(
        label="Why there is no signature, or who saw their mark", required=False, max_length=300,
        help_text="Or what else is to be known about it.",
    )  # fmt: skip
    shown = Words(widget=forms.HiddenInput, required=False)

    def answer(self) -> Answer:
        """What they answered."""
        said = self.cleaned_data
        return Answer(
            how=said["how"], voice=said["voice"], signature=said["signature"], strokes=said["strokes"],
            why_not=said["why_not"],
        )  # fmt: skip


class SufficiencyForm(forms.Form):
    """A level for each domain that applies."""

    moment = choice("When is this?", Sufficiency.Moment.choices)
    words = Words(label="What stands behind these levels?", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [_DOES_NOT_APPLY, *((level, f"{level} {name}") for level, name in MATRIX.levels.items())]
        for code, name in MATRIX.domains.items():
            self.fields[code] = forms.TypedChoiceField(
                label=name, choices=levels, coerce=int, empty_value=None, required=False
            )

    def levels(self) -> dict[str, int]:
        """The level of each domain that applies."""
        said = self.cleaned_data
        return {code: said[code] for code in MATRIX.domains if said[code] is not None}
