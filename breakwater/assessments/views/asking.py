from collections.abc import Mapping
from itertools import groupby
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.assessments.actions.asking import answer, begin, complete, stop_asking
from breakwater.assessments.actions.speaking import ask_in
from breakwater.assessments.forms import AnswersForm, ChoiceForm, LanguageForm
from breakwater.assessments.instruments_of import Offered, definition_of, offered_to
from breakwater.assessments.models import Answer, Assessment, Result
from breakwater.assessments.rules.answering import asked, item_before, next_item, unanswered
from breakwater.assessments.rules.definition import Item
from breakwater.assessments.views.single import marks_of
from breakwater.cases.views.act import act, done, seen, seen_part
from breakwater.trust.access import Request
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

FAMILIES = {
    "crisis": "Crisis", "suicide": "Suicide", "mood": "Mood and distress", "trauma": "Trauma",
    "substance": "Substances", "recovery": "Recovery", "violence": "Violence by somebody close", "triage": "Triage",
    "needs": "Needs", "functioning": "Getting by", "threat": "Threat assessment", "unit": "On a unit",
    "own": "Your agency's own",
}  # fmt: skip


def choice(request: Request, case_id: UUID) -> HttpResponse:
    """What was asked on a case, and by what one can ask."""
    case = seen(request, case_id)
    offered = offered_to(request.actor)
    form = ChoiceForm(request.POST or None, offered=offered, initial={"instrument": "rapid-crisis"})
    if form.is_valid():
        with refusals_on(form):
            begun = begin(case, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("assessments:question", begun.pk))
    of_case = Assessment.objects.of_episode(case.pk).select_related("by").defer("by__password")
    tiers = dict(Result.objects.of_episode(case.pk).values_list("assessment_id", "tier"))
    return page(
        request,
        "assessments/choice.html",
        case=case,
        form=form,
        grouped=_by_family(offered),
        assessments=of_case,
        tiers=tiers,
    )


def question(request: Request, assessment_id: UUID) -> HttpResponse:
    """One question on a page. It is saved, and the next one comes; one may always go back."""
    found = seen_part(request, Assessment, assessment_id)
    definition, answers = definition_of(found), Answer.objects.last_of(found)
    wanted = request.POST.get("item") or request.GET.get("item", "")
    here = [one for one in asked(definition, answers) if one.key == wanted]
    item = here[0] if here else next_item(definition, answers)
    if item is None:
        return see_other(request, url("assessments:sheet", found.pk))
    form = _form(request, found, [item])
    if form.is_valid():
        with refusals_on(form):
            answer(found, form.said(), at=request.now, by=request.actor)
            return _onward(request, found, item.key)
    those = asked(definition, answers)
    return page(
        request, "assessments/question.html", case=found.case, assessment=found, item=item, form=form,
        before=item_before(definition, answers, item.key), place=those.index(item) + 1, of=len(those),
        definition=definition,
    )  # fmt: skip


def sheet(request: Request, assessment_id: UUID) -> HttpResponse:
    """The whole sheet: everything that is asked now, with what was answered."""
    found = seen_part(request, Assessment, assessment_id)
    definition, answers = definition_of(found), Answer.objects.last_of(found)
    form = _form(request, found, asked(definition, answers))
    if form.is_valid():
        with refusals_on(form):
            answer(found, form.said(), at=request.now, by=request.actor)
            return see_other(request, url("assessments:sheet", found.pk))
    return _sheet(request, found, form)


@require_POST
def completion(request: Request, assessment_id: UUID) -> HttpResponse:
    """No more will be answered: what did it come to?"""
    found = seen_part(request, Assessment, assessment_id)
    definition, answers = definition_of(found), Answer.objects.last_of(found)
    form = _form(request, found, asked(definition, answers))
    if form.is_valid():
        with refusals_on(form):
            if any(name in request.POST for name in form.items):
                answer(found, form.said(), at=request.now, by=request.actor)
            complete(found, at=request.now, by=request.actor)
            return see_other(request, url("assessments:result", found.pk))
    return _sheet(request, found, form)


@require_POST
def stopping(request: Request, assessment_id: UUID) -> HttpResponse:
    """It will not be finished."""
    found = seen_part(request, Assessment, assessment_id)
    stop_asking(found, at=request.now, by=request.actor)
    return done(request, found.case_id, "#assessments")


def language(request: Request, assessment_id: UUID) -> HttpResponse:
    """Another language beside ours, and who interprets."""
    found = seen_part(request, Assessment, assessment_id)
    began = {"language": found.language, "interpreter": found.interpreter, "read": found.spoken()}
    form = LanguageForm(request.POST or None, definition=definition_of(found), initial=began)
    if form.is_valid():
        with refusals_on(form):
            ask_in(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("assessments:question", found.pk))
        found.refresh_from_db(fields=["language", "interpreter"])
    about, latest = f"{found.title}.", found.spoken()
    return act(request, found.case, form, "Another language", "Ask so", about=about, latest=latest)


def _by_family(offered: Mapping[str, Offered]) -> list[tuple[str, list[Offered]]]:
    """The instruments under what they are about, in the order in which one looks for them."""
    every = offered.values()
    found = [
        (words, [one for one in every if one.definition.family == code]) for code, words in FAMILIES.items()
    ]
    return [(words, some) for words, some in found if some]


def _form(request: Request, found: Assessment, items: list[Item]) -> AnswersForm:
    """Some items with what was answered so far, in the other language too where it is asked so."""
    beside = definition_of(found).translations.get(found.language)
    answers = Answer.objects.last_of(found)
    return AnswersForm(request.POST or None, items=items, beside=beside, initial=AnswersForm.of(answers))


def _onward(request: Request, found: Assessment, key: str) -> HttpResponse:
    """The question that comes next, or the one before for whoever goes back; the whole sheet after the last one."""
    definition, answers = definition_of(found), Answer.objects.last_of(found)
    if request.POST.get("go") == "back":
        following = item_before(definition, answers, key)
    else:
        following = next_item(definition, answers, after=key)
    if following is None:
        return see_other(request, url("assessments:sheet", found.pk))
    return see_other(request, f"{url('assessments:question', found.pk)}?item={following.key}")


def _sheet(request: Request, found: Assessment, form: AnswersForm) -> HttpResponse:
    definition, answers = definition_of(found), Answer.objects.last_of(found)
    bound = [(item.section, item, form[name]) for name, item in form.items.items()]
    sections = [(name, [one[1:] for one in some]) for name, some in groupby(bound, lambda one: one[0])]
    return page(
        request, "assessments/sheet.html", case=found.case, assessment=found, form=form, sections=sections,
        definition=definition, left=len(unanswered(definition, answers)), marks=marks_of(answers),
    )  # fmt: skip
