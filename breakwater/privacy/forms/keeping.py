from collections.abc import Collection
from typing import Any

from django import forms

from breakwater.trust.actions.erasing import Decided
from breakwater.trust.models import Erasure
from breakwater.trust.rules.keeping import Keeping
from breakwater.ui.fields import Day, Line, choice, needed


class HoldForm(forms.Form):
    """Why nothing of a record may go."""

    reason = needed(
        Line(
            label="Why is it held?", max_length=300,
            help_text="Which matter, and who asked for it. Only those who answer for privacy here read this.",
        )
    )  # fmt: skip


class LiftForm(forms.Form):
    """Why a hold ends."""

    because = needed(Line(label="Why does it end?", max_length=300, help_text="And who said that it may."))


class ProposalForm(forms.Form):
    """What a proposal rests on."""

    rests_on = choice("What does this rest on?", Erasure.Because.choices, initial="due")


class DecisionForm(forms.Form):
    """What is decided about a record that may go."""

    decision = choice("What do you decide?", Erasure.Decision.choices)
    words = needed(
        Line(label="Why it is kept", max_length=300, help_text="Nothing of the person: this outlives their record."),
        when="when it is kept",
    )  # fmt: skip
    again_on = needed(Day(label="On which day does it come up again?"), when="when it is kept")

    def decided(self) -> Decided:
        """As plain values."""
        return Decided(**self.cleaned_data)


class TermForm(forms.Form):
    """For how long an agency keeps one class of records."""

    rule = forms.ChoiceField(label="Which records?")
    years = forms.IntegerField(label="For how many years?", min_value=1, max_value=99)

    def __init__(self, *args: Any, rules: Collection[Keeping], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.code, f"{one.label}: the law demands {one.years} years") for one in rules]
        self.fields["rule"] = choice("Which records?", named)
