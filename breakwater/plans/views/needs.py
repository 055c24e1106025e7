from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.cases.models import Gate
from breakwater.cases.views.act import done, seen, seen_part
from breakwater.plans.actions.needs import (
    drop_step,
    end_need,
    finish_step,
    link_needs,
    move_step,
    name_need,
    plan_step,
    unlink_needs,
)
from breakwater.plans.forms.needs import (
    CompletionForm,
    DroppingForm,
    LinkForm,
    NeedEndingForm,
    NeedForm,
    StepForm,
    TimeForm,
)
from breakwater.plans.models import Need, Step
from breakwater.plans.overview import action_plan_of
from breakwater.trust.access import Request
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def plan(request: Request, case_id: UUID) -> HttpResponse:
    """The action plan: goals and steps, what is needed, what stands in the way, and what the person said to it."""
    case = seen(request, case_id)
    found = action_plan_of(case, zone=request.actor.zone)
    request.actor.saw("cases.note", [note.pk for note in found["advocacy"]])
    return page(request, "plans/plan.html", case=case, **found)


def need(request: Request, case_id: UUID) -> HttpResponse:
    """Name a need."""
    case = seen(request, case_id)
    form = NeedForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            name_need(case, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, case.pk, "#needs")
    return page(request, "plans/need.html", case=case, form=form)


def need_ending(request: Request, need_id: UUID) -> HttpResponse:
    """A need was met, or is no longer there."""
    need = seen_part(request, Need, need_id)
    form = NeedEndingForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            end_need(need, how=form.cleaned_data["how"], at=request.now, by=request.actor)
            return done(request, need.case_id, "#needs")
    return page(request, "plans/need_ending.html", case=need.case, need=need, form=form)


def link(request: Request, need_id: UUID) -> HttpResponse:
    """Say which other need a need makes worse."""
    need = seen_part(request, Need, need_id)
    form = LinkForm(request.POST or None, need=need)
    if form.is_valid():
        with refusals_on(form):
            link_needs(need, effect=form.cleaned_data["effect"], at=request.now, by=request.actor)
            return see_other(request, url("plans:plan", need.case_id))
    return page(request, "plans/link.html", case=need.case, need=need, form=form)


@require_POST
def unlinking(request: Request, need_id: UUID) -> HttpResponse:
    """One need does not feed the other after all."""
    need = seen_part(request, Need, need_id)
    form = LinkForm(request.POST, need=need)
    if form.is_valid():
        with refusals_on(form):
            unlink_needs(need, effect=form.cleaned_data["effect"], at=request.now, by=request.actor)
            return see_other(request, url("plans:plan", need.case_id))
    return page(request, "plans/link.html", case=need.case, need=need, form=form)


def step(request: Request, case_id: UUID) -> HttpResponse:
    """Plan a step."""
    case = seen(request, case_id)
    form = StepForm(request.POST or None, actor=request.actor, case_id=case.pk, initial=_asked_for(request))
    if form.is_valid():
        with refusals_on(form):
            due_at = form.cleaned_data["due_at"]
            plan_step(case, form.task(), due_at=due_at, at=request.now, by=request.actor)
            return done(request, case.pk, "#steps")
    return page(request, "plans/step.html", case=case, form=form)


def completion(request: Request, step_id: UUID) -> HttpResponse:
    """A step is done."""
    step = seen_part(request, Step, step_id)
    form = CompletionForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            finish_step(step, outcome=form.cleaned_data["outcome"], at=request.now, by=request.actor)
            return done(request, step.case_id, "#steps")
    return page(request, "plans/completion.html", case=step.case, step=step, form=form)


def new_time(request: Request, step_id: UUID) -> HttpResponse:
    """Give a step another time."""
    step = seen_part(request, Step, step_id)
    form = TimeForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        with refusals_on(form):
            move_step(step, due_at=form.cleaned_data["due_at"], at=request.now, by=request.actor)
            return done(request, step.case_id, "#steps")
    return page(request, "plans/new_time.html", case=step.case, step=step, form=form)


def dropping(request: Request, step_id: UUID) -> HttpResponse:
    """A step will not be done."""
    step = seen_part(request, Step, step_id)
    form = DroppingForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            drop_step(step, reason=form.cleaned_data["reason"], at=request.now, by=request.actor)
            return done(request, step.case_id, "#steps")
    return page(request, "plans/dropping.html", case=step.case, step=step, form=form)


def _asked_for(request: Request) -> dict[str, Any]:
    """What a step is planned for, where the page it came from knows: a need, a goal, or a gate that is missing."""
    asked = {name: request.GET[name] for name in ("need", "goal") if request.GET.get(name)}
    gate = request.GET.get("gate", "")
    return asked | ({"words": Gate.Kind(gate).label} if gate in Gate.Kind.values else {})
