from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from breakwater.assessments.rules.definition import Definition
from breakwater.attachments.library import LIMITS
from breakwater.cases.models import Case
from breakwater.people.models import Person, Supporter
from breakwater.plans.actions.goals import Answer
from breakwater.plans.models import Agreement
from breakwater.portal.actions.handing import Chosen
from breakwater.portal.actions.held import whole_languages
from breakwater.portal.actions.site import Said
from breakwater.portal.library import SPEECH
from breakwater.portal.models import OwnAct, OwnCopy
from breakwater.portal.rules import PARTS
from breakwater.referrals.filed import files_of
from breakwater.referrals.library import REASONS
from breakwater.referrals.models import Meeting, Stage
from breakwater.resources.models.program import KINDS
from breakwater.trust.access import Actor
from breakwater.ui.fields import Line, Moment, Words, choice, offer
from breakwater.ui.languages import LANGUAGES

_THEMSELVES = ("", "The person themselves")
_ANSWERS = {"no": False, "yes": True}


class HandingForm(forms.Form):
    """What somebody is to have on their own copy, and how the code reaches them."""

    safe_device = forms.BooleanField(
        label="I asked: nobody else reads or unlocks what they will open it on", required=False
    )
    parts = forms.MultipleChoiceField(
        label="What will they see?", choices=[(one, SPEECH["en"].parts[one]) for one in PARTS],
        widget=forms.CheckboxSelectMultiple, required=False,
        help_text="Read it through with them first: what stands in a step is shown as it was written.",
    )  # fmt: skip
    language = choice("In which language?", tuple(LANGUAGES.items()))
    way = choice("How does the code reach them?", OwnCopy.Way.choices)
    word = Line(
        label="A word of their own that goes with it", max_length=60, required=False,
        help_text="They choose it, and nobody who knows them guesses it. Never a birthday or a name. May stay empty.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    supporter = forms.ChoiceField(label="Who is it for?", required=False)
    authority = Line(
        label="What gives whoever speaks for them the right to?", max_length=300, required=False,
        help_text="A parent, a guardian by court order, a power of attorney: what you saw. Empty for the person.",
    )  # fmt: skip
    hurt_them = choice(
        "Is this the one who may have hurt them?", (("no", "No"), ("yes", "Yes")), required=False
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"parts": list(PARTS), "language": "en", "way": "spoken"}
        self.round_them = _by_id(Supporter.objects.filter(person=person, ends_at=None).order_by("starts_at"))
        named = [(pk, f"{one.name}, {one.relation}") for pk, one in self.round_them.items()]
        offer(self, "supporter", [_THEMSELVES, *named])
        if not named:
            for name in ("supporter", "authority", "hurt_them"):
                del self.fields[name]

    def chosen(self) -> Chosen:
        """What was chosen."""
        said = self.cleaned_data
        return Chosen(
            parts=tuple(said["parts"]), language=said["language"], way=said["way"], word=said["word"],
            safe_device=said["safe_device"], supporter=self.round_them.get(said.get("supporter", "")),
            authority=said.get("authority", ""), is_the_abuser=_ANSWERS.get(said.get("hurt_them", "")),
        )  # fmt: skip


class AnswerForm(forms.Form):
    """What a worker made of what they said."""

    answer = choice("What did you find?", OwnAct.Answer.choices)


class CodeForm(forms.Form):
    """A code, and the word that goes with it."""

    one_time_code = Line(max_length=40)
    second = Line(max_length=60, required=False)


class CallForm(forms.Form):
    """When it is safe to call, and what must not be said."""

    words = Words(max_length=500, required=False)


class SafetyForm(forms.Form):
    """Whether a way to reach them is safe."""

    safety = Line(max_length=10)


_AROUND = "The questions and answers are in this language; what stands around them is in English or Spanish."


class GivingForm(forms.Form):
    """In which language they read and answer by themselves."""

    language = choice("In which language do they read?", [], required=False)

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = whole_languages(definition)
        offer(self, "language", [("", "English"), *whole.items()])
        if not whole.keys() <= SPEECH.keys():
            self.fields["language"].help_text = _AROUND


class PlanGivingForm(forms.Form):
    """In which language they read what stands around their plan."""

    language = choice("In which language do they read?", tuple(LANGUAGES.items()))


class SigningForm(forms.Form):
    """What somebody answers to their own plan, with their own hands."""

    voice = Words(required=False)
    agrees = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    signature = Line(required=False)
    strokes = forms.CharField(required=False)
    why_not = Line(required=False, max_length=200)
    shown = Words(required=False)

    def answer(self) -> Answer:
        """What they answered."""
        said = self.cleaned_data
        signs = said["agrees"] == "yes"
        return Answer(
            how=Agreement.How.SIGNED if signs else Agreement.How.NOT, voice=said["voice"],
            signature=said["signature"], strokes=said["strokes"], why_not="" if signs else said["why_not"],
        )  # fmt: skip


class LinkForm(forms.Form):
    """The letters of a link, or all of it as it was sent; and the code that was told by phone."""

    letters = Line(max_length=400)
    one_time_code = Line(max_length=40)

    def clean_letters(self) -> str:
        """What stands behind the sign that a browser sends to nobody."""
        return str(self.cleaned_data["letters"]).strip().rpartition("#")[2]


class AlongForm(forms.Form):
    """Which files of the case go along with a letter by its link: those that may be opened here."""

    along = forms.MultipleChoiceField(
        label="Files that go along", widget=forms.CheckboxSelectMultiple, required=False,
        help_text=(
            f"At most {LIMITS.at_once}. They are told the kind and the size, not the name; the law is asked now"
            " and each time that one is opened."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = [one for one in files_of(case, by=actor) if one.is_open]
        actor.saw("attachments.attachment", [one.pk for one in kept])
        offer(self, "along", [(str(one.pk), f"{one.name}, {one.length}") for one in kept])

    def chosen(self) -> list[UUID]:
        """Which were chosen."""
        return [UUID(one) for one in self.cleaned_data["along"]]


class SiteForm(forms.Form):
    """What a site says to a letter: who says it, in which words, and why not."""

    who = Line(label="Your name", max_length=80, help_text="So that they can call you back.")
    words = Words(label="Anything to say?", required=False, max_length=1000)
    reason = choice("If you say no: why?", Stage.Reason.choices, required=False)

    def said(self) -> Said:
        """What was said."""
        return Said(**self.cleaned_data)


class SiteAskForm(forms.Form):
    """What a place says to what it was asked in a round: who says it, in which words, and why not."""

    who = Line(label="Your name", max_length=80, help_text="So that they can call you back.")
    words = Words(label="Anything to say?", required=False, max_length=500)
    reason = choice("If you say no: why?", REASONS, required=False)

    def said(self) -> Said:
        """What was said."""
        return Said(**self.cleaned_data)


class SiteHandoffForm(forms.Form):
    """What a receiver says to a case that is offered: who says it, in which words, and how they met once they have."""

    who = Line(label="Your name", max_length=80, help_text="So that they can call you back.")
    how = choice(
        "How did you reach them?", [("", "By ourselves"), *Meeting.Kind.choices], required=False,
        help_text="Together with those who hand over, or by yourselves.",
    )  # fmt: skip
    told_at = Moment(label="When did you reach them?", required=False, help_text="Empty means now.")
    words = Words(label="Anything to say?", required=False, max_length=1000)

    def said(self) -> Said:
        """What was said."""
        return Said(**self.cleaned_data)


class SiteRoomForm(forms.Form):
    """How many a site would take now."""

    who = Line(label="Your name", max_length=80)
    free = forms.IntegerField(label="How many would you take now?", min_value=0, max_value=9999)


class RoomDoorForm(LinkForm):
    """A standing link, the code for this device, and whose it is."""

    who = Line(max_length=80)


class RoomToldForm(forms.Form):
    """What a place tells by one tap: of which kind, and how many it would take; no number says that it is still so."""

    program = forms.UUIDField()
    accepting = forms.IntegerField(
        required=False, min_value=0, max_value=9999,
        error_messages={"invalid": "Write a whole number.", "max_value": "Write a number below ten thousand."},
    )  # fmt: skip
    is_still_so = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """One of the two is told."""
        told = super().clean() or {}
        if not self.errors and told.get("accepting") is None and not told.get("is_still_so"):
            self.add_error(None, "Say how many you would take now.")
        return told


class RoomKindForm(forms.Form):
    """Which kind of room a place gives."""

    kind = forms.ChoiceField(label="Which kind of room do they give?", choices=[("", "Choose"), *KINDS])


class RoomKeyForm(forms.Form):
    """Which program of theirs tells the figures."""

    which = Line(label="Which program is it?", max_length=80, help_text="So that its key can be ended later.")


class SiteReplyForm(forms.Form):
    """What those who asked reply."""

    reply = Words(label="Your reply. They read it by the same link.", max_length=1000)


def _by_id(found: Iterable[Any]) -> dict[str, Any]:
    return {str(one.pk): one for one in found}
