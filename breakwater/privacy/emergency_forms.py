from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms

from breakwater.trust.access import Actor
from breakwater.trust.actions.concerns import Warned
from breakwater.trust.actions.family import Close
from breakwater.trust.actions.medical import MedicalTelling
from breakwater.trust.library import law_of
from breakwater.trust.models import Agency, Involvement
from breakwater.trust.rules.wording import Worry, worry_in_words
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Line, Moment, Words, choice, needed, offer

_REASONS = ("threat", "why_serious", "why_imminent", "how_they_can_lessen_it")


class ConcernForm(forms.Form):
    """What a security team is told about a threat: the facts, chosen one by one, and what the law asks for."""

    team = forms.ChoiceField(label="Which team?")
    facts = forms.MultipleChoiceField(
        label="Which of these facts leave?", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Choose the fewest that lessen the threat. Notes are never among them.",
    )  # fmt: skip
    words = Words(label="What else, in your words?", required=False)
    threat = Words(
        label="What is the threat?", required=False, help_text="The articulable and significant threat."
    )
    why_serious = Words(label="Why is it serious?", required=False)
    why_imminent = Words(label="Why is it imminent?", required=False)
    how_they_can_lessen_it = Line(label="How can they prevent or lessen it?", required=False, max_length=300)
    source = Line(
        label="Where is that known from?", required=False, max_length=300,
        help_text="Kept here. The team is not told, so that whoever told you is safe.",
    )  # fmt: skip
    days = forms.IntegerField(label="For how many days do they read it?", min_value=1)

    def __init__(self, *args: Any, actor: Actor, facts: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.offered = actor, facts
        teams = Agency.objects.filter(kind=Agency.Kind.THREAT_MANAGEMENT).exclude(pk=actor.agency_id)
        self.teams = {str(one.pk): one for one in teams.order_by("name")}
        usual, longest = law_of(actor.agency).concerns
        offer(self, "team", [(pk, one.name) for pk, one in self.teams.items()])
        offer(self, "facts", facts.items())
        self.fields["days"].initial = usual.days
        self.fields["days"].help_text = f"{longest.days} at most."

    def clean(self) -> dict[str, Any]:
        """Something is told."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not said.get("facts") and not said.get("words", "").strip() and not self.errors:
            self.add_error("facts", "Choose what the team is told. Nothing leaves by itself.")
        if said.get("days", 1) > law_of(self.actor.agency).concerns[1].days:
            self.add_error("days", "Choose fewer days.")
        return said

    def reading(self) -> str:
        """Word for word what leaves."""
        said = self.cleaned_data
        chosen = [words for key, words in self.offered.items() if key in said["facts"]]
        ends = (self.actor.now + timedelta(said["days"])).astimezone(self.actor.zone).date()
        return worry_in_words(
            Worry(
                by=f"{self.actor.name}, {self.actor.agency.name}", to=self.teams[said["team"]].name,
                facts=[*chosen, *filter(str.strip, [said["words"]])], ends=ends,
                **{name: said[name] for name in _REASONS},
            )
        )  # fmt: skip

    def warned(self) -> Warned:
        """What is told, as it was shown."""
        said = self.cleaned_data
        return Warned(
            team=self.teams[said["team"]], told=self.reading(), lasts=timedelta(said["days"]),
            facts={name: said[name] for name in (*_REASONS, "source")},
        )  # fmt: skip


class MedicalForm(ActForm):
    """The four facts of 42 CFR 2.51(c), why nobody could ask, and what was told. The law says what is missing."""

    recipient_name = needed(Line(label="Who of the medical staff is told?"))
    recipient_affiliation = needed(Line(label="Where do they work?"))
    discloser = needed(Line(label="Who tells them?"))
    when = Moment(label="On which day, at what time?", required=False, help_text="Empty means now.")
    nature = needed(Words(label="What is the emergency?"))
    no_consent = Words(label="Why can the person not be asked first?")
    told = Words(label="What are they told?", help_text="Only what this emergency needs. Kept word for word.")

    def telling(self) -> MedicalTelling:
        """What was told, as it was typed."""
        said = self.cleaned_data
        return MedicalTelling(**said | {"when": said["when"] or self.now})


class LookedForm(forms.Form):
    """What a reviewer says of it."""

    words = Words(label="In a few words", required=False)


class CloseForm(forms.Form):
    """What the person said about telling somebody close."""

    name = Line(label="About whom?", required=False, help_text="Empty means everybody close to them.")
    relation = Line(label="What are they to the person?", required=False, max_length=120)
    answer = choice("What did the person say?", Involvement.Answer.choices)
    words = Words(label="How did they say it, and what may be told?", required=False)

    def close(self) -> Close:
        """Their word, as it was typed."""
        return Close(**self.cleaned_data)


class TellingForm(forms.Form):
    """Telling somebody close: who, what, and whether the person can be asked."""

    name = Line(label="Who asks, or is told?")
    told = Words(label="What are they told?", help_text="Only what matters for their part in the care.")
    asked = choice(
        "Can the person be asked now?",
        [
            ("yes", "Yes: they are here, and can decide"),
            ("no", "No: away, unconscious, or not able to decide"),
        ],
    )
    best_interest = Words(
        label="Why is it in their best interest?", required=False,
        help_text="Only while they cannot be asked. It opens nothing that they refused.",
    )  # fmt: skip
