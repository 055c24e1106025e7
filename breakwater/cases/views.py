from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse

from breakwater.cases import forms
from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.follow_up import attempt as attempt_follow_up
from breakwater.cases.actions.follow_up import book_next_contact
from breakwater.cases.actions.gates import lose_gate, meet_gate
from breakwater.cases.actions.intake import Story, judge, take_in
from breakwater.cases.actions.notes import Telling, add_note, amend_note, name_barrier, remove_barrier
from breakwater.cases.actions.owners import assign, release
from breakwater.cases.actions.triage import read_danger, triage_case
from breakwater.cases.models import Barrier, Case, FollowUp, Gate, Note
from breakwater.cases.timeline import chronology_of
from breakwater.people.models import Person
from breakwater.trust.actions.drafts import drop_draft
from breakwater.trust.drafts import draft_of
from breakwater.trust.journal import see
from breakwater.trust.models import Unit, User
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

CASE = "desk:case"


def intake(request: HttpRequest) -> HttpResponse:
    """Take someone in."""
    request.actor.must("cases.take_in")
    form = forms.IntakeForm(request.POST or None, by=request.actor, initial=draft_of(request))
    if form.is_valid():
        with refusals_on(form):
            case = _take_in(request, form)
            drop_draft(request.path, by=request.actor)
            return see_other(request, url(CASE, case.pk))
    return page(request, "cases/intake.html", form=form)


def _take_in(request: HttpRequest, form: forms.IntakeForm) -> Case:
    data = form.cleaned_data
    axes = form.read_axes()
    judged = (
        judge(form.scheme.key, data.get("code", ""), answers=axes, reasons=data["reasons"])
        if axes or data.get("code")
        else None
    )
    story = Story(
        what_is_happening=data["what_is_happening"], asked_by=data["asked_by"],
        asked_at=data["asked_at"] or request.now, dangers=form.read_dangers(), judgment=judged,
        worker=request.actor.user if data["owner"] == "me" else None, unit=request.actor.unit,
    )  # fmt: skip
    person = see(Person, data["person"], by=request.actor) if data["person"] else None
    known = {} if person else form.read_person()
    return take_in(story, person=person, at=request.now, by=request.actor, **known)


def triage(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Set a triage code."""
    case = see(Case, case_id, by=request.actor, related=("person",))
    form = forms.TriageForm(request.POST or None, by=request.actor)
    if form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            judged = judge(
                form.scheme.key, data.get("code", ""), answers=forms.read_axes(form), reasons=data["reasons"]
            )
            triage_case(case, judged, at=request.now, by=request.actor)
            return see_other(request, url(CASE, case.pk))
    return _act(
        request, case, form, "Triage", "Set the code", about=f"{form.scheme.name}, {form.scheme.version}"
    )


def danger(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Read a danger anew."""
    case = see(Case, case_id, by=request.actor, related=("person",))
    form = forms.DangerForm(request.POST or None, initial=request.GET.dict())
    if form.is_valid():
        with refusals_on(form):
            read_danger(case, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url(CASE, case.pk))
    return _act(request, case, form, "Danger", "Save this reading")


def gate(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Meet a gate."""
    case = see(Case, case_id, by=request.actor, related=("person",))
    form = forms.GateForm(request.POST or None, initial=request.GET.dict())
    if form.is_valid():
        with refusals_on(form):
            meet_gate(case, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url(CASE, case.pk))
    return _act(request, case, form, "A gate is met", "It is met")


def loss(request: HttpRequest, gate_id: UUID) -> HttpResponse:
    """A gate no longer holds."""
    found = see(Gate, gate_id, by=request.actor, related=("case__person",))
    form = forms.ReasonForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            lose_gate(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url(CASE, found.case_id))
    return _act(
        request, found.case, form, f"“{found.get_kind_display()}” no longer holds", "It no longer holds"
    )


def note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Add to the chronology."""
    case = see(Case, case_id, by=request.actor, related=("person",))
    form = forms.NoteForm(request.POST or None, initial={**request.GET.dict(), **draft_of(request)})
    if form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data | {"happened_at": form.cleaned_data["happened_at"] or request.now}
            add_note(case, Telling(**data), at=request.now, by=request.actor)
            drop_draft(request.path, by=request.actor)
            return see_other(request, url(CASE, case.pk))
    return _act(request, case, form, "Add to the chronology", "Save", keeps_draft=True)


def amendment(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Give a note a new text."""
    found = see(Note, note_id, by=request.actor, related=("case__person",))
    last = found.amendments.order_by("-version").first()
    shown = {"words": last.words if last else found.words, "version": last.version if last else 1}
    form = forms.AmendmentForm(request.POST or None, initial=shown)
    if form.is_valid():
        with refusals_on(form):
            amend_note(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("cases:chronology", found.case_id))
    return _act(request, found.case, form, "Amend a note", "Save the amendment", latest=shown["version"])


def barrier(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Name what stands in the way."""
    case = see(Case, case_id, by=request.actor, related=("person",))
    form = forms.BarrierForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            name_barrier(case, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url(CASE, case.pk))
    return _act(request, case, form, "Name a barrier", "Save")


def removal(request: HttpRequest, barrier_id: UUID) -> HttpResponse:
    """It no longer stands in the way."""
    found = see(Barrier, barrier_id, by=request.actor, related=("case__person",))
    form = forms.RemovalForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            remove_barrier(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url(CASE, found.case_id))
    return _act(request, found.case, form, "A barrier was removed", "It was removed", about=found.words)


def owner(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Say who is accountable."""
    case = see(Case, case_id, by=request.actor, related=("person",))
    colleagues = list(
        User.objects.filter(appointments__agency=case.agency, appointments__ends_at=None).order_by("name")
    )
    units = list(Unit.objects.filter(agency=case.agency))
    form = forms.OwnerForm(request.POST or None, colleagues=colleagues, units=units)
    if form.is_valid():
        with refusals_on(form):
            part, pk = form.read()
            if part == "user":
                assign(case, worker=User.objects.get(pk=pk), at=request.now, by=request.actor)
            else:
                release(
                    case,
                    unit=next((one for one in units if one.pk == pk), None),
                    at=request.now,
                    by=request.actor,
                )
            return see_other(request, url(CASE, case.pk))
    return _act(request, case, form, "Who is accountable", "Save")


def attempt(request: HttpRequest, follow_up_id: UUID) -> HttpResponse:
    """Write down a try to reach the person."""
    found = see(FollowUp, follow_up_id, by=request.actor, related=("case__person",))
    form = forms.AttemptForm(request.POST or None, person=found.case.person)
    if form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data | {"contact_point": form.points.get(form.cleaned_data["contact_point"])}
            attempt_follow_up(found, **data, at=request.now, by=request.actor)
            return see_other(request, url(CASE, found.case_id))
    return _act(
        request, found.case, form, "Follow-up", "Save this attempt", about=found.case.person.safe_contact
    )


def next_contact(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Book the next contact."""
    case = see(Case, case_id, by=request.actor, related=("person",))
    form = forms.NextContactForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            book_next_contact(case, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url(CASE, case.pk))
    return _act(request, case, form, "Book the next contact", "Book it")


def closure(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Close a case."""
    case = see(Case, case_id, by=request.actor, related=("person", "agency"))
    form = forms.ClosureForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            close_case(case, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url(CASE, case.pk))
    return _act(request, case, form, "Close this case", "Close the case")


def reopening(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Open a case again."""
    case = see(Case, case_id, by=request.actor, related=("person", "agency", "unit"))
    form = forms.ReasonForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            reopen_case(case, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url(CASE, case.pk))
    return _act(request, case, form, "Open this case again", "Open it again")


def chronology(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The whole record of a case, fit for a court or for the person."""
    case = see(Case, case_id, by=request.actor, related=("person", "agency"))
    return page(request, "cases/chronology.html", case=case, entries=chronology_of(case))


def _act(request: HttpRequest, case: Case, form: Form, title: str, does: str, **more: Any) -> HttpResponse:
    """The page of one act on a case: its form, and nothing else to decide."""
    context = {"about": "", "keeps_draft": False, "latest": None} | more
    return page(request, "cases/act.html", case=case, form=form, title=title, does=does, **context)
