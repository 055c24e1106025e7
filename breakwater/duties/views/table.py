from uuid import UUID

from django.http import HttpResponse

from breakwater.duties.actions.table import revise_duty, write_duty
from breakwater.duties.forms import DutyForm
from breakwater.duties.models import Duty
from breakwater.trust.access import Request
from breakwater.trust.journal import see_shared
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def table(request: Request) -> HttpResponse:
    """The agency's duty table as it is in force, and what nobody has read for too long."""
    today = request.now.astimezone(request.actor.zone).date()
    rows = [(one, one.stale(today)) for one in Duty.objects.visible_to(request.actor).lines()]
    stale = sum(bool(why) for _, why in rows)
    return page(request, "duties/table.html", rows=rows, stale=stale)


def row(request: Request) -> HttpResponse:
    """A row that the table did not have."""
    request.actor.must("duties.keep")
    form = DutyForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            write_duty(form.row(), at=request.now, by=request.actor)
            return see_other(request, url("duties:table"))
    return page(request, "duties/row.html", form=form, duty=None, versions=[], stale="")


def duty(request: Request, duty_id: UUID) -> HttpResponse:
    """One row, its earlier versions, and its next one."""
    found = see_shared(Duty, duty_id, by=request.actor)
    if request.POST:
        request.actor.must("duties.keep")
    form = DutyForm(request.POST or None, initial=DutyForm.of(found))
    if form.is_valid():
        with refusals_on(form):
            revise_duty(found, form.row(), at=request.now, by=request.actor)
            return see_other(request, url("duties:table"))
    stale = found.stale(request.now.astimezone(request.actor.zone).date())
    versions = Duty.objects.visible_to(request.actor).versions(found.line)
    return page(request, "duties/row.html", form=form, duty=found, versions=versions, stale=stale)
