from collections.abc import Mapping
from typing import Any

from django import forms

from breakwater.attachments.forms import Files
from breakwater.benefits.actions.applying import Proof
from breakwater.benefits.actions.notices import Letter
from breakwater.benefits.library import Program
from breakwater.benefits.models import Application, Notice
from breakwater.benefits.rules.course import REASONS
from breakwater.trust.access import Actor
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Day, Line, Moment, Words, choice, needed, offer

_NO_REASON = ("", "Nothing was refused or stopped")
_NO_ENDING = (Application.Ending.AGAIN,)


class ApplicationForm(forms.Form):
    """What is applied for, and whether it is asked to be decided faster."""

    program = choice("What do they apply for?", [])
    is_expedited = forms.BooleanField(
        label="Ask that it is decided faster",
        required=False,
        help_text="Expedited SNAP: nearly no money this month.",
    )

    def __init__(self, *args: Any, programs: Mapping[str, Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "program", [(code, f"{one.label}. {one.gives}") for code, one in programs.items()])


class PapersForm(forms.Form):
    """Which papers the office wants to see, and by when."""

    usual = forms.MultipleChoiceField(
        label="What this office usually asks for", required=False, widget=forms.CheckboxSelectMultiple
    )
    other = Line(label="Something else", required=False, help_text="As the office calls it.")
    due_on = Day(
        label="Handed in by", required=False, help_text="The day the office gave. Empty when it gave none."
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self.fields["usual"]
        if isinstance(offered, forms.MultipleChoiceField):
            offered.choices = list(program.papers.items())
        self.papers = program.papers

    def wanted(self) -> list[str]:
        """What is wanted, in words."""
        return [*(self.papers[code] for code in self.cleaned_data["usual"]), self.cleaned_data["other"]]


class PaperFilesForm(forms.Form):
    """A photo or a PDF of a paper."""

    attached = Files(label="A photo or a PDF of it")


class SubmissionForm(ActForm):
    """When it was handed in, how, by whom, and what proves it."""

    how = choice("How was it handed in?", Application.How.choices)
    hand = choice("By whom?", Application.Hand.choices)
    submitted_at = needed(Moment(label="When?"))
    confirmation = Line(
        label="Confirmation number, or what proves it", required=False,
        help_text="Or the name of who took it, a stamp, a fax receipt. It is encrypted.",
    )  # fmt: skip
    attached = Files(label="A photo or a PDF that proves it")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, now=actor.now, **kwargs)
        self.fields["submitted_at"].initial = actor.now.astimezone(actor.zone)

    def clean_submitted_at(self) -> Any:
        """A moment."""
        if not self.cleaned_data["submitted_at"]:
            raise forms.ValidationError("Say when it was handed in: the office counts from then.")
        return self.cleaned_data["submitted_at"]

    def proof(self) -> Proof:
        """How it was handed in."""
        said = self.cleaned_data
        return Proof(
            how=said["how"], hand=said["hand"], confirmation=said["confirmation"], attached=said["attached"]
        )


class InterviewForm(ActForm):
    """When the office wants to speak with them."""

    interview_at = Moment(label="When?")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, now=actor.now, **kwargs)


class InterviewEndingForm(forms.Form):
    """Whether it was kept."""

    kept = choice("Was the interview kept?", [("yes", "Yes"), ("no", "No, it was missed")])


class NoticeForm(forms.Form):
    """What stands on a notice."""

    kind = choice("What does it say?", Notice.Kind.choices)
    dated = Day(label="The date on it", help_text="Deadlines count from this date, not from when it came.")
    reason = forms.ChoiceField(
        label="Why, when it was denied or stopped", required=False,
        choices=[_NO_REASON, *((code, words) for code, (_, words) in REASONS.items())],
    )  # fmt: skip
    effective_on = Day(label="It stops from", required=False)
    last_day = Day(
        label="Last day to ask for a hearing", required=False,
        help_text="As the notice says it. Empty: the law's own, or somebody finds it out within days.",
    )  # fmt: skip
    kept_day = Day(
        label="Last day to ask, so that the benefit goes on meanwhile", required=False,
        help_text="Mostly much earlier. Only when something stops.",
    )  # fmt: skip
    holds_from = Day(label="Approved from", required=False)
    holds_until = Day(
        label="Approved until", required=False, help_text="The last day. Empty when it says none."
    )
    amount = Line(label="How much", required=False, max_length=60)
    words = Words(label="What else it says", required=False)
    attached = Files(label="A photo or a PDF of it")

    def letter(self) -> Letter:
        """What stands on it."""
        return Letter(**self.cleaned_data)


class LastDayForm(forms.Form):
    """The last day to appeal."""

    last_day = Day(
        label="Last day to ask for a hearing", help_text="As the notice says it, or the office on the phone."
    )


class AddressForm(forms.Form):
    """Whether the office's mail still finds them."""

    still_right = choice(
        "Does the office's mail still find them?",
        [("yes", "Yes, as before"), ("no", "No: the office is told the new address")],
    )


class ApplicationEndingForm(forms.Form):
    """How it ends, and who sees to it from now."""

    how = choice("How does it end?", [one for one in Application.Ending.choices if one[0] not in _NO_ENDING])
    outcome = Line(
        label="Why; or who sees to it from now", max_length=300,
        help_text="The person, a navigator, another agency: by name.",
    )  # fmt: skip
