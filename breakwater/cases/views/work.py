from uuid import UUID

from django.http import HttpResponse

from breakwater.cases.actions.notes import add_note, amend_note, name_barrier, remove_barrier
from breakwater.cases.forms import AmendmentForm, BarrierForm, NoteForm, RemovalForm
from breakwater.cases.models import Barrier, Note
from breakwater.cases.views.act import act, done, seen, seen_part
from breakwater.trust.access import Request
from breakwater.trust.actions.drafts import drop_draft
from breakwater.trust.drafts import draft_of, keep_drafts
from breakwater.ui.pages import page, refusals_on

LATEST = 10


@keep_drafts
def note(request: Request, case_id: UUID) -> HttpResponse:
    """Add to the chronology. What is told with one press, ``quick``, leaves alone what somebody began to write here."""
    case = seen(request, case_id)
    begun = {} if request.POST else request.GET.dict() | draft_of(request)
    form = NoteForm(request.POST or None, now=request.now, initial=begun)
    if form.is_valid():
        with refusals_on(form):
            add_note(case, form.telling(request.now), at=request.now, by=request.actor)
            if "quick" not in request.GET:
                drop_draft(request.path, by=request.actor)
            return done(request, case.pk, "#chronology")
    latest = list(Note.objects.filter(case=case).in_order().with_amendments()[:LATEST])
    request.actor.saw("cases.note", [one.pk for one in latest])
    return page(request, "cases/note.html", case=case, form=form, notes=latest)


@keep_drafts
def amendment(request: Request, note_id: UUID) -> HttpResponse:
    """Give a note a new text."""
    note = seen_part(request, Note, note_id)
    last = note.amendments.select_related("by").order_by("-version").first()
    shown = {"words": last.words if last else note.words, "version": last.version if last else 1}
    form = AmendmentForm(request.POST or None, now=request.now, initial=shown | draft_of(request))
    if form.is_valid():
        with refusals_on(form):
            amend_note(note, **form.cleaned_data, at=request.now, by=request.actor)
            drop_draft(request.path, by=request.actor)
            return done(request, note.case_id, "#chronology")
    return page(
        request, "cases/amendment.html", case=note.case, note=note, form=form, latest=shown["version"]
    )


def barrier(request: Request, case_id: UUID) -> HttpResponse:
    """Name what stands in the way."""
    case = seen(request, case_id)
    form = BarrierForm(request.POST or None, now=request.now)
    if form.is_valid():
        with refusals_on(form):
            name_barrier(case, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, case.pk, "#barriers")
    return act(request, case, form, "Name a barrier", "Save")


def removal(request: Request, barrier_id: UUID) -> HttpResponse:
    """It no longer stands in the way."""
    barrier = seen_part(request, Barrier, barrier_id)
    form = RemovalForm(request.POST or None, now=request.now)
    if form.is_valid():
        with refusals_on(form):
            remove_barrier(barrier, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, barrier.case_id, "#barriers")
    return act(request, barrier.case, form, "A barrier was removed", "It was removed", about=barrier.words)
