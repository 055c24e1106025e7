from uuid import UUID

from django.http import HttpResponse

from breakwater.cases.actions.closing import close_case, reopen_case, why_not_closed_as
from breakwater.cases.actions.leaving_danger import danger_left
from breakwater.cases.forms import ClosureForm, ReasonForm
from breakwater.cases.rules import each_once
from breakwater.cases.views.act import act, done, seen
from breakwater.trust.access import Request
from breakwater.trust.actions.drafts import drop_draft
from breakwater.trust.drafts import draft_of, keep_drafts
from breakwater.ui.pages import page, refusals_on


@keep_drafts
def closure(request: Request, case_id: UUID) -> HttpResponse:
    """Close a case; see beforehand what each ending still waits for."""
    case = seen(request, case_id)
    meant = {"outcome": request.GET.get("outcome", "")}
    form = ClosureForm(request.POST or None, now=request.now, initial=meant | draft_of(request))
    if form.is_valid():
        with refusals_on(form):
            close_case(case, **form.cleaned_data, at=request.now, by=request.actor)
            drop_draft(request.path, by=request.actor)
            return done(request, case.pk)
    waits = why_not_closed_as(case, at=request.now, by=request.actor)
    hindrances = each_once(waits)
    return page(
        request, "cases/closure.html",
        case=case, form=form, waits=waits, hindrances=hindrances, in_danger=bool(danger_left(case)),
    )  # fmt: skip


def reopening(request: Request, case_id: UUID) -> HttpResponse:
    """Open a case again."""
    case = seen(request, case_id)
    form = ReasonForm(request.POST or None, now=request.now)
    if form.is_valid():
        with refusals_on(form):
            reopen_case(case, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, case.pk)
    about = "You will be accountable. Stabilization and every first clock run again from now."
    return act(request, case, form, "Open this case again", "Open it again", about=about)
