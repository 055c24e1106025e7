from uuid import UUID

from django.http import HttpResponse

from breakwater.cases.views.act import seen, seen_part
from breakwater.plans.actions.goals import end_goal, read_sufficiency, set_goal, talk_over
from breakwater.plans.forms.goals import AgreementForm, GoalEndingForm, GoalForm, SufficiencyForm
from breakwater.plans.library import MATRIX
from breakwater.plans.models import Agreement, Goal, Sufficiency
from breakwater.plans.overview import as_it_stands, changed_since, radar_of
from breakwater.trust.access import Request
from breakwater.ui.jinja import url
from breakwater.ui.languages import spoken
from breakwater.ui.pages import page, refusals_on, see_other


def goal(request: Request, case_id: UUID) -> HttpResponse:
    """Set a goal."""
    case = seen(request, case_id)
    form = GoalForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            set_goal(case, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, f"{url('plans:plan', case.pk)}#goals")
    return page(request, "plans/goal.html", case=case, form=form)


def goal_ending(request: Request, goal_id: UUID) -> HttpResponse:
    """A goal was reached, changed or left."""
    goal = seen_part(request, Goal, goal_id)
    form = GoalEndingForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            end_goal(goal, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, f"{url('plans:plan', goal.case_id)}#goals")
    return page(request, "plans/goal_ending.html", case=goal.case, goal=goal, form=form)


def agreement(request: Request, case_id: UUID) -> HttpResponse:
    """Talk the plan over with the person, and keep what they answered."""
    case = seen(request, case_id)
    language = spoken(request.actor.language).code
    stands = as_it_stands(case, zone=request.actor.zone, language=language)
    last = Agreement.objects.of_episode(case.pk).first()
    form = AgreementForm(request.POST or None, initial={"shown": stands})
    if form.is_valid():
        with refusals_on(form):
            as_shown = form.cleaned_data["shown"]
            talk_over(
                case, form.answer(), as_shown=as_shown, language=language, at=request.now, by=request.actor
            )
            return see_other(request, f"{url('plans:plan', case.pk)}#agreements")
    changed = changed_since(last, zone=request.actor.zone) if last else None
    return page(
        request, "plans/agreement.html", case=case, form=form, stands=stands, last=last, changed=changed
    )


def sufficiency(request: Request, case_id: UUID) -> HttpResponse:
    """The self-sufficiency matrix over time: a picture, and the table beside it."""
    case = seen(request, case_id)
    readings = list(Sufficiency.objects.of_episode(case.pk))
    radar = radar_of(readings)
    return page(
        request, "plans/sufficiency.html", case=case, readings=readings, radar=radar, matrix=MATRIX,
    )  # fmt: skip


def sufficiency_reading(request: Request, case_id: UUID) -> HttpResponse:
    """Read the matrix with the person."""
    case = seen(request, case_id)
    form = SufficiencyForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            said = {"moment": form.cleaned_data["moment"], "words": form.cleaned_data["words"]}
            read_sufficiency(case, form.levels(), **said, at=request.now, by=request.actor)
            return see_other(request, url("plans:sufficiency", case.pk))
    return page(request, "plans/sufficiency_reading.html", case=case, form=form, matrix=MATRIX)
