from typing import Any

from django import forms

from breakwater.trust.access import Actor
from breakwater.trust.actions.requests import Answer, Asked
from breakwater.trust.library import law_of
from breakwater.trust.models import RecordRequest
from breakwater.trust.rules.law import SIGNERS
from breakwater.ui.fields import Line, Moment, Words, choice, offer

_CENTS = 100


class AskedForm(forms.Form):
    """What somebody asks about their record."""

    kind = choice("What do they ask for?", RecordRequest.Kind.choices)
    words = Words(
        label="In their words", help_text="What exactly, in which form they want it, and how they get it safely."
    )  # fmt: skip
    received_at = Moment(label="When did it reach us?", help_text="The day counts from here, not from today.")
    asker = choice("Who asks?", tuple(SIGNERS.items()), initial="self")
    asker_name = Line(label="Their name, when it is not the person", required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_at"].initial = actor.now

    def asked(self) -> Asked:
        """As it was written down."""
        return Asked(**self.cleaned_data)


class CheckForm(forms.Form):
    """How it was made sure who asks."""

    how = choice("How do we know that it is them?", RecordRequest.Checked.choices)
    words = Line(
        label="What was seen", required=False, max_length=300,
        help_text="Which papers, of which kind; no numbers of them. Never by what anybody close to them knows.",
    )  # fmt: skip


class ExtensionForm(forms.Form):
    """Why an answer takes longer."""

    reason = Words(
        label="What the person reads", help_text="Why it takes longer, and the day by which they have their answer."
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What the person is answered."""

    outcome = choice("The answer", RecordRequest.Outcome.choices)
    ground = forms.ChoiceField(
        label="On which ground, when not all of it is granted?", required=False, help_text="Of the law."
    )
    words = Words(
        label="What the person reads", required=False,
        help_text="When refused: why, in plain words; how they have it looked at again; where they complain.",
    )  # fmt: skip
    fee = forms.DecimalField(
        label="Fee, in dollars", required=False, min_value=0, max_value=1000, decimal_places=2
    )

    def __init__(self, *args: Any, asked: RecordRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = law_of(asked.agency).requests[asked.kind].grounds.values()
        offer(self, "ground", [("", "Nothing is refused"), *((one.code, one.label) for one in grounds)])

    def answer(self) -> Answer:
        """As it was written down."""
        said = self.cleaned_data
        cents = int((said["fee"] or 0) * _CENTS)
        return Answer(outcome=said["outcome"], words=said["words"], ground=said["ground"], fee_cents=cents)


class AppealForm(forms.Form):
    """What the person says to a refusal."""

    words = Words(label="What they say", help_text="It stays with the record, in their words.")


class SecondLookForm(forms.Form):
    """What came of looking again."""

    verdict = choice("The refusal", RecordRequest.Verdict.choices)
    words = Words(label="In a few words", required=False, help_text="The person reads this.")
