"""The form of something that is done: whatever it tells of time is read as seen from the moment of the act."""

from datetime import datetime
from typing import Any

from django import forms

from breakwater.ui.copies import Copied
from breakwater.ui.fields import Moment


class ActForm(forms.Form):
    """The form of an act. Its moments are read as seen from ``now``."""

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        self.base_fields = Copied(self.base_fields)  # type: ignore[misc]  # for this form, in place of its class's
        super().__init__(*args, **kwargs)
        self.now = now
        for field in self.fields.values():
            if isinstance(field, Moment):
                field.now = now
