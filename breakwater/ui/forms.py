"""A form with one field of every kind, for the pattern page and the tests of the components."""

from datetime import UTC, datetime

from django import forms

from breakwater.kernel.errors import Stale
from breakwater.ui.fields import Line, Moment, Words, choice, needed

_LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
_SEVERAL = [("north", "North"), ("east", "East"), ("south", "South, the long way round past the old harbor")]


class PatternForm(forms.Form):
    """Every kind of field that there is."""

    line = Line(label="One line", help_text="Help stands between the label and the box.")
    optional = Line(label="A line that may stay empty", required=False)
    unless = needed(Line(label="A line that is needed at times"), when="this one or the one before")
    long = Line(label=f"A label with one very long word: {_LONG}", required=False)
    secret = forms.CharField(label="A password", required=False, widget=forms.PasswordInput)
    number = forms.IntegerField(label="A number", required=False, min_value=0)
    day = forms.DateField(label="A day", required=False, widget=forms.DateInput)
    moment = Moment(label="A moment", required=False, help_text="On the wall clock where you are.")
    one_of_many = forms.ChoiceField(
        label="One of many", choices=[("", "Not chosen"), *_SEVERAL], required=False
    )
    words = Words(label="Several lines", required=False, help_text="It grows with what is typed.")
    level = choice(
        "One of several",
        [("none", "None"), ("possible", "Possible"), ("likely", "Likely"), ("now", "Now")],
        required=False,
    )
    code = choice("One of several, each with a code", [(one, one) for one in "ABCDEFG"], required=False)
    several = forms.MultipleChoiceField(
        label="Any of several",
        choices=_SEVERAL,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None is fine.",
    )
    tick = forms.BooleanField(label="Something that is so", required=False)


def filled() -> PatternForm:
    """The form as somebody filled it in."""
    return PatternForm(
        auto_id="filled_%s",
        initial={
            "line": "محمد عبد الرحمن الخوري",
            "long": _LONG,
            "number": 45,
            "moment": datetime(2026, 11, 23, 21, 40, tzinfo=UTC),
            "words": "First line.\n\nThird line, after an empty one.",
            "level": "likely",
            "code": "B",
            "several": ["north", "south"],
            "tick": True,
        },
    )


def refused(name: str = "refused") -> PatternForm:
    """The form as it comes back when every field of it was wrong."""
    wrong = {"number": "many", "day": "tomorrow", "moment": "nine", "one_of_many": "up", "code": "Z"}
    form = PatternForm(wrong | {"level": "often", "several": ["up"]}, auto_id=f"{name}_%s")
    for field in ("words", "tick", "secret", "optional", "unless", "long"):
        form.add_error(field, "A sentence that says what to do about it.")
    return form


def overtaken(at: datetime) -> PatternForm:
    """The form after somebody else saved it first."""
    typed = {"line": "What I wrote just now.", "words": "My second thought.\nOn two lines."}
    form = PatternForm(typed, auto_id="overtaken_%s")
    form.add_error(None, "Noor Haddad saved this while you were writing. Both texts are below.")
    theirs: dict[str, object] = {"line": "What she wrote.", "words": "Hers, a minute earlier."}
    form.stale = Stale("", theirs=theirs, who="Noor Haddad", at=at)  # type: ignore[attr-defined]  # as pages.py does
    return form
