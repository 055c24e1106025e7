from typing import Any

from django import forms

from breakwater.duties.actions.prompts import Report
from breakwater.duties.actions.table import Row
from breakwater.duties.actions.weighing import Threat
from breakwater.duties.models import Answer, Duty, Weighing
from breakwater.kernel.text import Filled, Ours
from breakwater.trust.access import Actor
from breakwater.trust.capabilities import Role
from breakwater.trust.library import law_of
from breakwater.trust.rules.law import TOPICS
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Day, Line, Moment, Words, choice, offer

_ROLES = [(role.value, role.label) for role in Role if role != Role.SYSTEM]
_EMPTY_IS_NOW = "Empty means now."


class DutyForm(forms.Form):
    """One row of the duty table."""

    topic = forms.ChoiceField(label="What is it about?", choices=tuple(TOPICS.items()))
    jurisdiction = Line(label="For which jurisdiction?", max_length=120)
    force = choice("How binding is it?", Duty.Force.choices)
    reporter_roles = forms.MultipleChoiceField(
        label="Who has to?", choices=_ROLES, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None ticked means everybody.",
    )  # fmt: skip
    trigger = Words(
        label="When does it apply?", help_text="As your agency reads it. A worker reads this on the case."
    )
    deadline_oral_min = forms.IntegerField(
        label="By voice within, in minutes", required=False, min_value=1, max_value=1_000_000
    )
    deadline_written_h = forms.IntegerField(
        label="In writing within, in hours", required=False, min_value=1, max_value=100_000
    )
    report_to = Line(label="To whom?", required=False)
    agency_phone = Line(label="Their phone", required=False, max_length=60)
    form = Line(label="On which form?", required=False)
    immunity = Words(label="What protects whoever reports?", required=False)
    citation = Line(label="Where does the law stand?", max_length=300)
    reviewed_by = Line(
        label="Read by, for your agency", required=False, help_text="Counsel, or who answers for it."
    )
    reviewed_on = Day(label="On which day?", required=False)
    review_due = Day(label="To be read again by", required=False)

    def row(self) -> Row:
        """The row as it was filled in."""
        return Row(**self.cleaned_data | {"reporter_roles": tuple(self.cleaned_data["reporter_roles"])})

    @staticmethod
    def of(duty: Duty) -> dict[str, Any]:
        """What a version says, to begin the next one with."""
        return {name: getattr(duty, name) for name in DutyForm.base_fields}


class AskingForm(ActForm):
    """Which row of the table a worker thinks of, and since when they know."""

    duty = forms.ChoiceField(label="What may be asked of you?")
    aware_at = Moment(
        label="Since when do you know?", required=False, help_text=f"Clocks count from here. {_EMPTY_IS_NOW}"
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, now=by.now, **kwargs)
        rows = Duty.objects.visible_to(by).lines().exclude(force=Duty.Force.NONE)
        self.duties = {str(one.pk): one for one in rows}
        offer(self, "duty", [
            (pk, Filled("{topic}, {place}", topic=Ours(one.get_topic_display()), place=one.jurisdiction))
            for pk, one in self.duties.items()
        ])  # fmt: skip


class ReportForm(ActForm):
    """To whom it was reported, how, when, and what was told."""

    to_whom = Line(label="To whom?")
    how = choice("How?", Answer.How.choices)
    told = Words(
        label="What was told?",
        help_text="No more than the report asks for. It is accounted for word for word.",
    )
    reference = Line(label="Their reference", required=False, max_length=120)
    when = Moment(label="When?", required=False, help_text=_EMPTY_IS_NOW)

    def report(self) -> Report:
        """The report as it was typed."""
        said = self.cleaned_data
        return Report(**said | {"when": said["when"] or self.now})


class NotRequiredForm(forms.Form):
    """Why nothing is asked here."""

    because = Words(label="Why is it not required here?")


class ConsultationForm(forms.Form):
    """With whom it was talked over."""

    whom = Line(label="With whom?")
    words = Words(label="What did you come to?", required=False)


class OtherwiseForm(forms.Form):
    """Which other lawful way was taken."""

    way = choice("Which way?", [])
    words = Words(label="What was done?")

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "way", law_of(by.agency).ways.items())


class ThreatForm(ActForm):
    """A threat to somebody: weighed, and what was done."""

    victim = Line(
        label="Who is threatened?", max_length=300, help_text="As far as they can be told apart from others."
    )
    threat = Words(label="What is the threat?", help_text="In the words that were used.")
    means = Words(label="By which means, and are they within reach?")
    imminence = Words(label="How soon, and why do you think so?")
    options = forms.MultipleChoiceField(
        label="What did you consider?", choices=Weighing.Option.choices, widget=forms.CheckboxSelectMultiple
    )
    action = choice("What did you do?", Weighing.Option.choices)
    action_words = Words(label="Why this?")
    when = Moment(label="When?", required=False, help_text=_EMPTY_IS_NOW)
    warned = Line(
        label="Who was told?", required=False, help_text="Only when somebody was warned, or the police told."
    )
    told = Words(
        label="Word for word, what were they told?",
        required=False,
        help_text="No more than lessens the threat.",
    )
    why_serious = Words(label="Why is it serious?", required=False)
    how_they_can_lessen_it = Line(label="How can they prevent or lessen it?", required=False, max_length=300)
    source = Line(label="Where is that known from?", required=False, max_length=300)

    facts_asked = ("why_serious", "how_they_can_lessen_it", "source")

    def weighed(self) -> Threat:
        """The threat as it was weighed."""
        said = dict(self.cleaned_data)
        facts = {name: said.pop(name) for name in self.facts_asked}
        return Threat(**said | {"when": said["when"] or self.now, "facts": facts})
