"""Reading who is put on a list, what a house says of its list, and why somebody is passed over, refuses or leaves."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms

from breakwater.kernel.text import Filled, Ours
from breakwater.referrals.actions.waiting import Applicant
from breakwater.referrals.forms_of_rounds import WishForm
from breakwater.referrals.library import WAITS
from breakwater.referrals.models import ListRule
from breakwater.resources.models import Program
from breakwater.ui.fields import Line, choice, offer

_MOST_FIRST = 3
_MINUTES = timedelta(minutes=1)


class WaitForm(WishForm):
    """For which program somebody waits, with the facts and grounds that the house goes by."""

    kind = None  # type: ignore[assignment]  # a list is of one program, and its kind is known
    program = forms.ChoiceField(label="On whose list?")
    grounds = forms.MultipleChoiceField(
        label="What is true of them?", required=False, choices=list(WAITS.grounds.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Houses may put some of these first. Each says which, and in which order.",
    )  # fmt: skip

    def __init__(self, *args: Any, programs: list[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programs = {str(one.pk): one for one in programs}
        offer(self, "program", [(pk, _list_of(one)) for pk, one in self.programs.items()])

    def applicant(self) -> Applicant:
        """What the house reads, once the form is valid."""
        self.cleaned_data["kind"] = ""
        wish = self.wish()
        return Applicant(wants=wish.wants, grounds=tuple(self.cleaned_data["grounds"]), words=wish.words)

    def chosen_program(self) -> Program | None:
        """The program, when one of those offered is chosen."""
        return self.programs.get(str(self["program"].value()))


class BecauseForm(forms.Form):
    """Why, of a table of reasons; another one is told in words."""

    reason = choice("Why?", [])
    words = Line(label="In a few words", required=False, max_length=300)

    def __init__(self, *args: Any, reasons: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reason", reasons.items())

    def clean(self) -> dict[str, Any]:
        """Another reason is told in words."""
        said = super().clean() or {}
        if said.get("reason") == "other" and not (said.get("words") or "").strip():
            self.add_error("words", "Say the other reason in a few words.")
        return said


class ListRuleForm(forms.Form):
    """Whom a list puts first, how long an offer stands, and whether it takes names now."""

    offer_minutes = forms.IntegerField(label="Minutes that an offer stands", min_value=5, max_value=1440)
    is_open = forms.BooleanField(label="Takes people on the list now", required=False)

    def __init__(self, *args: Any, rule: ListRule | None, **kwargs: Any) -> None:
        first = rule.first if rule else []
        known = {
            "offer_minutes": int((rule.offer_for if rule else WAITS.offer_for) / _MINUTES),
            "is_open": rule.is_open if rule else True,
        } | {f"first_{number}": ground for number, ground in enumerate(first, start=1)}
        super().__init__(*args, **({"initial": known} | kwargs))
        for number in range(1, max(_MOST_FIRST, len(first)) + 1):
            self.fields[f"first_{number}"] = forms.ChoiceField(
                label=_PLACES[min(number, len(_PLACES)) - 1], required=False,
                choices=[("", "Nobody: the time waited decides"), *WAITS.grounds.items()],
            )  # fmt: skip
        self.order_fields([*(name for name in self.fields if name.startswith("first_")), "offer_minutes"])

    def said(self) -> dict[str, Any]:
        """The rule as it is said."""
        said = self.cleaned_data
        first = [said[name] for name in self.fields if name.startswith("first_") and said[name]]
        return {
            "first": first,
            "offer_for": said["offer_minutes"] * _MINUTES,
            "is_open": said["is_open"],
        }


_PLACES = (Ours("Put first"), Ours("Put second"), Ours("Put third"), Ours("Put next"))


def _list_of(program: Program) -> Filled:
    """A list by its place, which somebody named, and its kind."""
    kind = Ours(program.get_kind_display().lower())
    return Filled("{place}, {kind}", place=program.place.name, kind=kind)
