from typing import Any

from django import forms
from django.core.validators import RegexValidator

from breakwater.trust.actions.incidents import Assessment, Happened
from breakwater.trust.models import Incident
from breakwater.trust.rules.breach import EXCEPTIONS, FACTORS, LETTER, Owed
from breakwater.ui.fields import Day, Line, Words, choice, needed, offer

_MOST_PEOPLE = 10_000_000
_TO_SAY_NO = "needed to say that it is unlikely"
_BEFORE_SENT = "needed before they are told"


class IncidentForm(forms.Form):
    """What happened."""

    title = Line(
        label="A few words by which we know it", max_length=120,
        help_text="Without anybody's name: “letter to the wrong address”.",
    )  # fmt: skip
    happened = Words(label="What happened?")
    discovered_on = Day(
        label="When was it known?",
        help_text="The first day on which any of us knew, or could have known. The clock runs from it.",
    )  # fmt: skip
    happened_on = Day(label="When did it happen?", required=False)
    is_part2 = forms.BooleanField(label="Records of substance use treatment are among it", required=False)

    def told(self) -> Happened:
        """As it was written down."""
        return Happened(**self.cleaned_data)


class AssessmentForm(forms.Form):
    """What it counts as: the ways out of the law, or the four factors."""

    is_secured = forms.BooleanField(label="All of it was encrypted, and the key is safe", required=False)
    exception = choice(
        "Is it one of these?", [("", "None of them"), *EXCEPTIONS.items()], required=False, initial=""
    )
    nature = needed(Words(label=FACTORS["nature"]), when=_TO_SAY_NO)
    recipient = needed(Words(label=FACTORS["recipient"]), when=_TO_SAY_NO)
    viewed = needed(Words(label=FACTORS["viewed"]), when=_TO_SAY_NO)
    mitigation = needed(Words(label=FACTORS["mitigation"]), when=_TO_SAY_NO)
    unlikely = choice(
        "By all four: is it unlikely that anything was learned?",
        [("", "Not decided yet"), ("no", "No: it is a breach"), ("yes", "Yes: it is unlikely")],
        required=False, initial="", help_text="Until all four say yes, the law presumes a breach.",
    )  # fmt: skip
    read = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, incident: Incident) -> None:
        decided = {None: "", True: "yes", False: "no"}[incident.is_unlikely]
        first = incident.factors() | {
            "is_secured": incident.is_secured, "exception": incident.exception, "unlikely": decided,
            "read": incident.judged(),
        }  # fmt: skip
        super().__init__(data, initial=first)

    def assessment(self) -> Assessment:
        """As it was written down."""
        said = self.cleaned_data
        return Assessment(
            factors={key: said[key] for key in FACTORS},
            is_unlikely={"": None, "yes": True, "no": False}[said["unlikely"]],
            is_secured=said["is_secured"], exception=said["exception"],
        )  # fmt: skip


class CountForm(forms.Form):
    """How many live where."""

    state = Line(
        label="State", max_length=2, help_text="Two letters, such as OR.",
        validators=[RegexValidator("^[A-Za-z]{2}$", "Write the two letters of the state.")],
    )  # fmt: skip
    people = forms.IntegerField(label="How many people", min_value=0, max_value=_MOST_PEOPLE)


class LetterForm(forms.Form):
    """The letter to those affected, in the parts that the law asks for."""

    happened = needed(Words(label=LETTER["happened"]), when=_BEFORE_SENT)
    kinds = needed(Words(label=LETTER["kinds"]), when=_BEFORE_SENT)
    steps = needed(Words(label=LETTER["steps"]), when=_BEFORE_SENT)
    doing = needed(Words(label=LETTER["doing"]), when=_BEFORE_SENT)
    contact = needed(Words(label=LETTER["contact"]), when=_BEFORE_SENT)
    read = forms.CharField(widget=forms.HiddenInput)


class DelayForm(forms.Form):
    """The police asked to wait."""

    until = Day(label="Until when?")
    way = choice(
        "How did they ask?", [("written", "In writing"), ("said", "They only said so: 30 days at most")]
    )
    words = Words(label="Who asked, and why would telling harm their work?")


class ToldForm(forms.Form):
    """Somebody was told."""

    whom = choice("Who was told?", [])
    told_on = Day(label="When?")
    how = Line(label="How?", max_length=300, help_text="By letter, in which paper, under which number.")

    def __init__(self, *args: Any, owed: list[Owed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "whom", [(one.key, one.in_words()) for one in owed])


class ClosingForm(forms.Form):
    """What was learned."""

    words = Words(label="What do we do differently from now?")
