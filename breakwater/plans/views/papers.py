from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from breakwater.cases.views.act import seen
from breakwater.plans.library import FORM, SAID
from breakwater.plans.overview import action_plan_of
from breakwater.plans.papers import action_plan_on_paper, safety_plan_on_paper, titles_and_entries
from breakwater.plans.views.safety import versions_seen
from breakwater.trust.access import Request
from breakwater.trust.pace import paced
from breakwater.ui.emergency import danger_line
from breakwater.ui.languages import LANGUAGES
from breakwater.ui.pages import page
from breakwater.ui.paper import paper, wanted


def safety_plan_paper(request: Request, case_id: UUID) -> HttpResponse:
    """The person's own sheet: their words, and nothing that says whose it is or who helped to write it."""
    case = seen(request, case_id)
    plan = next(iter(versions_seen(request, case)), None)
    if plan is None:
        raise Http404
    how = wanted(request)
    language = how.language.code
    return page(
        request, "plans/safety_plan_paper.html", case=case, plan=plan, language=language, languages=LANGUAGES,
        sections=titles_and_entries(plan, language), line=danger_line(request.actor.agency.profile, language),
        words={name: said[language] for name, said in FORM.paper.items()}, is_large=how.is_large, how=how,
    )  # fmt: skip


@require_safe
@paced("paper")
def safety_plan_pdf(request: Request, case_id: UUID) -> HttpResponse:
    """The same sheet as a PDF."""
    case = seen(request, case_id)
    plan = next(iter(versions_seen(request, case)), None)
    if plan is None:
        raise Http404
    how, actor = wanted(request), request.actor
    blocks = safety_plan_on_paper(plan, how.language, profile=actor.agency.profile, zone=actor.zone)
    title = FORM.paper["title"][how.language.code]
    return paper(request, title, blocks, how=how, says_who=False)


@require_safe
@paced("paper")
def plan_pdf(request: Request, case_id: UUID) -> HttpResponse:
    """The action plan as the person takes it along."""
    case = seen(request, case_id)
    how, actor = wanted(request), request.actor
    found = action_plan_of(case, zone=actor.zone)
    blocks = action_plan_on_paper(
        found, how.language, profile=actor.agency.profile, zone=actor.zone, is_large=how.is_large
    )
    title = SAID.paper["title"][how.language.code]
    return paper(request, title, blocks, how=how, says_who=False)
