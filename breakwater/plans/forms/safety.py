from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms

from breakwater.cases.forms.own_words import OwnWords, offer_own_words
from breakwater.kernel.text import Filled, Ours
from breakwater.people.models import ContactPoint, Person, Supporter
from breakwater.plans.actions.safeguards import Doing
from breakwater.plans.actions.safety import Handing
from breakwater.plans.forms.needs import TimeForm, with_their_words
from breakwater.plans.library import FORM
from breakwater.plans.models import CopyGiven, Lesson, Safeguard, SafetyPlan
from breakwater.trust.access import Actor
from breakwater.ui.fields import Day, Line, Words, choice, needed, offer

_THEMSELVES = ("", "The person themselves")
_NO_WAY = ("", "It was not sent")
_EVENING = time(20)
_FROM_0_TO_10 = [(one, str(one)) for one in range(11)]


class SafetyPlanForm(forms.Form):
    """The sections of a safety plan, each in the person's own words, and the day on which it is read again."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    review_on = Day(
        label="When do you read it again together?", required=False,
        help_text="Empty means as your agency usually does.",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = actor.zone
        for code, section in FORM.sections.items():
            self.fields[code] = Words(label=section.title["en"], help_text=section.asks, required=False)
        self.order_fields([*FORM.sections, "review_on"])

    def words(self) -> dict[str, str]:
        """What each section says."""
        return {code: self.cleaned_data[code] for code in FORM.sections}

    def review_at(self) -> datetime | None:
        """The evening of the day that was chosen, where the agency is."""
        day = self.cleaned_data["review_on"]
        return datetime.combine(day, _EVENING, tzinfo=self.zone) if day else None


class SafeguardForm(TimeForm):
    """What is done about something dangerous within reach."""

    means = choice("What is within reach?", Safeguard.Means.choices)
    said = OwnWords("surroundings", "people_to_ask")
    words = needed(
        Line(
            label="What did you agree?",
            max_length=300,
            help_text="As they said it: where it goes, for how long.",
        )
    )
    who = Line(label="Who does it?", help_text="They themselves, a brother, you.")

    field_order = ("means", "said", "words", "who", "when", "due_at")

    def __init__(self, *args: Any, case_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_own_words(self, case_id, by=kwargs["actor"])

    def clean(self) -> dict[str, Any]:
        """Lines of theirs that were chosen stand before what was typed."""
        return with_their_words(self, super().clean())

    def doing(self) -> Doing:
        """What is to be done."""
        said = self.cleaned_data
        return Doing(means=said["means"], words=said["words"], who=said["who"])


class SafeguardEndingForm(forms.Form):
    """How it ended, and how we know."""

    how = choice("What became of it?", Safeguard.Ending.choices)
    known_from = Line(
        label="How do you know?", max_length=300,
        help_text="Who saw it, or what they said. When they would rather not: why.",
    )  # fmt: skip


class CopyForm(forms.Form):
    """To whom a copy was given, and how."""

    supporter = forms.ChoiceField(label="Who was given it?", required=False)
    how = choice("How?", CopyGiven.How.choices)
    contact_point = forms.ChoiceField(
        label="Which way was it sent?", required=False, help_text="Only a way that is marked as safe will do."
    )
    safe_to_keep = forms.BooleanField(
        label="They told me where they keep it, and that it is safe there", required=False
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supporters = _by_id(Supporter.objects.filter(person=person, ends_at=None).order_by("starts_at"))
        self.ways = _by_id(ContactPoint.objects.filter(person=person, ends_at=None).order_by("starts_at"))
        named = [(pk, f"{one.name}, {one.relation}") for pk, one in self.supporters.items()]
        ways = [
            (pk, Filled("{value} ({safety})", value=one.value, safety=Ours(one.get_safety_display())))
            for pk, one in self.ways.items()
        ]
        offer(self, "supporter", [_THEMSELVES, *named])
        offer(self, "contact_point", [_NO_WAY, *ways])

    def handing(self) -> Handing:
        """How the copy was given."""
        said = self.cleaned_data
        return Handing(
            how=said["how"], supporter=self.supporters.get(said["supporter"]),
            contact_point=self.ways.get(said["contact_point"]), safe_to_keep=said["safe_to_keep"],
        )  # fmt: skip


class LessonForm(forms.Form):
    """Something that makes it worse, or that helps, and how well."""

    kind = choice("Which is it?", Lesson.Kind.choices)
    words = Line(label="What is it, in their words?", max_length=300)
    effect = forms.TypedChoiceField(
        label="How well does it help, from 0 to 10?", choices=[("", "Not tried yet"), *_FROM_0_TO_10], coerce=int,
        empty_value=None, required=False, help_text="As they tell it: 0 not at all, 10 as well as can be.",
    )  # fmt: skip
    last_used = Day(label="When was it last used?", required=False)
    with_others = forms.BooleanField(label="It takes somebody else", required=False)
    category = forms.ChoiceField(
        label="What kind of thing makes it worse?",
        choices=[("", "Not said"), *Lesson.Category.choices],
        required=False,
    )
    leads_to = forms.ChoiceField(
        label="Which warning sign follows?", required=False, help_text="Of those in their safety plan."
    )

    def __init__(self, *args: Any, signs: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "leads_to", [("", "None that is known"), *((one, one) for one in signs)])


class LessonAgainForm(forms.Form):
    """How well something helped this time; or that it holds no longer."""

    effect = forms.TypedChoiceField(
        label="How well did it help this time, from 0 to 10?", choices=[("", "Choose"), *_FROM_0_TO_10], coerce=int,
        empty_value=None, required=False, help_text="As they tell it: 0 not at all, 10 as well as can be.",
    )  # fmt: skip
    drops = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("drops") and cleaned.get("effect") is None and "effect" not in self.errors:
            self.add_error("effect", "Say how well it helped.")
        return cleaned


def as_initial(plan: SafetyPlan | None) -> dict[str, Any]:
    """What a form for the next version begins with: the words of the last."""
    return {"version": plan.version, **plan.words} if plan else {"version": 0}


def _by_id(found: Iterable[Any]) -> dict[str, Any]:
    return {str(one.pk): one for one in found}
