from urllib.parse import urlencode
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse

from breakwater.resources.actions.counting import count_room, still_so
from breakwater.resources.actions.keeping import keep_program
from breakwater.resources.actions.room import tell_room
from breakwater.resources.finding import PER_PAGE, Offer, find, offers
from breakwater.resources.forms import CountForm, CriteriaForm, FindForm, RoomForm
from breakwater.resources.models import Program, Service
from breakwater.trust.access import Request
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def find_help(request: Request) -> HttpResponse:
    """The directory: what help there is for a need, how far, open now, with room, in which language."""
    request.actor.must("resources.read")
    form = FindForm({"within": "25"} | request.GET.dict())
    found = find(form.wanted(), at=request.now, zone=request.actor.zone) if form.is_valid() else []
    at_page = form.cleaned_data.get("page") or 1
    return page(
        request, "resources/find_help.html", form=form, found=found[:PER_PAGE], case_id=_case(request),
        previous=_turned(request, at_page - 1), next=_turned(request, at_page + 1) if len(found) > PER_PAGE else "",
    )  # fmt: skip


def service(request: Request, service_id: UUID) -> HttpResponse:
    """One service: whom it helps, how to apply, where, when, and with how much room."""
    request.actor.must("resources.read")
    return page(
        request, "resources/service.html", offer=_offer(request, service_id), case_id=_case(request),
        need=request.GET.get("need", ""),
    )  # fmt: skip


def room(request: Request, service_id: UUID) -> HttpResponse:
    """Tell how much room a service has."""
    request.actor.must("resources.beds")
    offer = _offer(request, service_id)
    form = RoomForm(request.POST or None, service=offer.service, now=request.now)
    if form.is_valid():
        with refusals_on(form):
            tell_room(offer.service, form.told(), at=request.now, by=request.actor)
            return see_other(request, url("resources:service", service_id))
    return page(request, "resources/room.html", offer=offer, form=form)


def count(request: Request, program_id: UUID) -> HttpResponse:
    """Say how much room a program has: one tap for each number on the page of the house, or all four figures here."""
    found = _program(request, program_id)
    form = CountForm(request.POST or None, initial=_last(found))
    if form.is_valid():
        with refusals_on(form):
            count_room(found, form.count(), at=request.now, by=request.actor)
            return see_other(request, f"{url('referrals:house')}#room")
    return page(request, "resources/count.html", program=found, form=form)


def still(request: Request, program_id: UUID) -> HttpResponse:
    """The last figure is still right."""
    found = _program(request, program_id)
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            still_so(found, at=request.now, by=request.actor)
            return see_other(request, f"{url('referrals:house')}#room")
    return page(request, "resources/count.html", program=found, form=CountForm(initial=_last(found)))


def program(request: Request, program_id: UUID) -> HttpResponse:
    """Say whom a program takes."""
    found = _program(request, program_id)
    form = CriteriaForm(request.POST or None, program=found)
    if form.is_valid():
        with refusals_on(form):
            keep_program(found, form.criteria(), at=request.now, by=request.actor)
            return see_other(request, f"{url('referrals:house')}#room")
    return page(request, "resources/program.html", program=found, form=form)


def _program(request: Request, program_id: UUID) -> Program:
    request.actor.must("resources.beds")
    shown = Program.objects.running().shown_to(request.actor.agency).select_related("place", "agency")
    found: Program | None = shown.filter(pk=program_id).first()
    if found is None:
        raise Http404
    return found


def _last(found: Program) -> dict[str, int | None]:
    last = found.capacities.standing().first()
    if last is None:
        return {}
    return {"accepting": last.free, "ready": last.ready, "staffed": last.staffed, "licensed": last.total}


def _offer(request: Request, service_id: UUID) -> Offer:
    found = Service.objects.listed().select_related("organization__agency").filter(pk=service_id)
    if not found:
        raise Http404
    return offers(found, at=request.now, zone=request.actor.zone)[0]


def _case(request: Request) -> UUID | None:
    """The case that help is looked for, to be carried along in links; whoever may not see it gains nothing."""
    try:
        return UUID(request.GET.get("case", ""))
    except ValueError:
        return None


def _turned(request: Request, number: int) -> str:
    """The address of another page of the same search, or nothing before the first."""
    asked = {name: value for name, value in request.GET.items() if value and name != "page"}
    return "?" + urlencode(asked | ({"page": number} if number > 1 else {})) if number else ""
