from collections.abc import Collection, Iterable
from typing import Any

from django import forms

from breakwater.people.apart import Fact
from breakwater.privacy.forms.sharing import several
from breakwater.trust.models import Segment
from breakwater.ui.fields import Words, choice, offer


class ProtectionForm(forms.Form):
    """Which laws protect the whole record from now."""

    segments = several("The record is also protected as", [])

    def __init__(self, *args: Any, protected: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "segments", [one for one in Segment.choices if one[0] not in protected])


class PartProtectionForm(ProtectionForm):
    """Which laws protect one part of a record from now, besides those of the whole."""

    segments = several("It is also protected as", [])


class FactProtectionForm(ProtectionForm):
    """Which fact about a person is kept apart from now, and by which laws."""

    fact = choice("Which fact?", [])
    segments = several("It is protected as", [])

    def __init__(self, *args: Any, facts: Iterable[Fact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "fact", [(one.field, one.label) for one in facts])


class LoweringForm(forms.Form):
    """Which protection is lowered, and why."""

    segment = choice("Which protection?", [])
    reason = Words(label="Why is it lowered?", help_text="It is written down with your name.")

    def __init__(self, *args: Any, protected: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "segment", [one for one in Segment.choices if one[0] in protected])
