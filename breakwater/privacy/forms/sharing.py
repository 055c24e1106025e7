from collections.abc import Collection
from dataclasses import astuple, fields
from datetime import date, timedelta
from typing import Any

from django import forms

from breakwater.kernel.text import Filled, Ours, name_key, phone_key
from breakwater.trust.access import Actor
from breakwater.trust.actions.consents import Release
from breakwater.trust.actions.glass import Emergency, MedicalStaff
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.forms import ask_again
from breakwater.trust.library import law_of
from breakwater.trust.models import Agency, Consent, Glass, Information, Segment
from breakwater.trust.rules.law import PURPOSES, SIGNERS, Kind
from breakwater.trust.rules.wording import Proposal, in_words, told_on_paper
from breakwater.ui.fields import Day, Line, Words, choice, needed, offer

_OUTSIDE = ("", "Somebody outside Breakwater")
_READ, _TOLD = "read", "told"
_GENERAL = "general"
_MINUTES = (30, 60, 120, 240)
_FACTS = 2
_ONE, _TWO, _ALL = "one of these two", "two of these three", "all four or none"


def several(label: str, choices: Any, **options: Any) -> forms.MultipleChoiceField:
    """Any of several, as cards to press."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, **options
    )


class SharingForm(forms.Form):
    """What a person agrees to and how they sign it: what every agreement has, the first and the narrower."""

    what = Words(
        label="What is shared?", help_text="In words they would use themselves. They read this back before they sign."
    )  # fmt: skip
    information = several(
        "Which kinds of information is that?",
        Information.choices,
        help_text="Nothing is chosen for them. Choose no more than they said.",
    )
    segments = several("Which parts that the law protects?", [], required=False)
    purpose = forms.ChoiceField(label="What for?", choices=tuple(PURPOSES.items()))
    ends = needed(Day(label="Until the end of"), when="nearly always")
    language = Line(
        label="In which language is it explained?", required=False, max_length=60, help_text="Empty: in English."
    )  # fmt: skip
    signer = choice("Who agrees?", tuple(SIGNERS.items()), initial="self")
    authority = Line(
        label="What gives them the right to?", required=False, max_length=300,
        help_text="Only when it is not the person themselves.",
    )  # fmt: skip
    hurt_them = choice(
        "Is whoever signs said to have hurt them?", [("no", "No"), ("yes", "Yes, or not sure")], required=False,
        help_text="Only when it is not the person themselves, and then it must be answered. Such a signature is void.",
    )  # fmt: skip
    explained = forms.BooleanField(label="I explained it, and they could ask", required=False)
    signed_by = Line(label="Signed: the name of whoever agrees", required=False)

    def __init__(
        self, *args: Any, about: str, actor: Actor, protected: Collection[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.law, self.actor, self.about = law_of(actor.agency), actor, about
        self.today: date = actor.now.astimezone(actor.zone).date()
        opened = {segment for kind in self.law.kinds.values() for segment in kind.opens}
        offer(self, "segments", [(one.value, one.label) for one in Segment if one.value in opened])
        self.fields["segments"].initial = sorted(protected)

    def reading(self) -> str:
        """The whole agreement as it would be read and signed."""
        said, to = self.cleaned_data, self.recipient()
        return in_words(
            Proposal(
                kind=self.kind(), about=self.about, by=self.actor.agency.name,
                to=to.agency.name if to.agency else to.name,
                what=said["what"], purpose=PURPOSES[said["purpose"]], information=said["information"],
                protected=[Segment(one).label for one in said["segments"]], starts=self.today,
                ends=said["ends"], lets_in=self.lets_in(),
            )
        )  # fmt: skip

    def release(self, as_shown: str) -> Release:
        """What is agreed, as it was shown and signed."""
        said = self.cleaned_data
        told = told_on_paper(self.kind()) | ({"explained"} if said["explained"] else set())
        return Release(
            kind=self.kind().code, to=self.recipient(), purpose=said["purpose"],
            information=frozenset(said["information"]), segments=frozenset(said["segments"]), what=said["what"],
            ends=said["ends"], signer=said["signer"], signed_by=said["signed_by"], as_shown=as_shown,
            authority=said["authority"], told=told | ({"not_the_abuser"} if said["hurt_them"] == "no" else set()),
            language=said["language"], signer_is_the_abuser=self._is_void(), lets_in=self.lets_in(),
        )  # fmt: skip

    def kind(self) -> Kind:
        """Which kind of agreement this is."""
        raise NotImplementedError

    def recipient(self) -> Recipient:
        """Who receives it."""
        raise NotImplementedError

    def lets_in(self) -> bool:
        """Whether they may read in the record."""
        raise NotImplementedError

    def _is_void(self) -> bool:
        return self.cleaned_data["signer"] != "self" and self.cleaned_data["hurt_them"] == "yes"


class ConsentForm(SharingForm):
    """A new agreement: with whom, of which kind, and how they get it."""

    agency = needed(forms.ChoiceField(label="Who may know?"), when=_ONE)
    to_name = needed(Line(label="Their name, when they do not work in Breakwater"), when=_ONE)
    way = choice(
        "How do they get to know?",
        [(_TOLD, "We tell them what they need to know"), (_READ, "They may read it in the record here")],
        initial=_TOLD,
    )
    agreement = forms.ChoiceField(
        label="Which kind of agreement?", help_text="The law asks for its own words for each kind."
    )

    field_order = (
        "agency",
        "to_name",
        "what",
        "information",
        "segments",
        "purpose",
        "way",
        "ends",
        "agreement",
    )

    def __init__(self, *args: Any, actor: Actor, protected: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, protected=protected, **kwargs)
        self.all_of = {f"all:{kind.code}": kind for kind in self.law.kinds.values() if kind.all_of}
        all_of = [(code, kind.all_of) for code, kind in self.all_of.items()]
        others = Agency.objects.exclude(pk=actor.agency_id).order_by("name")
        self.agencies = {str(one.pk): one for one in others}
        offer(self, "agency", [_OUTSIDE, *all_of, *((pk, one.name) for pk, one in self.agencies.items())])
        offer(self, "agreement", [(kind.code, kind.label) for kind in self.law.kinds.values()])
        usual = _usual_kind(self.law.kinds.values(), protected)
        self.fields["agreement"].initial = usual.code
        self.fields["ends"].initial = (
            self.today + timedelta(usual.default_days) if usual.default_days else None
        )

    def clean(self) -> dict[str, Any]:
        """Exactly one is asked; only who works here can read here."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(said.get("agency")) == bool(said.get("to_name", "").strip()):
            self.add_error("agency", "Choose an agency, or write a name: one of the two.")
        elif said.get("way") == _READ and said.get("agency", "") not in self.agencies:
            self.add_error("way", "Only an agency that works in Breakwater can read here.")
        if (kind := self.all_of.get(said.get("agency", ""))) and said.get("agreement") != kind.code:
            self.add_error(
                "agreement", f"All of them together are named in one kind of agreement: {kind.label}."
            )
        return said

    def kind(self) -> Kind:
        """The kind that was chosen."""
        return self.law.kinds[self.cleaned_data["agreement"]]

    def recipient(self) -> Recipient:
        """The agency that was chosen, all who are named at once, or the name that was written."""
        if many := self.all_of.get(self.cleaned_data["agency"]):
            return Recipient(name=many.all_of)
        agency = self.agencies.get(self.cleaned_data["agency"])
        return Recipient(agency=agency, name="" if agency else self.cleaned_data["to_name"])

    def lets_in(self) -> bool:
        """As was chosen."""
        return bool(self.cleaned_data["way"] == _READ)


class NarrowingForm(SharingForm):
    """Less than before, with the same recipient."""

    def __init__(self, *args: Any, consent: Consent, actor: Actor, **kwargs: Any) -> None:
        first = {
            "what": consent.what, "information": consent.shares, "segments": consent.segments,
            "purpose": consent.purpose, "ends": consent.last_day(actor.zone), "language": consent.language,
        }  # fmt: skip
        super().__init__(*args, actor=actor, protected=consent.segments, initial=first, **kwargs)
        self.consent = consent
        offer(self, "information", [(one, Information(one).label) for one in consent.shares])
        offer(self, "segments", [(one, Segment(one).label) for one in consent.segments])

    def kind(self) -> Kind:
        """The same as before."""
        return self.law.kinds[self.consent.kind]

    def recipient(self) -> Recipient:
        """The same as before."""
        return Recipient(agency=self.consent.recipient, name=self.consent.recipient_name)

    def lets_in(self) -> bool:
        """The same as before."""
        return self.consent.lets_in


class WithdrawalForm(forms.Form):
    """How the person took it back."""

    words = Line(label="How did they say so?", required=False, max_length=300)


class EmergencyForm(forms.Form):
    """Why a record of another agency is opened, whose it is by two facts that agree, and for how long."""

    reason = choice("What kind of emergency?", Glass.Reason.choices)
    words = Words(label="What is happening, and why can nobody else tell you?")
    name = needed(Line(label="Name"), when=_TWO)
    born = needed(Day(label="Birth date"), when=_TWO)
    phone = needed(Line(label="Phone", max_length=60), when=_TWO)
    minutes = forms.TypedChoiceField(label="For how long?", coerce=int)
    recipient_name = needed(Line(label="Who of the medical staff is told?"), when=_ALL)
    recipient_affiliation = needed(Line(label="Where do they work?"), when=_ALL)
    discloser = needed(Line(label="Who tells them?"), when=_ALL)
    no_consent = needed(Words(label="Why can the person not be asked first?"), when=_ALL)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_again(self, actor)
        limits = law_of(actor.agency).glass
        most, usual = (int(one.total_seconds()) // 60 for one in (limits.longest, limits.usual))
        offered = sorted({*(one for one in _MINUTES if one <= most), usual, most})
        offer(self, "minutes", [(one, _lasting(one)) for one in offered])
        self.fields["minutes"].initial = usual
        self.fields[
            "words"
        ].help_text = f"At least {limits.reason_characters} characters. The agency reads this."

    def clean(self) -> dict[str, Any]:
        """Two facts about the person at least."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        facts = [name_key(said.get("name", "")), said.get("born"), phone_key(said.get("phone", ""))]
        if sum(map(bool, facts)) < _FACTS and not self.errors:
            self.add_error(
                "name", "Give two of these: the name, the birth date, the phone. One alone opens nothing."
            )
        return said

    def why(self) -> Emergency:
        """Why it is opened, and for how long."""
        said = self.cleaned_data
        staff = MedicalStaff(**{fact.name: said[fact.name] for fact in fields(MedicalStaff)})
        return Emergency(
            reason=said["reason"], words=said["words"], lasts=timedelta(minutes=said["minutes"]),
            staff=staff if any(map(str.strip, astuple(staff))) else None,
        )  # fmt: skip


class ReviewForm(forms.Form):
    """Whether opening a record was right."""

    outcome = choice("Was it right?", Glass.Outcome.choices)
    words = Words(label="In a few words", required=False, help_text="What was wrong, and what follows.")


def _lasting(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if rest:
        return Filled("{number} minutes", number=minutes)
    return Filled("{number} hours", number=hours) if hours > 1 else Ours("1 hour")


def _usual_kind(kinds: Collection[Kind], protected: Collection[str]) -> Kind:
    """The first kind that opens what protects the record."""
    fitting = [kind for kind in kinds if protected and set(protected) <= set(kind.opens)]
    return next(iter([*fitting, *(kind for kind in kinds if kind.code == _GENERAL), *kinds]))
