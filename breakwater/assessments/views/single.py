from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.assessments.actions.asking import answer_one, mark_of_answer, spelled
from breakwater.assessments.forms import AnswersForm
from breakwater.assessments.instruments_of import definition_of
from breakwater.assessments.models import Answer, Assessment
from breakwater.assessments.rules.answering import asked
from breakwater.assessments.rules.definition import Item
from breakwater.cases.views.act import seen_part
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Request
from breakwater.trust.middleware import needs_no_receipt
from breakwater.ui.pages import page, refusals_on


@needs_no_receipt
@require_POST
def one(request: Request, assessment_id: UUID) -> HttpResponse:
    """One answer of the sheet, kept as soon as it is given. No receipt is needed: the same again writes nothing."""
    found = seen_part(request, Assessment, assessment_id)
    those = asked(definition_of(found), Answer.objects.last_of(found))
    item = next((one for one in those if one.key == request.POST.get("item")), None)
    if item is None:
        raise Refused("This is not asked any more. Load the page again.")
    form = AnswersForm(request.POST, items=[item])
    if form.is_valid():
        with refusals_on(form):
            said, was = form.said()[item.key], request.POST.get(f"was-{item.key}", "")
            answer_one(found, item.key, said, was=was, at=request.now, by=request.actor)
            return _kept(request, found, item, before=those)
    return page(request, "assessments/_kept.html", item=item, marks={}, refused=form, kept_at=None)


def marks_of(answers: Mapping[str, str | tuple[str, ...]]) -> dict[str, str]:
    """By what each answer that is shown is known again."""
    return {key: mark_of_answer(spelled(said)) for key, said in answers.items()}


def _kept(request: Request, found: Assessment, item: Item, *, before: list[Item]) -> HttpResponse:
    """That it was kept, and when; the whole sheet anew where it asks something else now."""
    answers = Answer.objects.last_of(found)
    response = page(
        request, "assessments/_kept.html", status=200, item=item, marks=marks_of(answers), refused=None,
        kept_at=request.now,
    )  # fmt: skip
    if asked(definition_of(found), answers) != before:
        response.headers["HX-Refresh"] = "true"
    return response
