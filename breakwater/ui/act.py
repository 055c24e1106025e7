"""The form of something that is done: whatever it tells of time is read as seen from the moment of the act."""

from datetime import datetime
from typing import Any

from django import forms

from breakwater.ui.fields import Moment


class ActForm(forms.Form):
    """The form of an act. Its moments are read as seen from ``now``."""

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        for field in self.fields.values():
            if isinstance(field, Moment):
                field.now = now
