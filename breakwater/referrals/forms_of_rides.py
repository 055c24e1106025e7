"""Reading when somebody is driven, from where to where, by whom, and what the driver must know."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from breakwater.cases.models import Case
from breakwater.kernel.text import Filled, Ours
from breakwater.referrals.actions.rides import End, Journey, Seat
from breakwater.referrals.library import RIDES
from breakwater.referrals.models import Placement, Ride
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency, Appointment
from breakwater.ui.fields import Line, Moment, Words, choice, needed, offer

_MINUTE = timedelta(minutes=1)
_HIDES = "Only the driver reads it, and those who know the place already."


class RideForm(forms.Form):
    """When, from where, to where, who drives, and who rides. What is missing is said at once, each at its field."""

    starts_at = Moment(label="When are they picked up?")
    origin = Line(label="From where?", max_length=300)
    origin_hidden = forms.BooleanField(label="Keep where they start hidden", required=False, help_text=_HIDES)
    to_bed = forms.BooleanField(label="To the bed that is held for them", required=False)
    destination = needed(Line(label="To where?", max_length=300), when="unless it is that bed")
    destination_hidden = forms.BooleanField(
        label="Keep where they go hidden", required=False, help_text=_HIDES
    )
    driving = choice("Who drives?", Ride.Driving.choices, initial=Ride.Driving.OWN)
    partner = needed(forms.ChoiceField(label="Which partner?"), when="when a partner drives")
    contractor = needed(Line(label="Which service?", max_length=120), when="when a service drives")
    minutes = forms.IntegerField(
        label="Minutes until the driver is free again", initial=int(RIDES.lasts / _MINUTE), min_value=5,
        max_value=int(RIDES.longest / _MINUTE),
    )  # fmt: skip
    seats = forms.IntegerField(label="How many ride?", initial=1, min_value=1, max_value=RIDES.most_seats)
    needs = forms.MultipleChoiceField(
        label="What do they need?", required=False, choices=list(RIDES.needs.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    name_told = choice("Does the driver learn the name?", [("no", "No name"), ("yes", "Yes")], initial="no")
    words = Words(
        label="What must the driver know?", required=False, max_length=500,
        help_text="How to know them at the door, what frightens them. The driver reads it until the ride is over.",
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_as = case.person.known_as
        self.bed = (
            Placement.objects.standing().filter(case=case).select_related("bed__place", "bed__agency").first()
        )
        others = Agency.objects.exclude(pk=actor.agency_id).order_by("name")
        self.agencies = {str(one.pk): one for one in others}
        offer(self, "partner", [("", "Nobody"), *((pk, one.name) for pk, one in self.agencies.items())])
        offer(self, "name_told", [("no", "No name"), ("yes", f"Yes: {self.known_as}")])
        self.now = actor.now
        self.fields["starts_at"].initial = actor.now
        if self.bed is None:
            del self.fields["to_bed"]
        else:
            self.fields["to_bed"].initial = True

    def clean(self) -> dict[str, Any]:
        """A ride goes somewhere, and what is chosen fits who drives."""
        said = super().clean() or {}
        if not said.get("to_bed") and not (said.get("destination") or "").strip():
            self.add_error("destination", "Say where they go.")
        if said.get("starts_at") and said["starts_at"] < self.now - RIDES.early:
            self.add_error("starts_at", "This time has passed. Say when they are to be picked up.")
        if said.get("driving") == Ride.Driving.PARTNER and not said.get("partner"):
            self.add_error("partner", "Say which partner drives.")
        if said.get("driving") == Ride.Driving.CONTRACTED and not (said.get("contractor") or "").strip():
            self.add_error("contractor", "Say which service drives.")
        return said

    def journey(self) -> Journey:
        """The ride, once the form is valid."""
        said = self.cleaned_data
        is_partner, is_paid = (
            said["driving"] == Ride.Driving.PARTNER,
            said["driving"] == Ride.Driving.CONTRACTED,
        )
        return Journey(
            starts_at=said["starts_at"], lasts=said["minutes"] * _MINUTE, driving=said["driving"],
            origin=End(words=said["origin"], is_hidden=said["origin_hidden"]), goal=self._goal(),
            partner=self.agencies.get(said["partner"]) if is_partner else None,
            contractor=said["contractor"] if is_paid else "",
        )  # fmt: skip

    def seat(self) -> Seat:
        """Who rides, once the form is valid."""
        return seat_of(self)

    def _goal(self) -> End:
        said = self.cleaned_data
        if self.bed is None or not said.get("to_bed"):
            return End(words=said["destination"], is_hidden=said["destination_hidden"])
        bed, place = self.bed.bed, self.bed.bed.place
        written = [said["destination"].strip(), place.name, *place.address.split("\n"), place.city]
        words = ", ".join(dict.fromkeys(one.strip() for one in written if one.strip()))
        is_hidden = said["destination_hidden"] or bed.is_by_phone
        # Who keeps the bed knows where it is. What somebody typed besides may be another place: no keeper reads it.
        return End(
            words=words, is_hidden=is_hidden, keeper=None if said["destination"].strip() else bed.agency
        )


class AlongForm(forms.Form):
    """Who rides along on a ride that is arranged already."""

    ride = forms.ChoiceField(label="On which ride?")
    seats = forms.IntegerField(label="How many ride?", initial=1, min_value=1, max_value=RIDES.most_seats)
    needs = forms.MultipleChoiceField(
        label="What do they need?", required=False, choices=list(RIDES.needs.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    name_told = choice("Does the driver learn the name?", [("no", "No name"), ("yes", "Yes")], initial="no")
    words = Words(label="What must the driver know?", required=False, max_length=500)

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_as = case.person.known_as
        waiting = Ride.objects.visible_to(actor).open().filter(picked_up_at=None)
        self.rides = {str(one.pk): one for one in waiting[:50]}
        offer(self, "ride", [(pk, _when(one, actor)) for pk, one in self.rides.items()])
        offer(self, "name_told", [("no", "No name"), ("yes", f"Yes: {self.known_as}")])

    def chosen(self) -> Ride:
        """The ride."""
        return self.rides[self.cleaned_data["ride"]]

    def seat(self) -> Seat:
        """Who rides, once the form is valid."""
        return seat_of(self)


class DriverForm(forms.Form):
    """Who of us drives."""

    driver = forms.ChoiceField(label="Who drives?")

    def __init__(self, *args: Any, actor: Actor, ride: Ride, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = (
            Appointment.objects.standing(actor.now).filter(agency=actor.agency_id).that_may("referrals.place")
        )
        self.drivers = {
            str(one.user_id): one.user for one in here.select_related("user").order_by("user__name")
        }
        offer(self, "driver", [(pk, one.name) for pk, one in self.drivers.items()])
        self.fields["driver"].initial = str(ride.driver_id or actor.user_id)
        if ride.driving == Ride.Driving.CONTRACTED:
            del self.fields["driver"]

    def chosen(self) -> Any:
        """The driver; nobody where a service drives."""
        return self.drivers.get(self.cleaned_data.get("driver", ""))


class CallingOffForm(forms.Form):
    """Why a ride is not needed."""

    words = Line(label="Why? The other side reads it.", max_length=300)


def seat_of(form: Any) -> Seat:
    """What a form says of who rides."""
    said = form.cleaned_data
    told_as = form.known_as if said["name_told"] == "yes" else ""
    return Seat(seats=said["seats"], needs=tuple(said["needs"]), told_as=told_as, words=said["words"])


def _when(ride: Ride, actor: Actor) -> str:
    """A ride as it stands in a list: when and who drives, and never where to."""
    local: datetime = ride.starts_at.astimezone(actor.zone)
    moment = Ours(f"{local:%a} {local.day} {local:%b, %H:%M}")
    return Filled("{moment} ({driving})", moment=moment, driving=Ours(ride.get_driving_display().lower()))
