from collections.abc import Mapping
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse

from breakwater.kernel.together import Together
from breakwater.resources.actions.counting import count_room, still_so
from breakwater.resources.actions.keeping import keep_program
from breakwater.resources.actions.room import tell_room
from breakwater.resources.finding import PER_PAGE, Offer, find, offers
from breakwater.resources.forms import CountForm, CriteriaForm, FindForm, RoomForm
from breakwater.resources.models import Capacity, Program, Service
from breakwater.trust.access import Request
from breakwater.trust.middleware import only_looks
from breakwater.trust.pace import paced
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

_LINKED = ("need", "case")
"""What a link to the directory may carry in its address: nothing that somebody typed."""
_OF_PROGRAM = Together(
    ("program", "agency"),
    programs=lambda program, agency: (
        Program.objects.running().filter(pk=program, agency=agency).select_related("place", "agency")
    ),
    figures=lambda program, agency: Capacity.objects.standing().filter(
        program=program, program__agency=agency
    ),
)


@only_looks
@paced("search", verb="POST")
def find_help(request: Request) -> HttpResponse:
    """The directory: what help there is for a need, how far, open now, with room, in which language.

    What is typed is sent, so that it stays out of addresses; a link may name a need and the case it is for.
    """
    request.actor.must("resources.read")
    asked = request.POST.dict() or {name: request.GET.get(name, "") for name in _LINKED}
    form = FindForm({"within": "25"} | asked)
    found = find(form.wanted(), at=request.now, zone=request.actor.zone) if form.is_valid() else []
    number = form.cleaned_data.get("page") or 1
    return page(
        request, "resources/find_help.html", status=200, form=form, found=found[:PER_PAGE], case_id=_case(asked),
        previous=number - 1, next=number + 1 if len(found) > PER_PAGE else 0,
    )  # fmt: skip


def service(request: Request, service_id: UUID) -> HttpResponse:
    """One service: whom it helps, how to apply, where, when, and with how much room."""
    request.actor.must("resources.read")
    offer = _offer(request, service_id)
    return page(
        request, "resources/service.html", offer=offer, case_id=_case(request.GET), need=request.GET.get("need", ""),
        told_by_others=Program.objects.tell_of(offer.service, apart_from=request.actor.agency),
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
    found, last = _program(request, program_id)
    form = CountForm(request.POST or None, initial=last)
    if form.is_valid():
        with refusals_on(form):
            count_room(found, form.count(), at=request.now, by=request.actor)
            return see_other(request, f"{url('referrals:house')}#room")
    return page(request, "resources/count.html", program=found, form=form)


def still(request: Request, program_id: UUID) -> HttpResponse:
    """The last figure is still right."""
    found, last = _program(request, program_id)
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            still_so(found, at=request.now, by=request.actor)
            return see_other(request, f"{url('referrals:house')}#room")
    return page(request, "resources/count.html", program=found, form=CountForm(initial=last))


def program(request: Request, program_id: UUID) -> HttpResponse:
    """Say whom a program takes."""
    found, _ = _program(request, program_id)
    form = CriteriaForm(request.POST or None, program=found)
    if form.is_valid():
        with refusals_on(form):
            keep_program(found, form.criteria(), at=request.now, by=request.actor)
            return see_other(request, f"{url('referrals:house')}#room")
    return page(request, "resources/program.html", program=found, form=form)


def _program(request: Request, program_id: UUID) -> tuple[Program, dict[str, int | None]]:
    """One of our programs, and the figures it told last."""
    request.actor.must("resources.beds")
    found = _OF_PROGRAM.ask(program=program_id, agency=request.actor.agency_id)
    for program in found["programs"]:
        return program, _told(found["figures"])
    raise Http404


def _told(figures: list[Capacity]) -> dict[str, int | None]:
    for last in figures:
        return {"accepting": last.free, "ready": last.ready, "staffed": last.staffed, "licensed": last.total}
    return {}


def _offer(request: Request, service_id: UUID) -> Offer:
    found = Service.objects.listed().select_related("organization__agency").filter(pk=service_id)
    if not found:
        raise Http404
    return offers(found, at=request.now, zone=request.actor.zone)[0]


def _case(asked: Mapping[str, str]) -> UUID | None:
    """The case that help is looked for, to be carried along; whoever may not see it gains nothing."""
    try:
        return UUID(asked.get("case", ""))
    except ValueError:
        return None
