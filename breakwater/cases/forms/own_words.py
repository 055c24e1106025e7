from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from django import forms

from breakwater.cases.own_words import own_words_of
from breakwater.kernel.text import Filled
from breakwater.trust.access import Actor


class OwnWords(forms.MultipleChoiceField):
    """Lines that the person said, to choose from; looked up when they are first needed. Comes to the lines themselves.

    Args:
        sections: of which sections; all where none is named.
    """

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *sections: str) -> None:
        super().__init__(
            label="In their own words", required=False, help_text="What you choose is kept as they said it."
        )
        self.sections = sections

    def of(self, case_id: UUID, *, by: Actor) -> None:
        """Offer the lines of a case."""
        self.lines = cache(lambda: own_words_of(case_id, by=by, sections=self.sections))
        self.choices = lambda: [(key, Filled("{words}", words=said)) for key, said in self.lines().items()]

    def clean(self, value: Any) -> list[str]:
        """The lines that were chosen."""
        chosen = set(super().clean(value))
        return [said for key, said in self.lines().items() if key in chosen] if chosen else []


def offer_own_words(form: forms.BaseForm, case_id: UUID, *, by: Actor) -> None:
    """Offer the lines of a case in every field of a form that takes them."""
    for field in form.fields.values():
        if isinstance(field, OwnWords):
            field.of(case_id, by=by)


def together(said: Iterable[str], typed: str, *, between: str = "\n") -> str:
    """What was chosen of theirs, then what was typed."""
    return between.join([*said, *([typed] if typed.strip() else [])])
