from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms

from breakwater.cases.actions.intake import Judgment, Story, judge
from breakwater.cases.forms.codes import Promised, add_axes, bound_axes, promises, read_axes
from breakwater.cases.judging import tells_of_the_same
from breakwater.cases.known import Episode, episodes_of
from breakwater.cases.models import Case, Circumstance, Danger
from breakwater.cases.schemes import scheme
from breakwater.clocks.library import profile
from breakwater.kernel.errors import Overtaken
from breakwater.kernel.text import name_key, phone_key
from breakwater.people.matching import Match, possible_matches, with_chosen
from breakwater.people.models import ContactPoint, Person
from breakwater.people.rules import why_no_such_birth, why_not_called
from breakwater.trust.access import Actor
from breakwater.trust.keyring import tokens_of
from breakwater.trust.models import Draft
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Day, Line, Moment, Words, beside, choice, offer

_KNOWN = ("pronouns", "birth_date", "language", "needs_interpreter", "safe_contact", "must_not_know")
_WHOSE = {
    "self": "Harm by their own hand.",
    "from_other": "Somebody else may harm them: a partner, a family, a stranger.",
    "others": "They may harm somebody else.",
}
"""Whose hand it is, where the label alone is read both ways."""
_TWICE = "You took somebody in with the same name or words just now. Say whether this is somebody else."
_SAME_PHONE = "Somebody with this phone has an open case here. Say whether this is somebody else."
_OPEN = "They have an open case here. What you typed stands below: write it into that case."
_INTO_NONE = "They have no open case here. Save again: a case is opened for them."
_WENT_ON = (
    "{who} went on with what you began here. Ask them first: whoever it is about may have a case by now."
)
_OWNERS = [("me", "I am"), ("queue", "The duty queue; its alarm starts now")]


class IntakeForm(ActForm):
    """One page, one hand. Only what is happening is required."""

    what_is_happening = Words(
        label="What is happening?",
        help_text="All that must be here. In their words or yours; where they are; who calls, when it is not them.",
        error_messages={"required": "Say what is happening. One line is enough."},
    )
    known_as = Line(
        label="Name, nickname or description", required=False, help_text="Leave empty when not known."
    )
    is_described = forms.BooleanField(label="This is a description, not a name", required=False)
    person = forms.UUIDField(
        required=False, error_messages={"invalid": "Choose again who this is, or that they are new."}
    )
    birth_date = Day(
        label="Birth date",
        required=False,
    )
    phone = Line(label="Phone", required=False, max_length=60)
    phone_as_words = forms.BooleanField(label="Keep it as words, not as a number", required=False)
    phone_safety = choice(
        "May we call this number?", ContactPoint.Safety.choices, required=False, initial="ask_first"
    )
    safe_contact = Words(label="How and when is it safe to reach them?", required=False)
    must_not_know = Words(label="Who must not know that they asked?", required=False)
    pronouns = Line(label="Pronouns", required=False, max_length=60)
    language = Line(label="Language", required=False, max_length=60)
    needs_interpreter = forms.BooleanField(label="Needs an interpreter", required=False)
    asked_by = choice("Who asked?", Case.AskedBy.choices, initial=Case.AskedBy.SELF)
    asked_at = Moment(
        label="When was help asked for?", required=False,
        help_text="Clocks count from here. Empty means when you began to type.",
    )  # fmt: skip
    circumstances = forms.MultipleChoiceField(
        label="Does any of this apply?", choices=Circumstance.Kind.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    code = choice("Triage code", [], required=False)
    reasons = Words(label="Why this code?", required=False)
    owner = choice("Who is accountable?", _OWNERS, initial="me")
    is_another = forms.BooleanField(required=False, widget=forms.HiddenInput)
    into_open = forms.BooleanField(required=False, widget=forms.HiddenInput)
    is_agreed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    spoke = forms.BooleanField(
        label="I spoke with them myself", required=False,
        help_text="Not only with whoever asked for them. It keeps the promise that somebody does.",
    )  # fmt: skip
    earlier: Case | None = None
    """The open case of whoever was chosen: what was typed goes into it."""
    twin: Case | None = None
    """The case of somebody who may be the same: the actor has just taken them in, or they have this phone."""
    rings_alike = False
    """Whether it is the phone by which they may be."""
    taken: Draft | None = None
    """What the actor had begun here, and a colleague went on with."""

    def __init__(self, *args: Any, by: Actor, is_offered: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, now=by.now, **kwargs)
        self.by, self.is_offered = by, is_offered
        self.scheme = scheme(by.agency.scheme)
        for to, label in Danger.To.choices:
            self.fields[f"danger_{to}"] = choice(
                f"Danger {label.lower()}", Danger.Level.choices, required=False, help_text=_WHOSE.get(to, "")
            )
            in_words = Line(label="In words", required=False, max_length=500)
            self.fields[f"danger_{to}_words"] = beside(in_words, about=f"danger {label.lower()}")
        if by.unit is not None:
            queue = ("queue", f"The duty queue of {by.unit.name}; its alarm starts now")
            offer(self, "owner", [_OWNERS[0], queue])
        if self.scheme.axes:
            self.fields.pop("code")
            add_axes(self, self.scheme)
        else:
            offer(self, "code", [(one.code, one.label) for one in self.scheme.codes])

    @property
    def dangers(self) -> list[tuple[Any, Any]]:
        """The five dangers with their words, as bound fields."""
        return [(self[f"danger_{to}"], self[f"danger_{to}_words"]) for to in Danger.To.values]

    def opens(self, *names: str) -> bool:
        """Whether what is folded away must be seen: one of these fields says something of its own, or is refused."""
        return any(self[name].errors or self[name].value() not in self._as_it_begins(name) for name in names)

    @property
    def axes(self) -> list[Any]:
        """The axes of the scheme, as bound fields."""
        return bound_axes(self, self.scheme)

    @property
    def promises(self) -> list[Promised]:
        """The codes with what they promise, counted from asking as far as that is typed."""
        return promises(self.scheme, asked_at=self._moment("asked_at") or self.by.now, by=self.by)

    @property
    def matches(self) -> list[Match]:
        """Who this may be, by what was typed so far."""
        name, phone = str(self["known_as"].value() or ""), str(self["phone"].value() or "")
        born = self._moment("birth_date")
        alike = name.strip() or phone.strip() or born
        found = (
            possible_matches(self.by, name=name.replace("\x00", ""), born=born, phone=phone) if alike else []
        )
        return with_chosen(self.by, found, self._chosen())

    def _chosen(self) -> UUID | None:
        """Whom they are said to be, as far as that can be read."""
        with suppress(forms.ValidationError):
            chosen: UUID | None = self.fields["person"].clean(self["person"].value())
            return chosen
        return None

    def episodes_of(self, matches: list[Match]) -> dict[UUID, list[Episode]]:
        """The cases of whom this may be, as far as the actor may see them."""
        return episodes_of(self.by, [one.person_id for one in matches])

    def clean(self) -> dict[str, Any]:
        """A number that can be called; and nobody twice without a question."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (reason := why_not_called(data.get("phone", ""))) and not data["phone_as_words"]:
            self.add_error("phone", f"{reason} Correct it, or keep it as words.")
        if not (self.errors or self.is_offered or data["person"] or data["is_another"]):
            self.twin = self._taken_in_just_now() or self._open_case_with_the_phone()
        if self.twin:
            raise forms.ValidationError(_SAME_PHONE if self.rings_alike else _TWICE)
        self.earlier = self._open_case_of(data.get("person"))
        if not self.errors and bool(self.earlier) != data["into_open"]:
            raise forms.ValidationError(_OPEN if self.earlier else _INTO_NONE)
        return data

    def clean_birth_date(self) -> date | None:
        """A day on which somebody may have been born."""
        born: date | None = self.cleaned_data["birth_date"]
        if reason := why_no_such_birth(born, today=self.by.now.astimezone(self.by.zone).date()):
            raise forms.ValidationError(reason)
        return born

    def clean_person(self) -> Person | None:
        """Somebody the actor may see, or nobody."""
        chosen = self.cleaned_data["person"]
        if chosen is None:
            return None
        found = (
            Person.objects.visible_to(self.by).standing().select_related("circle").filter(pk=chosen).first()
        )
        if found is None:
            raise forms.ValidationError(self.fields["person"].error_messages["invalid"])
        self.by.saw("people.person", [found.pk])
        return found

    def asks_whoever_went_on(self, draft: Draft | None) -> None:
        """Nobody saves unasked what a colleague went on with, since it may be another case by now.

        Args:
            draft: what was kept of this form, as it is dropped with it.

        Raises:
            Overtaken: a colleague went on with it, and its writer has not said that they agreed.
        """
        if draft and draft.taken_by and not (self.cleaned_data["is_agreed"] or self.earlier):
            self.taken = draft
            raise Overtaken(_WENT_ON.format(who=draft.taken_by))

    def story(self, begun: Draft | None = None) -> Story:
        """What was told. Where nobody says when help was asked for, it was when the first of it was typed.

        Args:
            begun: what was kept of this form.

        Raises:
            Refused: the axes give no code.
        """
        data = self.cleaned_data
        return Story(
            what_is_happening=data["what_is_happening"], asked_by=data["asked_by"],
            asked_at=data["asked_at"] or (begun.first_kept_at if begun else self.by.now),
            dangers=self._dangers_read(), judgment=self._judgment(), circumstances=data["circumstances"],
            spoke=data["spoke"], worker=self.by.user if data["owner"] == "me" else None, unit=self.by.unit,
        )  # fmt: skip

    def known(self) -> dict[str, Any]:
        """What was told about the person, as ``take_in`` wants it."""
        data = self.cleaned_data
        known = {name: data[name] for name in _KNOWN}
        if data["known_as"].strip():
            known |= {"known_as": data["known_as"], "is_described": data["is_described"]}
        if data["phone"].strip():
            safety = data["phone_safety"] or ContactPoint.Safety.ASK_FIRST
            kind = ContactPoint.Kind.OTHER if why_not_called(data["phone"]) else ContactPoint.Kind.PHONE
            known["contact_points"] = [{"kind": kind, "value": data["phone"], "safety": safety, "how": ""}]
        return known

    def _taken_in_just_now(self) -> Case | None:
        """Whom the actor took in so lately, in a case they may see, that the same name or words ask for a question."""
        told = name_key(self.cleaned_data["known_as"]), self.cleaned_data["what_is_happening"]
        since = self.by.now - profile(self.by.agency.profile).care.twice_within
        lately = Case.objects.visible_to(self.by).taken_in_by(self.by.user, since=since)
        for case in lately.select_related("person"):
            if tells_of_the_same(told, (name_key(case.person.known_as), case.what_is_happening)):
                self.by.saw("cases.case", [case.pk])
                return case
        return None

    def _open_case_with_the_phone(self) -> Case | None:
        """An open case of the actor's agency, of somebody who is reached by the number that was typed."""
        if not (digits := phone_key(self.cleaned_data["phone"])):
            return None
        tokens = tokens_of(self.by.agency_id, digits)
        held = Case.objects.visible_to(self.by).open().held_by(self.by).reached_by(tokens)
        case = held.select_related("person").order_by("-recorded_at", "-pk").first()
        if case:
            self.rings_alike = True
            self.by.saw("cases.case", [case.pk])
        return case

    def _open_case_of(self, person: Person | None) -> Case | None:
        """The case that the actor's agency holds open for them; nobody has two."""
        held = Case.objects.visible_to(self.by).open().held_by(self.by)
        case = (
            held.filter(person=person).select_related("person", "circle", "agency").first()
            if person
            else None
        )
        if case:
            self.by.saw("cases.case", [case.pk])
        return case

    def _as_it_begins(self, name: str) -> tuple[Any, ...]:
        field = self.fields[name]
        return None, "", False, [], field.prepare_value(field.initial)

    def _dangers_read(self) -> dict[str, tuple[str, str]]:
        data = self.cleaned_data
        return {
            to: (data[f"danger_{to}"], data[f"danger_{to}_words"])
            for to in Danger.To.values
            if data[f"danger_{to}"]
        }

    def _judgment(self) -> Judgment | None:
        data = self.cleaned_data
        axes = read_axes(self)
        if not axes and not data.get("code"):
            return None
        return judge(self.scheme.key, data.get("code", ""), answers=axes, reasons=data["reasons"])

    def _moment(self, name: str) -> Any:
        """A date or a moment as far as it can be read; ``None`` when it cannot."""
        value = self[name].value()
        try:
            return value if isinstance(value, datetime) and value.tzinfo else self.fields[name].clean(value)
        except forms.ValidationError:
            return None
