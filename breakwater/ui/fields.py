"""Form fields that keep what a person typed exactly as typed."""

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator

_NO_NUL = ProhibitNullCharactersValidator(message="This text holds a character that cannot be kept (U+0000).")


class Words(forms.CharField):
    """Free text, kept exactly as typed."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"strip": False, "max_length": 20_000} | options))
        _say_it_plainly(self)


class Line(forms.CharField):
    """One line of free text, kept exactly as typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"strip": False, "max_length": 200} | options))
        _say_it_plainly(self)


def choice(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    """One of several, as cards to press."""
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **options)


def _say_it_plainly(field: forms.CharField) -> None:
    others = [one for one in field.validators if not isinstance(one, ProhibitNullCharactersValidator)]
    field.validators = [*others, _NO_NUL]
