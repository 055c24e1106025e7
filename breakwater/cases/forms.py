"""Reading what a person typed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from breakwater.cases.models import Attempt, Case, Closure, Danger, Gate, Note
from breakwater.cases.schemes import Scheme, scheme
from breakwater.people.models import ContactPoint, Person
from breakwater.trust.access import Actor
from breakwater.trust.models import Unit, User
from breakwater.ui.fields import Line, Words, choice


class IntakeForm(forms.Form):
    """One page, one hand. Only what is happening is required."""

    what_is_happening = Words(
        label="What is happening?", error_messages={"required": "Say what is happening. One line is enough."}
    )
    known_as = Line(
        label="Name, nickname or description", required=False, help_text="Leave empty when not known."
    )
    is_described = forms.BooleanField(label="This is a description, not a name", required=False)
    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    birth_date = forms.DateField(
        label="Birth date",
        required=False,
        widget=forms.DateInput,
        error_messages={"invalid": "Write the date as year-month-day, or leave it empty."},
    )
    phone = Line(label="Phone", required=False, max_length=60)
    phone_safety = choice(
        "May we call this number?", ContactPoint.Safety.choices, required=False, initial="ask_first"
    )
    pronouns = Line(label="Pronouns", required=False, max_length=60)
    language = Line(label="Language", required=False, max_length=60)
    needs_interpreter = forms.BooleanField(label="Needs an interpreter", required=False)
    safe_contact = Words(label="How and when is it safe to reach them?", required=False)
    must_not_know = Words(label="Who must not know?", required=False)
    asked_by = choice("Who asked?", Case.AskedBy.choices, initial=Case.AskedBy.SELF)
    asked_at = forms.DateTimeField(
        label="When was help asked for?",
        required=False,
        help_text="Clocks count from here. Empty means now.",
        widget=forms.DateTimeInput,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Write day and time, or leave it empty for now."},
    )
    code = choice("Triage code", [], required=False)
    reasons = Words(label="Why this code?", required=False)
    owner = choice(
        "Who is accountable?",
        [("me", "I am"), ("queue", "The duty queue; its alarm starts now")],
        initial="me",
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.scheme = scheme(by.agency.scheme)
        for to, label in Danger.To.choices:
            self.fields[f"danger_{to}"] = choice(
                f"Danger {label.lower()}", Danger.Level.choices, required=False
            )
            self.fields[f"danger_{to}_words"] = Line(label="In words", required=False, max_length=500)
        if self.scheme.axes:
            self.fields.pop("code")
            add_axes(self, self.scheme)
        else:
            self.fields["code"].choices = promises(self.scheme, by.now, by)  # type: ignore[attr-defined]

    @property
    def dangers(self) -> list[tuple[Any, Any]]:
        """The four dangers with their words, as bound fields."""
        return [(self[f"danger_{to}"], self[f"danger_{to}_words"]) for to in Danger.To.values]

    @property
    def axes(self) -> list[Any]:
        """The axes of the scheme, as bound fields."""
        return [self[f"axis_{axis}"] for axis in self.scheme.axes]

    def read_dangers(self) -> dict[str, tuple[str, str]]:
        """Level and words of every danger that was read."""
        data = self.cleaned_data
        return {
            to: (data[f"danger_{to}"], data[f"danger_{to}_words"])
            for to in Danger.To.values
            if data[f"danger_{to}"]
        }

    def read_axes(self) -> dict[str, int]:
        """The axes that were scored."""
        return read_axes(self)

    def read_person(self) -> dict[str, Any]:
        """What is known about somebody new, as ``people.register`` wants it."""
        data = self.cleaned_data
        known = {
            name: data[name]
            for name in (
                "pronouns",
                "birth_date",
                "language",
                "needs_interpreter",
                "safe_contact",
                "must_not_know",
            )
        }
        if data["known_as"].strip():
            known |= {"known_as": data["known_as"], "is_described": data["is_described"]}
        if data["phone"].strip():
            known["contact_points"] = [
                {
                    "kind": "phone",
                    "value": data["phone"],
                    "safety": data["phone_safety"] or "ask_first",
                    "how": "",
                }
            ]
        return known


class TriageForm(forms.Form):
    """A code, or the axes it follows from, and why."""

    code = choice("Triage code", [])
    reasons = Words(label="Why?", required=False)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme(by.agency.scheme)
        if self.scheme.axes:
            self.fields.pop("code")
            add_axes(self, self.scheme)
        else:
            self.fields["code"].choices = promises(self.scheme, by.now, by)  # type: ignore[attr-defined]


def promises(chosen: Scheme, now: datetime, by: Actor) -> list[tuple[str, str]]:
    """Each code with its promise in plain words: ``B · Very high risk: someone is with them by 21:40``."""
    said = []
    for one in chosen.codes:
        due = one.due_at(now)
        when = due and due.astimezone(by.zone)
        promise = f"someone is with them by {when:%a %H:%M}" if when else one.mode
        said.append((one.code, f"{one.code} · {one.label}: {promise}"))
    return said


def add_axes(form: forms.Form, chosen: Scheme) -> None:
    """Ask for every axis of a scheme, from 1 (worst) to 5 (best)."""
    levels = [("1", "1 worst"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5 best")]
    for axis, label in chosen.axes.items():
        form.fields[f"axis_{axis}"] = choice(label, levels, required=False)


def read_axes(form: forms.Form) -> dict[str, int]:
    """The axes that were scored."""
    return {
        name.removeprefix("axis_"): int(value)
        for name, value in form.cleaned_data.items()
        if name.startswith("axis_") and value
    }


class DangerForm(forms.Form):
    """A danger read anew."""

    to = choice("Danger", Danger.To.choices)
    level = choice("How likely?", Danger.Level.choices)
    words = Words(label="In words", required=False)


class GateForm(forms.Form):
    """A gate is met, on evidence."""

    kind = choice("Which gate?", Gate.Kind.choices)
    evidence = Words(
        label="How do you know?", error_messages={"required": "Say how you know: one line of evidence."}
    )


class ReasonForm(forms.Form):
    """Why something changes."""

    because = Words(label="What changed?", error_messages={"required": "Say why."})


class NoteForm(forms.Form):
    """Something for the chronology."""

    kind = choice("What was it?", Note.Kind.choices, initial=Note.Kind.NOTE)
    words = Words(
        label="What happened?", error_messages={"required": "Write what happened. One line is enough."}
    )
    reached = forms.BooleanField(label="The person themselves was reached", required=False)
    happened_at = forms.DateTimeField(
        label="When did it happen?",
        required=False,
        help_text="Empty means now.",
        widget=forms.DateTimeInput,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    with_whom = Line(label="With whom?", required=False)
    what_for = Line(label="What for?", required=False)
    minutes = forms.IntegerField(label="Minutes it took", required=False, min_value=0, max_value=1440)
    outcome = Line(label="What came of it?", required=False)


class AmendmentForm(forms.Form):
    """A note's new text, and why."""

    words = Words(label="The text as it should read")
    reason = Line(label="Why is it changed?", max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput)


class BarrierForm(forms.Form):
    """What stands in the way."""

    words = Line(label="What stands in the way?", max_length=300)


class RemovalForm(forms.Form):
    """How a barrier was removed."""

    how = Line(label="How was it removed?", max_length=300)


class OwnerForm(forms.Form):
    """Who is accountable from now on."""

    owner = forms.ChoiceField(label="Who is accountable?", choices=[])

    def __init__(self, *args: Any, colleagues: list[User], units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(f"user:{one.pk}", one.name) for one in colleagues]
        queues = [
            ("queue:", "Duty queue of the agency"),
            *((f"queue:{one.pk}", f"Duty queue: {one.name}") for one in units),
        ]
        self.fields["owner"].choices = [*people, *queues]  # type: ignore[attr-defined]

    def read(self) -> tuple[str, UUID | None]:
        """``user`` or ``queue``, and which."""
        part, _, pk = self.cleaned_data["owner"].partition(":")
        return part, UUID(pk) if pk else None


class AttemptForm(forms.Form):
    """A try to reach the person, and what came of it."""

    contact_point = forms.ChoiceField(label="How did you try?", required=False)
    outcome = choice("What came of it?", Attempt.Outcome.choices)
    words = Words(label="What was said?", required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = {str(one.pk): one for one in ContactPoint.objects.filter(person=person, ends_at=None)}
        marked = [
            (key, f"{one.value} ({one.get_safety_display().lower()})") for key, one in self.points.items()
        ]
        self.fields["contact_point"].choices = [("", "In person, or another way"), *marked]  # type: ignore[attr-defined]


class NextContactForm(forms.Form):
    """When we will be in touch."""

    due_at = forms.DateTimeField(
        label="By when?",
        widget=forms.DateTimeInput,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": "Choose day and time.", "invalid": "Choose day and time."},
    )


class ClosureForm(forms.Form):
    """How the episode ended."""

    outcome = choice("How did it end?", Closure.Outcome.choices)
    what_worked = Words(label="What worked?", required=False, help_text="For whoever opens the next episode.")
