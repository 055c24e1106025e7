"""Rides: ask for one, see how it stands, say who drives; and the driver's own page for the phone."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse

from breakwater.cases.views.act import done, seen
from breakwater.clocks.models import Clock
from breakwater.referrals.actions.driving import arrive_there, assign_driver, did_not_happen, pick_up
from breakwater.referrals.actions.rides import ask_for_ride, call_ride_off, leave_ride, ride_along
from breakwater.referrals.forms_of_rides import AlongForm, CallingOffForm, DriverForm, RideForm
from breakwater.referrals.forms_of_waiting import BecauseForm
from breakwater.referrals.library import RIDES
from breakwater.referrals.models import Passenger, Ride, Stop
from breakwater.trust.access import Request
from breakwater.trust.journal import must_have_said_why, see_shared
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

SHOWN = 100


def asking(request: Request, case_id: UUID) -> HttpResponse:
    """Ask for a ride."""
    case = seen(request, case_id)
    form = RideForm(request.POST or None, case=case, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            ride = ask_for_ride(case, form.journey(), form.seat(), at=request.now, by=request.actor)
            return see_other(request, url("referrals:ride", ride.pk))
    return page(request, "referrals/ride_asking.html", case=case, form=form)


def along(request: Request, case_id: UUID) -> HttpResponse:
    """Put somebody on a ride that is arranged already."""
    case = seen(request, case_id)
    form = AlongForm(request.POST or None, case=case, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            ride_along(case, form.chosen(), form.seat(), at=request.now, by=request.actor)
            return done(request, case.pk, "#placement")
    back = url("desk:case", case.pk)
    return page(request, "referrals/why.html", form=form, does="Put them on a ride", back=back)


def board(request: Request) -> HttpResponse:
    """The rides that our agency arranged or drives: when and how they stand, and never where to when that is hidden."""
    request.actor.must("cases.read")
    rides = list(_of(request, Ride.objects.visible_to(request.actor).open())[:SHOWN])
    return page(request, "referrals/rides.html", here="rides", rows=_rows(request, rides))


def mine(request: Request) -> HttpResponse:
    """What I drive, the next first; made for a phone."""
    request.actor.must("cases.read")
    rides = list(_of(request, Ride.objects.driven_by(request.actor))[:SHOWN])
    return page(request, "referrals/my_rides.html", here="my_rides", rows=_rows(request, rides))


def shown(request: Request, ride_id: UUID) -> HttpResponse:
    """One ride: who of ours rides, where it goes for whoever may know, and what can be written down."""
    return _shown(request, _ride(request, ride_id), Form())


def assigning(request: Request, ride_id: UUID) -> HttpResponse:
    """Say who drives."""
    found = _ride(request, ride_id)
    form = DriverForm(request.POST or None, actor=request.actor, ride=found)
    back = url("referrals:ride", ride_id)
    if form.is_valid():
        with refusals_on(form):
            assign_driver(found, form.chosen(), at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "referrals/why.html", form=form, does="Say who drives", back=back)


def picking_up(request: Request, ride_id: UUID) -> HttpResponse:
    """They are in the car."""
    return _told(request, ride_id, pick_up)


def arriving(request: Request, ride_id: UUID) -> HttpResponse:
    """They reached where they were going."""
    return _told(request, ride_id, arrive_there, "referrals/ride_sure.html")


def failing(request: Request, ride_id: UUID) -> HttpResponse:
    """The ride did not happen, and why."""
    form = BecauseForm(request.POST or None, reasons=RIDES.reasons)
    return _why(request, ride_id, form, did_not_happen, "It did not happen")


def calling_off(request: Request, ride_id: UUID) -> HttpResponse:
    """The ride is not needed, and why."""
    return _why(request, ride_id, CallingOffForm(request.POST or None), call_ride_off, "Call the ride off")


def leaving(request: Request, passenger_id: UUID) -> HttpResponse:
    """Somebody does not ride after all."""
    request.actor.must("cases.read")
    found = see_shared(Passenger, passenger_id, by=request.actor, related=("ride",))
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            leave_ride(found, at=request.now, by=request.actor)
            return done(request, found.case_id, "#placement")
    return _shown(request, found.ride, form)


def _ride(request: Request, ride_id: UUID) -> Ride:
    """A ride; of one on which somebody rides whose record asks why, nothing opens before it was said."""
    request.actor.must("cases.read")
    found = see_shared(Ride, ride_id, by=request.actor, related=("from_agency", "to_agency", "driver"))
    riders = Passenger.objects.visible_to(request.actor).filter(ride=found)
    for circle in set(riders.values_list("circle", flat=True)):
        must_have_said_why(circle, by=request.actor)
    return found


def _told(
    request: Request, ride_id: UUID, act: Callable[..., Any], template: str = "referrals/ride.html"
) -> HttpResponse:
    found = _ride(request, ride_id)
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            act(found, at=request.now, by=request.actor)
            return see_other(request, url("referrals:ride", ride_id))
    return _shown(request, found, form, template)


def _why(request: Request, ride_id: UUID, form: Form, act: Callable[..., Any], does: str) -> HttpResponse:
    found = _ride(request, ride_id)
    back = url("referrals:ride", ride_id)
    if form.is_valid():
        with refusals_on(form):
            act(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "referrals/why.html", form=form, does=does, back=back)


def _shown(request: Request, found: Ride, form: Form, template: str = "referrals/ride.html") -> HttpResponse:
    riders = Passenger.objects.visible_to(request.actor).filter(ride=found)
    passengers = list(riders.on_board().order_by("joined_at", "pk"))
    request.actor.saw("referrals.passenger", [one.pk for one in passengers])
    stops = {one.which: one for one in Stop.objects.filter(ride=found)}
    request.actor.saw("referrals.stop", [one.pk for one in stops.values()])
    ours = (
        Clock.objects.visible_to(request.actor)
        .running()
        .filter(about__in=[one.pk for one in passengers])
        .order_by("due_at")
    )
    clocks = [(one.label, one) for one in ours]
    return page(
        request, template, ride=found, clocks=clocks, form=form, passengers=passengers, stops=stops,
        needs=RIDES.needs,
        reasons=RIDES.reasons, arranges=found.from_agency_id == request.actor.agency_id,
        drives=found.driving_agency_id == request.actor.agency_id, is_mine=found.driver_id == request.actor.user_id,
    )  # fmt: skip


def _of(request: Request, rides: Any) -> Any:
    return rides.select_related("from_agency", "to_agency", "driver").defer("words", "driver__password")


def _rows(request: Request, rides: list[Ride]) -> list[dict[str, Any]]:
    """Rides as they stand in a list: their open ends only, whoever looks."""
    request.actor.saw("referrals.ride", [one.pk for one in rides])
    ends: dict[UUID, dict[str, str]] = {one.pk: {} for one in rides}
    for stop in Stop.objects.filter(ride__in=rides, is_hidden=False):
        ends[stop.ride_id][stop.which] = stop.words
    return [{"ride": one, "ends": ends[one.pk], "assigns": _assigns(request, one)} for one in rides]


def _assigns(request: Request, ride: Ride) -> bool:
    return ride.driving_agency_id == request.actor.agency_id and ride.stage == Ride.Stage.ASKED
