from datetime import date, datetime
from typing import Any

from django import forms

from breakwater.kernel.days import day_after
from breakwater.privacy.forms.sharing import several
from breakwater.trust.access import Actor
from breakwater.trust.actions.standing import Guest
from breakwater.trust.models import Agency, Grant, Information
from breakwater.trust.rules.law import PURPOSES
from breakwater.ui.fields import Day, Words, needed, offer

_UNTIL = "Until the end of"
_MAY_KNOW = "What may they know?"


class GuestForm(forms.Form):
    """Which agency is let in, what for, what it may know, and until when."""

    agency = forms.ChoiceField(label="Which agency?")
    purpose = forms.ChoiceField(label="What for?", choices=tuple(PURPOSES.items()))
    information = several(
        _MAY_KNOW, Information.choices, required=False,
        help_text="Nothing is chosen for them. Choose no more than their part of the help needs.",
    )  # fmt: skip
    ends = Day(
        label=_UNTIL, required=False,
        help_text="Empty: until you let them out, or until the consent ends on which this rests.",
    )  # fmt: skip
    what = needed(
        Words(
            label="Why are they let in?",
            help_text="The person reads this when they ask to whom their record went.",
        )
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        others = Agency.objects.exclude(pk=actor.agency_id).order_by("name")
        self.agencies = {str(one.pk): one for one in others}
        offer(self, "agency", [(pk, one.name) for pk, one in self.agencies.items()])

    def guest(self) -> Guest:
        """As plain values."""
        said = self.cleaned_data
        return Guest(
            agency=self.agencies[said["agency"]], purpose=said["purpose"], information=frozenset(said["information"]),
            until=_end_of(said["ends"], self.actor), what=said["what"],
        )  # fmt: skip


class LessForm(forms.Form):
    """What an agency may still know, and until when."""

    information = several("What may they still know?", [], required=False)
    ends = Day(label=_UNTIL, required=False)

    def __init__(self, *args: Any, grant: Grant, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grant, self.actor = grant, actor
        self.initial = {"information": grant.information, "ends": grant.last_day(actor.zone)}
        offer(self, "information", [(one, Information(one).label) for one in grant.information])

    def less(self) -> dict[str, Any]:
        """As plain values; a day that was left as it is means the moment at which it ends by now."""
        ends = self.cleaned_data["ends"]
        as_it_is = ends == self.grant.last_day(self.actor.zone)
        until = self.grant.ends_at if as_it_is else _end_of(ends, self.actor)
        return {"information": frozenset(self.cleaned_data["information"]), "until": until}


class OutForm(forms.Form):
    """That an agency is let out: there is nothing to say, and it is asked before it is done."""


def _end_of(day: date | None, actor: Actor) -> datetime | None:
    return day_after(day, actor.zone) if day else None
