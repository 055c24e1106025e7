from typing import Any

from django import forms

from breakwater.cases.actions.triage import Judgment, judge
from breakwater.cases.forms.codes import Promised, add_axes, bound_axes, promises, read_axes
from breakwater.cases.models import Circumstance, Danger
from breakwater.cases.schemes import SCHEMES, scheme
from breakwater.trust.access import Actor
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Words, choice, offer


class TriageForm(ActForm):
    """A code of a scheme, or the axes it follows from, and why."""

    scheme = forms.CharField(required=False, widget=forms.HiddenInput)
    code = choice("Triage code", [])
    reasons = Words(label="Why?", required=False)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, now=by.now, **kwargs)
        self.by = by
        asked = str(self.data.get("scheme") or self.initial.get("scheme") or "")
        self.chosen = scheme(asked if asked in SCHEMES else by.agency.scheme)
        self.initial["scheme"] = self.chosen.key
        if self.chosen.axes:
            self.fields.pop("code")
            add_axes(self, self.chosen)
        else:
            offer(self, "code", [(one.code, one.label) for one in self.chosen.codes])

    @property
    def axes(self) -> list[Any]:
        """The axes of the scheme, as bound fields."""
        return bound_axes(self, self.chosen)

    @property
    def promises(self) -> list[Promised]:
        """The codes with what they promise from now."""
        return promises(self.chosen, asked_at=self.by.now, by=self.by)

    def judgment(self) -> Judgment:
        """What was judged.

        Raises:
            Refused: an axis is missing.
        """
        data = self.cleaned_data
        return judge(self.chosen.key, data.get("code", ""), answers=read_axes(self), reasons=data["reasons"])


class DangerForm(ActForm):
    """A danger read anew."""

    to = choice("Danger", Danger.To.choices, error_messages={"required": "Say to whom the danger is."})
    level = choice("How likely?", Danger.Level.choices, error_messages={"required": "Say how likely it is."})
    words = Words(label="In words", required=False)


class CircumstanceForm(ActForm):
    """Something is so that a law may ask about."""

    kind = choice("What is so?", Circumstance.Kind.choices)
    words = Words(label="In words", required=False)
