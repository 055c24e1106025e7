from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.html import format_html

from breakwater.assessments.actions.exporting import Export
from breakwater.assessments.actions.speaking import IN_ENGLISH_ALONE
from breakwater.assessments.instruments_of import Offered
from breakwater.assessments.languages import offered_as
from breakwater.assessments.models import Assessment
from breakwater.assessments.models.asked import TIER_CHOICES
from breakwater.assessments.rules.definition import SEVERAL, WORDS, Definition, Item, Translation
from breakwater.assessments.rules.predicates import DECLINED
from breakwater.kernel.text import Filled
from breakwater.trust.access import Actor
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.models import Agency
from breakwater.trust.rules.law import PURPOSES, RECIPIENTS
from breakwater.ui.fields import Line, Words, choice, offer

PREFERS_NOT = "Prefer not to say"
_OUTSIDE = ("", "Somebody outside Breakwater")
_NONE_HERE = "Its words are in no other language here. Your agency may import them; an interpreter can always say them."
_SEVERAL = (
    "Only where an instrument has several. When nobody chooses, the usual ones are read first, and the level is that"
    " of the more sensitive."
)
_NOT_IN = "Not here in {language}: whoever interprets says it."
_NOBODY_KNOWS = ("", "Nobody chooses")


class ChoiceForm(forms.Form):
    """Which instrument, and who answers."""

    instrument = choice("By which instrument?", [])
    mode = choice("Who answers?", Assessment.Mode.choices, initial=Assessment.Mode.INTERVIEW)
    profile = forms.ChoiceField(label="Cut-offs", required=False, help_text=_SEVERAL)

    def __init__(self, *args: Any, offered: Mapping[str, Offered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = [one for one in offered.values() if not one.closed]
        offer(self, "instrument", [(one.definition.key, one.definition.title) for one in open_ones])
        offer(
            self,
            "profile",
            [_NOBODY_KNOWS, *(two for one in open_ones for two in _profiles_of(one.definition))],
        )

    def clean_profile(self) -> str:
        """The cut-offs by their code; those of another instrument are none of this one's."""
        instrument, _, profile = str(self.cleaned_data["profile"]).partition("/")
        if profile and instrument != self.cleaned_data.get("instrument"):
            raise forms.ValidationError("These cut-offs are another instrument's.")
        return profile


class AnswersForm(forms.Form):
    """Some items of an instrument, each with what it takes, and with *prefer not to say*. None must be answered."""

    def __init__(
        self,
        *args: Any,
        items: Iterable[Item],
        beside: Translation | None = None,
        declines: str = PREFERS_NOT,
        **kwargs: Any,
    ) -> None:
        """Ask these items.

        Args:
            beside: their words in another language, which stand beside ours.
            declines: what *prefer not to say* is called.
        """
        super().__init__(*args, **kwargs)
        self.items = {f"item-{one.key}": one for one in items}
        self.declined: set[str] = set()
        for name, item in self.items.items():
            self.fields[name] = _field(item, beside, declines)
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


class ExportForm(forms.Form):
    """To whom an assessment goes as a file, and what for."""

    agency = forms.ChoiceField(label="To whom does it go?", required=False)
    name = Line(label="Their name, when they do not work in Breakwater", required=False)
    kind = forms.ChoiceField(
        label="What is somebody outside to the person?", choices=tuple(RECIPIENTS.items()), initial="care"
    )
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


class LanguageForm(forms.Form):
    """In which other language it is asked, and who interprets."""

    language = forms.ChoiceField(label="In which language too?", required=False)
    interpreter = Line(
        label="Who interprets?", max_length=80, required=False,
        help_text="A role or a number: “By phone, interpreter 4471”. No name is needed. May stay empty.",
    )  # fmt: skip
    read = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = [(one.language, offered_as(definition, one)) for one in definition.translations.values()]
        offer(self, "language", [("", IN_ENGLISH_ALONE), *told])
        if not told:
            self.fields["language"].help_text = _NONE_HERE


def _field(item: Item, beside: Translation | None, declines: str) -> forms.Field:
    labels = beside.answers.get(item.key, {}) if beside else {}
    options = [
        *((one.code, _both(one.label, labels.get(one.code), beside)) for one in item.options),
        (DECLINED, declines),
    ]
    asked = _both(item.text or item.label, beside.questions.get(item.key) if beside else None, beside)
    helps = _both(item.help, beside.helps.get(item.key) if beside else None, beside)
    if beside and not beside.questions.get(item.key):
        missing = Filled(_NOT_IN, language=beside.name)
        helps = format_html("{} {}", helps, missing) if helps else missing
    facts: dict[str, Any] = {"label": asked, "required": False, "help_text": helps}
    if item.kind == WORDS:
        return Words(**facts)
    if item.kind == SEVERAL:
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **facts)
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **facts)


def _both(ours: str, theirs: str | None, beside: Translation | None) -> str:
    """Our words, and beside them those of the other language, said to be of it for whoever has them read aloud."""
    if not theirs or beside is None:
        return ours
    return format_html(
        '{} <span class="beside" lang="{}" dir="auto">{}</span>', ours, beside.language, theirs
    )


def _profiles_of(definition: Definition) -> list[tuple[str, str]]:
    return [
        (f"{definition.key}/{code}", Filled("{title}: {words}", title=definition.title, words=words))
        for code, words in definition.profiles.items()
    ]
