from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from breakwater.cases.models import Case
from breakwater.referrals.actions.handoff import Receiver
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.loop import Letter
from breakwater.referrals.actions.placement import Guest
from breakwater.referrals.models import Stage, Told
from breakwater.referrals.rules import read_by
from breakwater.resources.models import Bed, Domain, Service
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency, Suspension
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Line, Moment, Words, choice, offer

_OUTSIDE = ("", "Somebody outside Breakwater")
_SOURCES = [(Told.PERSON, "The person"), (Told.SECOND_SOURCE, "Somebody else who knows: a second source")]
_CONFIRMERS = [
    (Told.RECEIVER, "The receiver"), (Told.PERSON, "The person"), (Told.SECOND_SOURCE, "Somebody else")
]  # fmt: skip
_LONGEST_NAME = 200
_WOULD_WAIT = " (suspended: a letter would wait)"


class ToForm(forms.Form):
    """Whom we ask: a service of the directory, an agency that works here, or somebody outside by name."""

    service = forms.ModelChoiceField(
        Service.objects.select_related("organization__agency"), required=False, widget=forms.HiddenInput
    )
    agency = forms.ChoiceField(label="Whom do you ask?", required=False)
    to_name = Line(label="Their name, when they do not work in Breakwater", required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {
            str(one.pk): one for one in Agency.objects.exclude(pk=actor.agency_id).order_by("name")
        }
        stopped = set(Suspension.objects.standing().values_list("agency", flat=True))
        waits = {pk: _WOULD_WAIT for pk, agency in self.agencies.items() if agency.pk in stopped}
        named = [(pk, f"{agency.name}{waits.get(pk, '')}") for pk, agency in self.agencies.items()]
        offer(self, "agency", [_OUTSIDE, *named])

    def receiver(self) -> Receiver:
        """Who is asked."""
        if service := self.cleaned_data["service"]:
            return _receiver_of(service)
        agency = self.agencies.get(self.cleaned_data["agency"])
        return Receiver(name=agency.name if agency else self.cleaned_data["to_name"], agency=agency)

    def read_by(self) -> tuple[str, bool]:
        """Which agency reads it where the name does not say so, and whether it is one that is not named."""
        to = self.receiver()
        return read_by(to.name, to.agency)

    def chosen_service(self) -> Service | None:
        """The service that was chosen in the directory, to be shown by name."""
        service = self["service"].value()
        found: Service | None = self.fields["service"].queryset.filter(pk=_id(service)).first()  # type: ignore[attr-defined]  # a field of services
        return found


class ReferralForm(ToForm):
    """Whom we ask, for what, and exactly what they are told."""

    need = choice("For which need?", Domain.choices)
    words = Words(
        label="What do they read?", help_text="Say what is asked, and what they must know to say yes."
    )
    name_told = choice("Do they learn the name?", [("no", "No name"), ("yes", "Yes")], initial="no")
    reach = Line(
        label="How may they reach the person?", required=False, max_length=300,
        help_text="Leave empty when they are to answer to us only.",
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.known_as, self.our_agency_id = case.person.known_as, actor.agency_id
        offer(self, "name_told", [("no", "No name"), ("yes", f"Yes: {self.known_as}")])

    def letter(self) -> Letter:
        """The letter as it would be sent."""
        said, to = self.cleaned_data, self.receiver()
        return Letter(
            to_name=to.name, to_agency=to.agency, service=to.service, need=said["need"],
            words=said["words"], reach=said["reach"],
            known_as=self.known_as if said["name_told"] == "yes" else "",
        )  # fmt: skip


class AnswerForm(forms.Form):
    """A stage told by the receiver: on its own side without more; on ours on somebody's word, and when."""

    source = Line(label="Who there told you?", help_text="A name, and how: by phone, in person.")
    told_at = Moment(label="When?", required=False, help_text="Empty means now.")
    words = Words(label="In a few words", required=False)

    teller = Told.RECEIVER

    def __init__(self, *args: Any, is_ours: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_ours:
            del self.fields["source"], self.fields["told_at"]

    def word(self) -> Word:
        """Who told it, in which words."""
        said = self.cleaned_data
        return Word(
            told_by=said.get("told_by") or self.teller, source=said.get("source", ""),
            reason=said.get("reason", ""), words=said["words"],
        )  # fmt: skip

    def at(self, now: datetime) -> datetime:
        """When it was told; never later than now."""
        return min(self.cleaned_data.get("told_at") or now, now)


class DeclineForm(AnswerForm):
    """Why the receiver will not help."""

    reason = choice("Why?", Stage.Reason.choices)
    field_order = ("reason", "source", "told_at", "words")


class OnHoldForm(AnswerForm):
    """Why help cannot go on for a while."""

    words = Words(label="Why does it wait? The other side reads it.", max_length=300)
    field_order = ("words", "source", "told_at")


class NeedMetForm(AnswerForm):
    """Who says that the need was met: the person, or a second source; never the sender alone."""

    told_by = choice("Who says that the need was met?", _SOURCES)
    source = Line(
        label="Name of the second source", required=False, help_text="Not needed when the person told you."
    )
    field_order = ("told_by", "source", "told_at", "words")

    def __init__(self, *args: Any, is_ours: bool, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, is_ours=is_ours, **kwargs)
        self.ourselves = "" if is_ours else f"{by.name}, {by.agency.name}"[:_LONGEST_NAME]
        if not is_ours:
            offer(self, "told_by", [_SOURCES[0], (Told.SECOND_SOURCE, "We do: we gave the help")])

    def word(self) -> Word:
        """Who says so; the receiver, when it says so itself, is a second source with a name."""
        said = self.cleaned_data
        source = said.get("source") or (self.ourselves if said["told_by"] == Told.SECOND_SOURCE else "")
        return Word(told_by=said["told_by"], source=source, words=said["words"])


class NotMetForm(AnswerForm):
    """Why the need was not met."""

    reason = choice("Why was it not met?", Stage.Reason.choices)
    field_order = ("reason", "told_by", "source", "told_at", "words")

    def __init__(self, *args: Any, is_ours: bool, **kwargs: Any) -> None:
        super().__init__(*args, is_ours=is_ours, **kwargs)
        if is_ours:
            self.fields["source"].required = False
            self.told_by = Told.SENDER


class WithdrawalForm(forms.Form):
    """Why something is taken back, in words that the other side reads."""

    words = Words(label="Why? The other side reads it.", max_length=300)


class HandoffDeclineForm(AnswerForm):
    """Why the receiver will not take the case over."""

    words = Words(label="Why?")
    field_order = ("words", "source", "told_at")


class FirstContactForm(AnswerForm):
    """Who confirms that the receiver has reached the person."""

    told_by = choice("Who confirms it?", _CONFIRMERS)
    source = Line(label="Their name")
    field_order = ("told_by", "source", "told_at", "words")

    def __init__(self, *args: Any, is_ours: bool, **kwargs: Any) -> None:
        super().__init__(*args, is_ours=is_ours, **kwargs)
        if not is_ours:
            del self.fields["told_by"]


class PlacementForm(forms.Form):
    """Which bed, and what its keepers are told."""

    bed = forms.ModelChoiceField(Bed.objects.select_related("place", "agency"), widget=forms.HiddenInput)
    name_told = choice(
        "Do those who keep the bed learn the name?", [("no", "No name"), ("yes", "Yes")], initial="no"
    )
    leaves_about = Moment(
        label="Until about when?", required=False,
        help_text="When it is known. The bed stays theirs until they have left.",
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_as = case.person.known_as
        offer(self, "name_told", [("no", "No name"), ("yes", f"Yes: {self.known_as}")])

    def guest(self) -> Guest:
        """What the keepers of the bed are told."""
        said = self.cleaned_data
        known_as = self.known_as if said["name_told"] == "yes" else ""
        return Guest(known_as=known_as, leaves_about=said["leaves_about"])


class MoveForm(forms.Form):
    """To which bed."""

    bed = forms.ModelChoiceField(Bed.objects.select_related("place", "agency"), widget=forms.HiddenInput)


class ArrivalForm(ActForm):
    """When they reached the bed, where that was not just now."""

    happened_at = Moment(label="When?", required=False, help_text="Empty means now.")


class DepartureForm(ArrivalForm):
    """When they left the bed, and in a few words why."""

    words = Line(label="In a few words", required=False, max_length=300)


class EndingForm(forms.Form):
    """In a few words, when there is something to say."""

    words = Line(label="In a few words", required=False, max_length=300)


class CancellationForm(forms.Form):
    """Why a bed is not needed or cannot be kept."""

    words = Line(label="Why? The other side reads it.", max_length=300)


def _receiver_of(service: Service) -> Receiver:
    organization = service.organization
    agency = organization.agency if organization else None
    named = f"{service.name}, {organization.name}" if organization else service.name
    return Receiver(name=named[:_LONGEST_NAME], agency=agency, service=service)


def _id(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
