"""Reading why a clock stands still, and until when."""

from typing import Any

from django import forms

from breakwater.clocks.library import profile
from breakwater.clocks.models import Clock
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Moment, offer


class PauseForm(ActForm):
    """A reason that the law of the clock allows, and until when; the longest it allows when nothing is said."""

    reason = forms.ChoiceField(label="Why does it stand still?", widget=forms.RadioSelect)
    until = Moment(
        label="Until when?",
        required=False,
        help_text="Then it runs on by itself. Empty: as long as is allowed.",
    )

    def __init__(self, *args: Any, clock: Clock, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = profile(clock.profile).pauses
        offer(self, "reason", [(code, known[code].label) for code in clock.spec.pauses])
