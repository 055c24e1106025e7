from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.administration.forms import UnitForm
from breakwater.cases.actions.leaving import empty_queue
from breakwater.trust.access import Request
from breakwater.trust.actions.units import add_unit, close_unit, rename_unit
from breakwater.trust.journal import see_shared
from breakwater.trust.models import Unit
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

_WORK_THERE = Q(appointments__ends_at=None, appointments__isnull=False)


def units(request: Request) -> HttpResponse:
    """The units of the agency; add one."""
    request.actor.must("trust.administer")
    form = UnitForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            add_unit(**form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("administration:units"))
    found = Unit.objects.visible_to(request.actor).annotate(people=Count("appointments", filter=_WORK_THERE))
    return page(
        request, "administration/units.html", here="units", form=form, open=found.open().order_by("name"),
        closed=found.exclude(closed_at=None).order_by("-closed_at"),
    )  # fmt: skip


def unit(request: Request, unit_id: UUID) -> HttpResponse:
    """Call a unit something else."""
    found = _seen(request, unit_id)
    form = UnitForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        with refusals_on(form):
            rename_unit(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("administration:units"))
    return page(request, "administration/unit.html", form=form, unit=found)


@require_POST
def closing(request: Request, unit_id: UUID) -> HttpResponse:
    """A unit works no more; what waits in its duty queue waits in the agency's."""
    found = _seen(request, unit_id)
    with transaction.atomic():
        empty_queue(found, at=request.now, by=request.actor)
        close_unit(found, at=request.now, by=request.actor)
    return see_other(request, url("administration:units"))


def _seen(request: Request, unit_id: UUID) -> Unit:
    found = see_shared(Unit, unit_id, by=request.actor)
    request.actor.must("trust.administer")
    return found
