from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from breakwater.cases.views.act import done, seen
from breakwater.referrals.actions.placement import arrive, cancel, cannot_take, leave, miss, move, place
from breakwater.referrals.forms import (
    ArrivalForm,
    CancellationForm,
    DepartureForm,
    EndingForm,
    MoveForm,
    PlacementForm,
)
from breakwater.referrals.forms_of_rounds import NoForm
from breakwater.referrals.models import Placement, free_beds, houses_to_call
from breakwater.referrals.room import houses_with_room
from breakwater.referrals.rules import by_house
from breakwater.resources.models import Bed
from breakwater.trust.access import Request
from breakwater.trust.journal import see, see_shared
from breakwater.ui.act import ActForm
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other
from breakwater.ui.paging import around, page_asked

PER_PAGE = 100


def placement(request: Request, case_id: UUID) -> HttpResponse:
    """Free beds; hold one of them."""
    case = seen(request, case_id)
    form = PlacementForm(request.POST or None, case=case)
    if form.is_valid():
        with refusals_on(form):
            place(case, form.cleaned_data["bed"], guest=form.guest(), at=request.now, by=request.actor)
            return done(request, case.pk, "#placement")
    return _free(request, "referrals/placement.html", case=case, form=form)


def moving(request: Request, placement_id: UUID) -> HttpResponse:
    """From one bed to another."""
    request.actor.must("cases.read")
    found = see(Placement, placement_id, by=request.actor, related=("case__person", "bed__place"))
    form = MoveForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            move(found, form.cleaned_data["bed"], at=request.now, by=request.actor)
            return done(request, found.case_id, "#placement")
    return _free(request, "referrals/moving.html", case=found.case, form=form, placement=found)


def arrival(request: Request, placement_id: UUID) -> HttpResponse:
    """They reached the bed."""
    return _told(request, placement_id, arrive, ArrivalForm, "They arrived")


def departure(request: Request, placement_id: UUID) -> HttpResponse:
    """They left the bed."""
    return _told(request, placement_id, leave, DepartureForm, "They left")


def absence(request: Request, placement_id: UUID) -> HttpResponse:
    """They did not come."""
    return _told(request, placement_id, miss, EndingForm, "They did not come")


def refusal(request: Request, placement_id: UUID) -> HttpResponse:
    """The house cannot take them, and says why."""
    return _told(request, placement_id, cannot_take, NoForm, "We cannot take them")


def cancellation(request: Request, placement_id: UUID) -> HttpResponse:
    """The bed is not needed, or cannot be kept."""
    return _told(request, placement_id, cancel, CancellationForm, "Free the bed")


def _told(
    request: Request, placement_id: UUID, act: Callable[..., Any], form_of: Any, does: str
) -> HttpResponse:
    request.actor.must("cases.read")
    found = see_shared(Placement, placement_id, by=request.actor, related=("bed__place", "agency", "host"))
    is_ours = found.agency_id == request.actor.agency_id
    told = {"now": request.now} if issubclass(form_of, ActForm) else {}
    form = form_of(request.POST or None, **told)
    if form.is_valid():
        with refusals_on(form):
            act(found, **form.cleaned_data, at=request.now, by=request.actor)
            if is_ours:
                return done(request, found.case_id, "#placement")
            return see_other(request, url("referrals:beds"))
    return page(
        request, "referrals/stay.html", placement=found, form=form, does=does, is_ours=is_ours,
        ends=act is not arrive, person=found.case.person.known_as if is_ours else "",
    )  # fmt: skip


def _free(request: Request, template: str, **context: Any) -> HttpResponse:
    """The page, or for htmx only its list: what is free now, of the kind that was asked for; and whom to call."""
    kind = request.GET.get("kind", "")
    kind, number = kind if kind in Bed.Kind.values else "", page_asked(request)
    beds = free_beds(request.now).shown_to(request.actor.agency).side_by_side()
    found = list((beds.filter(kind=kind) if kind else beds)[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    shown = "referrals/_free_beds.html" if request.headers.get("HX-Request") else template
    pages = around(number, more=len(found) > PER_PAGE, also=f"kind={kind}&" if kind else "")
    rows = houses_with_room(by_house(found[:PER_PAGE]), at=request.now, agency=request.actor.agency)
    return page(
        request, shown, rows=rows, kinds=Bed.Kind.choices, kind=kind,
        houses=houses_to_call(request.now, besides=request.actor.agency), **pages, **context,
    )  # fmt: skip
