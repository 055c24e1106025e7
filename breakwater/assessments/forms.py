from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from breakwater.assessments.actions.exporting import Export
from breakwater.assessments.instruments_of import Offered
from breakwater.assessments.models import Assessment
from breakwater.assessments.models.asked import TIER_CHOICES
from breakwater.assessments.rules.definition import SEVERAL, WORDS, Definition, Item
from breakwater.assessments.rules.predicates import DECLINED
from breakwater.trust.access import Actor
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.models import Agency
from breakwater.trust.rules.law import PURPOSES, RECIPIENTS
from breakwater.ui.fields import Line, Words, choice, offer

PREFERS_NOT = (DECLINED, "Prefer not to say")
_OUTSIDE = ("", "Somebody who does not work in Breakwater")
_NOBODY_KNOWS = ("", "Not known: the more sensitive ones")


class ChoiceForm(forms.Form):
    """Which instrument, and who answers."""

    instrument = choice("By which instrument?", [])
    mode = choice("Who answers?", Assessment.Mode.choices, initial=Assessment.Mode.INTERVIEW)
    profile = forms.ChoiceField(
        label="Cut-offs", required=False, help_text="Only where an instrument has several."
    )

    def __init__(self, *args: Any, offered: Mapping[str, Offered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = [one for one in offered.values() if not one.closed]
        offer(self, "instrument", [(one.definition.key, one.definition.title) for one in open_ones])
        profiles = {code: words for one in open_ones for code, words in _profiles_of(one.definition)}
        offer(self, "profile", [_NOBODY_KNOWS, *profiles.items()])


class AnswersForm(forms.Form):
    """Some items of an instrument, each with what it takes, and with *prefer not to say*. None must be answered."""

    def __init__(self, *args: Any, items: Iterable[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {f"item-{one.key}": one for one in items}
        self.declined: set[str] = set()
        for name, item in self.items.items():
            self.fields[name] = _field(item)
            if item.kind == WORDS and self.initial.get(name) == DECLINED:
                self.initial[name] = ""
                self.declined.add(name)

    def said(self) -> dict[str, str | tuple[str, ...]]:
        """What was answered, by item; an empty answer takes one back."""
        found: dict[str, str | tuple[str, ...]] = {}
        for name, item in self.items.items():
            given = self.cleaned_data[name]
            if self.data.get(f"{name}-declined"):
                given = DECLINED
            found[item.key] = tuple(given) if isinstance(given, list) else given
        return found

    @staticmethod
    def of(answers: Mapping[str, str | tuple[str, ...]]) -> dict[str, Any]:
        """What was answered so far, to begin with."""
        return {
            f"item-{key}": list(said) if isinstance(said, tuple) else said for key, said in answers.items()
        }


class AmendmentForm(AnswersForm):
    """Answers changed after the fact, and why."""

    reason = Words(label="Why are they changed?")

    field_order = ("reason",)


class OverrideForm(forms.Form):
    """Another level than the answers come to, and why."""

    tier = choice("Which level do you judge?", TIER_CHOICES)
    reason = Words(label="Why do you judge so?")


class DecisionForm(forms.Form):
    """What a person decided about something that is proposed."""

    proposal = forms.CharField(widget=forms.HiddenInput)
    taken = choice("What do you decide?", [("yes", "We do this"), ("no", "We do not")])
    reason = Words(label="Why?", required=False, help_text="Must be said when it is not done.")


class HearingForm(forms.Form):
    """What was done about an answer that had to be heard."""

    did = Words(label="What was done about it?", help_text="Whom you told, and what happens now.")


def _field(item: Item) -> forms.Field:
    label = item.text or item.label
    options = [(one.code, one.label) for one in item.options]
    facts: dict[str, Any] = {"label": label, "required": False, "help_text": item.help}
    if item.kind == WORDS:
        return Words(**facts)
    if item.kind == SEVERAL:
        return forms.MultipleChoiceField(
            choices=[*options, PREFERS_NOT], widget=forms.CheckboxSelectMultiple, **facts
        )
    return forms.ChoiceField(choices=[*options, PREFERS_NOT], widget=forms.RadioSelect, **facts)


def _profiles_of(definition: Definition) -> list[tuple[str, str]]:
    return [(code, f"{definition.title}: {words}") for code, words in definition.profiles.items()]


class ExportForm(forms.Form):
    """To whom an assessment goes as a file, and what for."""

    agency = forms.ChoiceField(label="To whom does it go?", required=False)
    name = Line(label="Their name, when they do not work in Breakwater", required=False)
    kind = forms.ChoiceField(label="What is somebody outside to the person?", choices=tuple(RECIPIENTS.items()), initial="care")
    purpose = forms.ChoiceField(label="What for?", choices=tuple(PURPOSES.items()), initial="TREAT")
    with_words = forms.BooleanField(
        label="What they wrote in their own words goes along", required=False,
        help_text="It may hold names. Without it only codes leave, and what they come to.",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Agency.objects.exclude(pk=actor.agency_id).order_by("name")
        self.agencies = {str(one.pk): one for one in others}
        offer(self, "agency", [_OUTSIDE, *((pk, one.name) for pk, one in self.agencies.items())])

    def wanted(self) -> Export:
        """What is to leave, and to whom."""
        said = self.cleaned_data
        to = Recipient.of(self.agencies.get(said["agency"]), name=said["name"], kind=said["kind"])
        return Export(to=to, purpose=said["purpose"], with_words=said["with_words"])
