from urllib.parse import urlencode
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.cases.actions.owners import assign, join_team, leave_team, release, take
from breakwater.cases.forms import QueueForm, WorkerForm
from breakwater.cases.models import Assignment, Case
from breakwater.cases.views.act import done, seen, seen_part
from breakwater.trust.access import Request
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def owner(request: Request, case_id: UUID) -> HttpResponse:
    """Say who is accountable; see who is, and who helps."""
    case = seen(request, case_id)
    form = WorkerForm(request.POST or None, by=request.actor)
    if form.is_valid():
        with refusals_on(form):
            assign(case, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, case.pk, "#owner")
    return _owners(request, case, assigning=form)


@require_POST
def taking(request: Request, case_id: UUID) -> HttpResponse:
    """Take a case out of the duty queue. From the board it leads back there, to the row that is theirs now."""
    case = seen(request, case_id)
    take(case, at=request.now, by=request.actor)
    if board := request.GET.get("board"):
        return see_other(request, f"{url('desk:now')}?{urlencode({'which': board})}#case-{case.pk}")
    return done(request, case.pk, "#owner")


@require_POST
def releasing(request: Request, case_id: UUID) -> HttpResponse:
    """Put a case into a duty queue."""
    case = seen(request, case_id)
    form = QueueForm(request.POST, by=request.actor)
    if form.is_valid():
        with refusals_on(form):
            release(case, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, case.pk, "#owner")
    return _owners(request, case, releasing=form)


@require_POST
def team(request: Request, case_id: UUID) -> HttpResponse:
    """Somebody helps with a case."""
    case = seen(request, case_id)
    form = WorkerForm(request.POST, by=request.actor)
    if form.is_valid():
        with refusals_on(form):
            join_team(case, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, case.pk, "#owner")
    return _owners(request, case, joining=form)


@require_POST
def leaving(request: Request, assignment_id: UUID) -> HttpResponse:
    """Somebody no longer helps with a case."""
    helping = seen_part(request, Assignment, assignment_id)
    leave_team(helping.case, worker=helping.worker, at=request.now, by=request.actor)
    return done(request, helping.case_id, "#owner")


def _owners(
    request: Request,
    case: Case,
    *,
    assigning: Form | None = None,
    releasing: Form | None = None,
    joining: Form | None = None,
) -> HttpResponse:
    held = list(Assignment.objects.of_case(case))
    return page(
        request, "cases/owners.html", case=case, assignments=held, owner=held[0] if held else None,
        assigning=assigning or WorkerForm(by=request.actor), releasing=releasing or QueueForm(by=request.actor),
        joining=joining or WorkerForm(by=request.actor),
    )  # fmt: skip
