from uuid import UUID

from django.http import HttpResponse

from breakwater.cases.forms import ChronologyForm
from breakwater.cases.timeline import Told, chronology_of, how_many
from breakwater.cases.views.act import seen
from breakwater.trust.access import Request
from breakwater.ui.pages import page

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
    form = ChronologyForm(request.GET)
    asked = form.asked(for_person=request.GET.get("for") == "person")
    entries = chronology_of(case, asked, oldest_first=True)
    _saw(request, entries)
    return page(request, "cases/record.html", case=case, asked=asked, entries=entries, of_all=how_many(case))


def _saw(request: Request, entries: list[Told]) -> None:
    request.actor.saw("cases.note", [one.note_id for one in entries if one.note_id])


def _number(text: str) -> int:
    """A page number as far as it can be read."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004 - no case has more


def _page(request: Request, number: int) -> str:
    asked = request.GET.copy()
    asked["page"] = str(number)
    return f"?{asked.urlencode()}"
