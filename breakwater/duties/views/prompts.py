from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.cases.models import Case
from breakwater.cases.views.act import act, done, seen
from breakwater.clocks.models import Clock
from breakwater.duties.actions.prompts import ask_by_hand, consulted, done_otherwise, not_required, report
from breakwater.duties.actions.weighing import weigh
from breakwater.duties.forms import (
    AskingForm,
    ConsultationForm,
    NotRequiredForm,
    OtherwiseForm,
    ReportForm,
    ThreatForm,
)
from breakwater.duties.models import Prompt
from breakwater.trust.access import Request
from breakwater.trust.journal import see
from breakwater.trust.library import law_of
from breakwater.trust.rules.law import WARN
from breakwater.ui.pages import page, refusals_on


def asking(request: Request, case_id: UUID) -> HttpResponse:
    """A worker thinks of a row of the table by themselves."""
    case = seen(request, case_id)
    form = AskingForm(request.POST or None, by=request.actor)
    if form.is_valid():
        with refusals_on(form):
            chosen = form.duties[form.cleaned_data["duty"]]
            aware_at = form.cleaned_data["aware_at"] or request.now
            ask_by_hand(case, chosen, aware_at=aware_at, at=request.now, by=request.actor)
            return done(request, case.pk, "#duties")
    about = "" if form.duties else "Your agency's duty table has no row that asks anything."
    return act(request, case, form, "May something be asked of you?", "Ask it on this case", about=about)


def prompt(request: Request, prompt_id: UUID) -> HttpResponse:
    """What the duty table asks, what was answered, and how to answer."""
    return _prompt(request, _seen(request, prompt_id))


@require_POST
def reporting(request: Request, prompt_id: UUID) -> HttpResponse:
    """It was reported."""
    found = _seen(request, prompt_id)
    form = ReportForm(request.POST, now=request.now)
    if form.is_valid():
        with refusals_on(form):
            report(found, form.report(), at=request.now, by=request.actor)
            return done(request, found.case_id, "#duties")
    return _prompt(request, found, reported=form)


@require_POST
def declining(request: Request, prompt_id: UUID) -> HttpResponse:
    """It is not required here."""
    found = _seen(request, prompt_id)
    form = NotRequiredForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            not_required(found, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, found.case_id, "#duties")
    return _prompt(request, found, declined=form)


@require_POST
def consulting(request: Request, prompt_id: UUID) -> HttpResponse:
    """It was talked over with a supervisor."""
    found = _seen(request, prompt_id)
    form = ConsultationForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            consulted(found, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, found.case_id, "#duties")
    return _prompt(request, found, talked=form)


@require_POST
def otherwise(request: Request, prompt_id: UUID) -> HttpResponse:
    """Something else that is lawful was done."""
    found = _seen(request, prompt_id)
    form = OtherwiseForm(request.POST, by=request.actor)
    if form.is_valid():
        with refusals_on(form):
            done_otherwise(found, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, found.case_id, "#duties")
    return _prompt(request, found, other=form)


def weighing(request: Request, case_id: UUID) -> HttpResponse:
    """Weigh a threat that no row of the table asked about."""
    return _weighing(request, seen(request, case_id), None)


def weighing_for(request: Request, prompt_id: UUID) -> HttpResponse:
    """Weigh the threat that a prompt asks about."""
    found = _seen(request, prompt_id)
    return _weighing(request, found.case, found)


def _seen(request: Request, prompt_id: UUID) -> Prompt:
    request.actor.must("cases.read")
    related = ("case__person", "case__agency", "case__circle", "duty")
    return see(Prompt, prompt_id, by=request.actor, related=related)


def _weighing(request: Request, case: Case, found: Prompt | None) -> HttpResponse:
    form = ThreatForm(request.POST or None, now=request.now)
    if form.is_valid():
        with refusals_on(form):
            weigh(case, form.weighed(), prompt=found, at=request.now, by=request.actor)
            return done(request, case.pk, "#duties")
    closed = _no_warning(request, case)
    return page(request, "duties/threat.html", case=case, prompt=found, form=form, closed=closed)


def _prompt(request: Request, found: Prompt, **bound: Form) -> HttpResponse:
    """The page of a prompt, with the form that was refused in place of its empty one."""
    forms: dict[str, Any] = {
        "reported": ReportForm(now=request.now),
        "declined": NotRequiredForm(),
        "talked": ConsultationForm(),
        "other": OtherwiseForm(by=request.actor),
    }
    today = request.now.astimezone(request.actor.zone).date()
    return page(
        request, "duties/prompt.html", case=found.case, prompt=found, duty=found.duty, forms=forms | bound,
        bound=next(iter(bound), ""), stale=found.duty.stale(today), closed=_no_warning(request, found.case),
        clocks=Clock.objects.running().of(found.pk).order_by("due_at"),
        answers=found.answers.select_related("by").defer("by__password").order_by("at", "pk"),
        weighings=found.weighings.select_related("by").defer("by__password").order_by("at", "pk"),
    )  # fmt: skip


def _no_warning(request: Request, case: Case) -> list[str]:
    """What is lawful instead, in words, where a law that protects the record knows no warning; else nothing."""
    law = law_of(request.actor.agency)
    closed = any(WARN in law.regimes[one].refused for one in case.circle.segments)
    return list(law.ways.values()) if closed else []
