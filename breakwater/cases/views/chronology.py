from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from breakwater.cases.forms import ChronologyForm
from breakwater.cases.models import Case
from breakwater.cases.papers import Record
from breakwater.cases.timeline import Asked, Told, chronology_of, how_many
from breakwater.cases.views.act import seen
from breakwater.trust.access import Request
from breakwater.trust.library import law_of
from breakwater.trust.pace import paced
from breakwater.ui.pages import page
from breakwater.ui.paper import paper, wanted

PER_PAGE = 50


def chronology(request: Request, case_id: UUID) -> HttpResponse:
    """What happened in a case, newest first."""
    case = seen(request, case_id)
    form = ChronologyForm(request.GET)
    asked, number = form.asked(), _number(request.GET.get("page", ""))
    entries = chronology_of(case, asked, most=PER_PAGE + 1, skip=(number - 1) * PER_PAGE)
    _saw(request, entries[:PER_PAGE])
    return page(
        request, "cases/chronology.html", case=case, form=form, entries=entries[:PER_PAGE],
        previous=_page(request, number - 1) if number > 1 else "",
        next=_page(request, number + 1) if len(entries) > PER_PAGE else "",
    )  # fmt: skip


def record(request: Request, case_id: UUID) -> HttpResponse:
    """The whole record of a case on paper, fit for a court or for the person."""
    case = seen(request, case_id)
    asked, entries = _recorded(request, case)
    return page(
        request, "cases/record.html", case=case, asked=asked, entries=entries, of_all=how_many(case),
        query=request.GET.urlencode(),
    )  # fmt: skip


@require_safe
@paced("paper")
def record_pdf(request: Request, case_id: UUID) -> HttpResponse:
    """The same record as a PDF. What the law wants said to whoever holds it stands at its head."""
    case = seen(request, case_id)
    asked, entries = _recorded(request, case)
    how = wanted(request)
    made = Record(
        case=case, asked=asked, entries=entries, of_all=how_many(case), language=how.language, is_large=how.is_large,
        notices=[] if asked.for_person else law_of(case.agency).notices_on(_segments(case, entries)),
    )  # fmt: skip
    return paper(request, made.title, made.blocks(), how=how, says_who=True)


def _recorded(request: Request, case: Case) -> tuple[Asked, list[Told]]:
    asked = ChronologyForm(request.GET).asked(for_person=request.GET.get("for") == "person")
    entries = chronology_of(case, asked, oldest_first=True)
    _saw(request, entries)
    return asked, entries


def _segments(case: Case, entries: list[Told]) -> set[str]:
    return {*case.circle.segments, *(segment for told in entries for segment in told.segments)}


def _saw(request: Request, entries: list[Told]) -> None:
    request.actor.saw("cases.note", [one.note_id for one in entries if one.note_id])


def _number(text: str) -> int:
    """A page number as far as it can be read."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004 - no case has more


def _page(request: Request, number: int) -> str:
    asked = request.GET.copy()
    asked["page"] = str(number)
    return f"?{asked.urlencode()}"
