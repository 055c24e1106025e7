from datetime import datetime
from uuid import UUID

from django.http import HttpResponse

from breakwater.cases.actions.not_reached import take_back_contact
from breakwater.cases.forms import NotReachedForm
from breakwater.cases.models import Attempt, Case, Note
from breakwater.cases.views.act import act, done, seen_part
from breakwater.trust.access import Request
from breakwater.trust.journal import see
from breakwater.ui.pages import refusals_on

_OF_A_TRY = ("follow_up__case__person", "follow_up__case__agency", "follow_up__case__circle")


def note(request: Request, note_id: UUID) -> HttpResponse:
    """A note says that they were reached, and they were not."""
    found = seen_part(request, Note, note_id)
    return _taken_back(request, found, found.case, found.get_kind_display(), found.happened_at)


def attempt(request: Request, attempt_id: UUID) -> HttpResponse:
    """A try says that they were reached, or that they declined; and they were not."""
    request.actor.must("cases.read")
    found = see(Attempt, attempt_id, by=request.actor, related=_OF_A_TRY)
    return _taken_back(request, found, found.follow_up.case, found.get_outcome_display(), found.at)


def _taken_back(
    request: Request, found: Note | Attempt, case: Case, what: str, then: datetime
) -> HttpResponse:
    form = NotReachedForm(request.POST or None, now=request.now)
    if form.is_valid():
        with refusals_on(form):
            take_back_contact(found, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, case.pk, "#chronology")
    return act(
        request, case, form, "They were not reached", "Mark it",
        about=found.words, template="cases/not_reached.html", what=what, then=then,
    )  # fmt: skip
