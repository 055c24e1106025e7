from django import forms

from breakwater.trust.models import OddLook
from breakwater.ui.fields import Day, Words, choice


class LookedIntoForm(forms.Form):
    """What an odd look was."""

    outcome = choice("What was it?", OddLook.Outcome.choices)
    words = Words(label="What you found, and what follows")


class FlagForm(forms.Form):
    """Why a record is opened with a reason only."""

    news_on = Day(
        label="In the news since", required=False,
        help_text="Only if they are: for two weeks from then, each look without a part in the case is asked about.",
    )  # fmt: skip


class WhyForm(forms.Form):
    """Why one opens a flagged record."""

    words = Words(label="Why do you open this record?")
