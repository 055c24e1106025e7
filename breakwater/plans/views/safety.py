from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from breakwater.cases.models import Case
from breakwater.cases.views.act import done, seen, seen_part
from breakwater.plans.actions.lessons import Learned, drop_lesson, learn, learn_anew
from breakwater.plans.actions.safeguards import agree_safeguard, end_safeguard
from breakwater.plans.actions.safety import give_copy, write_plan
from breakwater.plans.forms.safety import (
    CopyForm,
    LessonAgainForm,
    LessonForm,
    SafeguardEndingForm,
    SafeguardForm,
    SafetyPlanForm,
    as_initial,
)
from breakwater.plans.library import FORM
from breakwater.plans.models import CopyGiven, Lesson, Safeguard, SafetyPlan
from breakwater.plans.overview import card_of
from breakwater.plans.rules import changes, entries_of
from breakwater.trust.access import Request
from breakwater.trust.actions.drafts import drop_draft
from breakwater.trust.drafts import draft_of, keep_drafts
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def safety_plan(request: Request, case_id: UUID) -> HttpResponse:
    """A safety plan as it stands, or one version of it: what changed, what is tracked, who was given a copy."""
    case = seen(request, case_id)
    versions = versions_seen(request, case)
    asked = request.GET.get("version", "")
    plan = next((one for one in versions if str(one.version) == asked), versions[0] if versions else None)
    lessons = list(Lesson.objects.of_episode(case.pk))
    return page(
        request, "plans/safety_plan.html", case=case, plan=plan, versions=versions, form=FORM,
        changed=_changed(versions), safeguards=list(Safeguard.objects.of_episode(case.pk)), lessons=lessons,
        copies=list(CopyGiven.objects.of_episode(case.pk)),
        card=card_of(case.person, lessons, versions[0] if versions else None),
    )  # fmt: skip


@keep_drafts
def safety_plan_writing(request: Request, case_id: UUID) -> HttpResponse:
    """Write the next version of a safety plan with the person."""
    case = seen(request, case_id)
    last = next(iter(versions_seen(request, case)), None)
    form = SafetyPlanForm(
        request.POST or None, actor=request.actor, initial=as_initial(last) | draft_of(request)
    )
    if form.is_valid():
        with refusals_on(form):
            told = {"version": form.cleaned_data["version"], "review_at": form.review_at()}
            write_plan(case, form.words(), **told, at=request.now, by=request.actor)
            drop_draft(request.path, by=request.actor)
            return see_other(request, url("plans:safety_plan", case.pk))
    return page(request, "plans/safety_plan_writing.html", case=case, form=form, last=last)


def copy(request: Request, case_id: UUID) -> HttpResponse:
    """Write down that somebody was given a copy."""
    case = seen(request, case_id)
    plan = next(iter(versions_seen(request, case)), None)
    if plan is None:
        raise Http404
    form = CopyForm(request.POST or None, person=case.person)
    if form.is_valid():
        with refusals_on(form):
            give_copy(plan, form.handing(), at=request.now, by=request.actor)
            return see_other(request, f"{url('plans:safety_plan', case.pk)}#copies")
    return page(request, "plans/copy.html", case=case, plan=plan, form=form)


def safeguard(request: Request, case_id: UUID) -> HttpResponse:
    """Agree what is done about something dangerous within reach."""
    case = seen(request, case_id)
    form = SafeguardForm(request.POST or None, actor=request.actor, case_id=case.pk)
    if form.is_valid():
        with refusals_on(form):
            due_at = form.cleaned_data["due_at"]
            agree_safeguard(case, form.doing(), due_at=due_at, at=request.now, by=request.actor)
            return see_other(request, f"{url('plans:safety_plan', case.pk)}#safeguards")
    return page(request, "plans/safeguard.html", case=case, form=form)


def safeguard_ending(request: Request, safeguard_id: UUID) -> HttpResponse:
    """It was dealt with, or they would rather not."""
    one = seen_part(request, Safeguard, safeguard_id)
    form = SafeguardEndingForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            end_safeguard(one, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, f"{url('plans:safety_plan', one.case_id)}#safeguards")
    return page(request, "plans/safeguard_ending.html", case=one.case, safeguard=one, form=form)


def lesson(request: Request, case_id: UUID) -> HttpResponse:
    """Write down what makes it worse, or what helps."""
    case = seen(request, case_id)
    plan = next(iter(versions_seen(request, case)), None)
    form = LessonForm(request.POST or None, signs=entries_of(plan.warning_signs) if plan else ())
    if form.is_valid():
        with refusals_on(form):
            learn(case, Learned(**form.cleaned_data), at=request.now, by=request.actor)
            return done(request, case.pk, "#card")
    return page(request, "plans/lesson.html", case=case, form=form)


def lesson_again(request: Request, lesson_id: UUID) -> HttpResponse:
    """How well it helped this time; or that it holds no longer."""
    one = seen_part(request, Lesson, lesson_id)
    form = LessonAgainForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            told: dict[str, Any] = {"at": request.now, "by": request.actor}
            if form.cleaned_data["drops"]:
                drop_lesson(one, **told)
            else:
                learn_anew(one, effect=form.cleaned_data["effect"], **told)
            return done(request, one.case_id, "#card")
    return page(request, "plans/lesson_again.html", case=one.case, lesson=one, form=form)


def versions_seen(request: Request, case: Case) -> list[SafetyPlan]:
    """Every version of a safety plan, the newest first, and written down that they were shown."""
    versions = list(SafetyPlan.objects.versions(case.pk))
    request.actor.saw("plans.safetyplan", [one.pk for one in versions])
    return versions


def _changed(versions: list[SafetyPlan]) -> dict[int, Any]:
    """What changed in each version since the one before it."""
    return {new.version: changes(old.words, new.words) for new, old in pairwise(versions)}
