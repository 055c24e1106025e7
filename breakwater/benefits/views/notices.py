from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.attachments.taking import takes_files
from breakwater.benefits.actions.notices import appeal, ask_address, file_renewal, find_last_day, note_notice
from breakwater.benefits.forms.course import AddressForm, LastDayForm, NoticeForm
from breakwater.benefits.models import Application
from breakwater.benefits.overview import application_of
from breakwater.cases.views.act import act, seen_part
from breakwater.trust.access import Request
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


@takes_files
def notice(request: Request, application_id: UUID) -> HttpResponse:
    """A notice came."""
    found = seen_part(request, Application, application_id)
    form = NoticeForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_on(form):
            note_notice(found, form.letter(), at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", found.pk))
    return act(request, found.case, form, "A notice came", "Write it down", about=found.label)


def last_day(request: Request, application_id: UUID) -> HttpResponse:
    """The last day to appeal was found out."""
    found = seen_part(request, Application, application_id)
    form = LastDayForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            find_last_day(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", found.pk))
    return act(request, found.case, form, "The last day to appeal", "Write it down", about=found.label)


@require_POST
def appealing(request: Request, application_id: UUID) -> HttpResponse:
    """A hearing was asked for."""
    found = seen_part(request, Application, application_id)
    form = Form(request.POST)
    if form.is_valid():
        with refusals_on(form):
            appeal(found, at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", found.pk))
    return _again(request, found, form)


@require_POST
def renewal(request: Request, application_id: UUID) -> HttpResponse:
    """The renewal was filed."""
    found = seen_part(request, Application, application_id)
    form = Form(request.POST)
    if form.is_valid():
        with refusals_on(form):
            file_renewal(found, at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", found.pk))
    return _again(request, found, form)


def address(request: Request, application_id: UUID) -> HttpResponse:
    """They were asked whether the office's mail still finds them."""
    found = seen_part(request, Application, application_id)
    form = AddressForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            still_right = form.cleaned_data["still_right"] == "yes"
            ask_address(found, still_right=still_right, at=request.now, by=request.actor)
            return see_other(request, url("benefits:application", found.pk))
    return act(request, found.case, form, "Where the office's mail goes", "Write it down", about=found.label)


def _again(request: Request, found: Application, form: Form) -> HttpResponse:
    return page(
        request,
        "benefits/application.html",
        case=found.case,
        application=found,
        form=form,
        **application_of(found, by=request.actor),
    )
