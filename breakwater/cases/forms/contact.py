from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms

from breakwater.cases.actions.gates import GateSaid
from breakwater.cases.forms.own_words import OwnWords, offer_own_words, together
from breakwater.cases.models import Gate
from breakwater.cases.rules import times_for_contact
from breakwater.trust.access import Actor
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Moment, Words, beside, choice, offer

_TIMES = {
    "in_2_hours": "In two hours",
    "this_morning": "This morning",
    "tonight": "Tonight",
    "tomorrow_morning": "Tomorrow morning",
    "tomorrow_evening": "Tomorrow evening",
    "in_3_days": "In three days",
}
_NEXT_MORNING = ("this_morning", "tomorrow_morning")
_ANOTHER = ("another", "Another time")
_NOT_NOW = ("", "Not now")
_GATES = tuple(Gate.Kind.values)


class NextContactForm(ActForm):
    """When somebody will be in touch: one of the usual times, or another."""

    when = choice("By when?", [])
    due_at = Moment(label="Day and time", required=False, help_text="Only when none of these fits.")

    agreed_said = OwnWords()
    agreed = Words(
        label="What did you agree on?",
        required=False,
        help_text="It stands in the chronology, beside the booking.",
    )

    def __init__(self, *args: Any, by: Actor, case_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, now=by.now, **kwargs)
        self.by = by
        offer_own_words(self, case_id, by=by)
        offer(self, "when", self.offered)
        self.fields["when"].initial = next(one for one in _NEXT_MORNING if one in self.times)

    @cached_property
    def times(self) -> dict[str, datetime]:
        """The usual times, by their names."""
        return times_for_contact(self.by.now, self.by.zone)

    def offered(self) -> list[tuple[str, str]]:
        """What can be chosen; worked out when it is shown or chosen from."""
        zone = self.by.zone
        told = [(key, f"{_TIMES[key]}, {at.astimezone(zone):%a %H:%M}") for key, at in self.times.items()]
        return [*told, _ANOTHER]

    def clean(self) -> dict[str, Any]:
        """One moment, whichever way it was given; a moment that was typed is meant."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("due_at") and "due_at" not in self.errors:
            when = cleaned.get("when")
            cleaned["due_at"] = self.times.get(when) if when else None
            if cleaned["due_at"] is None and when == _ANOTHER[0]:
                self.add_error("due_at", "Choose day and time.")
        return cleaned

    def what_was_agreed(self) -> str:
        """Their lines that were chosen, and what was typed."""
        return together(self.cleaned_data["agreed_said"], self.cleaned_data["agreed"])


def _evidence(kind: Gate.Kind) -> Any:
    return beside(Words(label="How do you know?", required=False), about=str(kind.label))


def _met_at(kind: Gate.Kind) -> Any:
    at = Moment(label="When was it met?", required=False, help_text="Empty means now.")
    return beside(at, about=str(kind.label))


class GatesForm(NextContactForm):
    """The five gates, each with its evidence and its moment; beside the fifth, the next contact that it asks for."""

    safe_tonight, safe_tonight_at = _evidence(Gate.Kind.SAFE_TONIGHT), _met_at(Gate.Kind.SAFE_TONIGHT)
    rescreened, rescreened_at = _evidence(Gate.Kind.RESCREENED), _met_at(Gate.Kind.RESCREENED)
    basic_needs, basic_needs_at = _evidence(Gate.Kind.BASIC_NEEDS), _met_at(Gate.Kind.BASIC_NEEDS)
    contact, contact_at = _evidence(Gate.Kind.CONTACT), _met_at(Gate.Kind.CONTACT)
    next_contact, next_contact_at = _evidence(Gate.Kind.NEXT_CONTACT), _met_at(Gate.Kind.NEXT_CONTACT)
    safe_tonight_said = OwnWords("own_coping", "distraction", "people_to_ask", "surroundings")
    contact_said = OwnWords("people_to_ask", "professionals")
    next_contact_said = OwnWords()
    has_draft = forms.CharField(required=False, widget=forms.HiddenInput)
    agreed = agreed_said = None  # type: ignore[assignment]  # here the words are the evidence

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"].required, self.fields["when"].initial = False, ""

    def offered(self) -> list[tuple[str, str]]:
        """What can be chosen, also nothing."""
        return [_NOT_NOW, *super().offered()]

    def said(self) -> list[GateSaid]:
        """What is said of each gate that was filled in; a moment or a booking without a word counts as begun."""
        data = dict(self.cleaned_data)
        for kind in _GATES:
            data[kind] = together(data.get(f"{kind}_said", ()), data[kind])
        begun = {kind for kind in _GATES if data[kind].strip() or data[f"{kind}_at"]}
        begun |= {Gate.Kind.NEXT_CONTACT.value} if data["due_at"] else set()
        return [
            GateSaid(kind=kind, evidence=data[kind], met_at=data[f"{kind}_at"])
            for kind in _GATES
            if kind in begun
        ]

    def typed(self, kind: str) -> str:
        """What was chosen and typed as evidence of one gate, whether it could be read or not."""
        name = f"{kind}_said"
        lines = self[name] if name in self.fields else ()
        chosen = [str(one.choice_label) for one in lines if one.data["selected"]]
        return together(chosen, str(self[kind].value() or ""))

    def booked(self) -> datetime | None:
        """By when somebody will be in touch, where that was agreed just now."""
        moment: datetime | None = self.cleaned_data["due_at"]
        return moment
