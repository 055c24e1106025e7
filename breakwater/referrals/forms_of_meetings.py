from datetime import datetime
from typing import Any

from django import forms

from breakwater.referrals.actions.meeting import Together
from breakwater.referrals.models import Meeting
from breakwater.ui.fields import Line, Moment, Words, choice


class MeetingForm(forms.Form):
    """How they met, who was on it, and what came of it."""

    kind = choice("How did you meet?", Meeting.Kind.choices)
    outcome = choice("What came of it?", Meeting.Outcome.choices)
    receiver = Line(
        label="Who of the receiver was on it?", required=False, help_text="Needed when they spoke."
    )
    sender = Line(label="Who of the sender was on it?", required=False)
    others = Line(
        label="Who else, besides the person?", required=False, help_text="An interpreter, somebody close."
    )
    told_at = Moment(label="When?", required=False, help_text="Empty means now.")
    words = Words(label="In a few words", required=False, max_length=1000)

    def __init__(self, *args: Any, is_ours: bool, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"sender" if is_ours else "receiver": name}

    def told(self) -> Together:
        """The meeting as it was told."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "told_at"}
        return Together(**said)

    def held_at(self, now: datetime) -> datetime:
        """When it was held."""
        return self.cleaned_data.get("told_at") or now
