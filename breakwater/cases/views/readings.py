from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.cases.actions.gates import lose_gate, meet_gates, why_not_borne_out
from breakwater.cases.actions.screening import end_circumstance, find_circumstance, read_danger
from breakwater.cases.actions.triage import triage_case
from breakwater.cases.forms import CircumstanceForm, DangerForm, GatesForm, ReasonForm, TriageForm
from breakwater.cases.models import Case, Circumstance, Danger, FollowUp, Gate, Triage
from breakwater.cases.rules import missing_gates
from breakwater.cases.schemes import SCHEMES
from breakwater.cases.views.act import act, done, seen, seen_part
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Request
from breakwater.trust.actions.drafts import drop_draft
from breakwater.trust.drafts import draft_of, keep_drafts
from breakwater.ui.pages import page, refusals_on


def triage(request: Request, case_id: UUID) -> HttpResponse:
    """Set a triage code."""
    case = seen(request, case_id)
    form = TriageForm(request.POST or None, by=request.actor, initial=request.GET.dict())
    if form.is_valid():
        with refusals_on(form):
            triage_case(case, form.judgment(), at=request.now, by=request.actor)
            return done(request, case.pk)
    earlier = Triage.objects.filter(case=case).select_related("by").order_by("-starts_at", "-pk")
    return page(request, "cases/triage.html", case=case, form=form, earlier=earlier, schemes=SCHEMES)


def danger(request: Request, case_id: UUID) -> HttpResponse:
    """Read a danger anew."""
    case = seen(request, case_id)
    form = DangerForm(request.POST or None, now=request.now, initial=request.GET.dict())
    if form.is_valid():
        with refusals_on(form):
            read_danger(case, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, case.pk, "#dangers")
    read = Danger.objects.filter(case=case).select_related("by").order_by("-starts_at", "-pk")
    return page(request, "cases/dangers.html", case=case, form=form, read=read)


def circumstance(request: Request, case_id: UUID) -> HttpResponse:
    """Something is so that a law may ask about."""
    case = seen(request, case_id)
    form = CircumstanceForm(request.POST or None, now=request.now, initial=request.GET.dict())
    if form.is_valid():
        with refusals_on(form):
            find_circumstance(case, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, case.pk, "#duties")
    return act(request, case, form, "What is so?", "Write it down")


@require_POST
def circumstance_ending(request: Request, circumstance_id: UUID) -> HttpResponse:
    """It is no longer so."""
    found = seen_part(request, Circumstance, circumstance_id)
    end_circumstance(found, at=request.now, by=request.actor)
    return done(request, found.case_id, "#duties")


@keep_drafts
def gate(request: Request, case_id: UUID) -> HttpResponse:
    """The five gates on one page: which are met, on what evidence. Meet all that were filled in, or none."""
    case = seen(request, case_id)
    begun = {} if request.POST else draft_of(request)
    form = GatesForm(request.POST or None, by=request.actor, case_id=case.pk, initial=begun)
    if form.is_valid():
        with refusals_on(form):
            meet_gates(case, form.said(), next_contact=form.booked(), at=request.now, by=request.actor)
            if form.cleaned_data["has_draft"]:
                drop_draft(request.path, by=request.actor)
            return done(request, case.pk, "#gates")
    asked = request.GET.get("kind", "")
    return page(request, "cases/gates.html", case=case, form=form, **_gates_of(case, asked))


def loss(request: Request, gate_id: UUID) -> HttpResponse:
    """A gate no longer holds."""
    gate = seen_part(request, Gate, gate_id)
    form = ReasonForm(request.POST or None, now=request.now)
    if form.is_valid():
        with refusals_on(form):
            lose_gate(gate, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, gate.case_id, "#gates")
    title = f"“{gate.get_kind_display()}” no longer holds"
    return act(request, gate.case, form, title, "It no longer holds", about=gate.evidence)


def _gates_of(case: Case, asked: str) -> dict[str, Any]:
    """The five gates, where to begin, what the record lacks for each, and how they may be reached."""
    met = {one.kind: one for one in Gate.objects.standing().filter(case=case).select_related("by")}
    missing = missing_gates(met)
    return {
        "met": met,
        "kinds": Gate.Kind.choices,
        "missing": [Gate.Kind(kind).label for kind in missing],
        "begin": asked if asked in missing else next(iter(missing), ""),
        "lacks": why_not_borne_out(case),
        "booked": FollowUp.objects.booked().filter(case=case).order_by("planned_for").first(),
        "ways": ContactPoint.objects.may_be_used(case.person_id),
    }
