from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.assessments.actions.judging import amend, decide, hear, override
from breakwater.assessments.calling import whom_to_call
from breakwater.assessments.chart import HEIGHT, WIDTH, trend
from breakwater.assessments.forms import AmendmentForm, AnswersForm, DecisionForm, HearingForm, OverrideForm
from breakwater.assessments.instruments_of import Offered, definition_of, offered_to
from breakwater.assessments.library import PROPOSALS, REPEATS
from breakwater.assessments.models import Alert, Answer, Assessment, Override, Result
from breakwater.assessments.rules.answering import asked
from breakwater.assessments.rules.definition import is_alarming
from breakwater.cases.views.act import act, done, seen_part
from breakwater.trust.access import Actor, Request
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


def result(request: Request, assessment_id: UUID) -> HttpResponse:
    """What it came to, from what, and what that proposes; a person decides."""
    return _result(request, seen_part(request, Assessment, assessment_id))


def amendment(request: Request, assessment_id: UUID) -> HttpResponse:
    """Answers that were wrong are changed, with the reason; the result before stays."""
    found = seen_part(request, Assessment, assessment_id)
    answers = Answer.objects.last_of(found)
    items = asked(definition_of(found), answers)
    form = AmendmentForm(request.POST or None, items=items, initial=AnswersForm.of(answers))
    if form.is_valid():
        with refusals_on(form):
            amend(
                found,
                form.said(),
                reason=form.cleaned_data["reason"],
                at=request.now,
                by=request.actor,
            )
            return see_other(request, url("assessments:result", found.pk))
    return page(request, "assessments/amendment.html", case=found.case, assessment=found, form=form)


@require_POST
def overriding(request: Request, assessment_id: UUID) -> HttpResponse:
    """A person judges otherwise."""
    found = seen_part(request, Assessment, assessment_id)
    form = OverrideForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            override(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("assessments:result", found.pk))
    return _result(request, found, override_form=form)


@require_POST
def decision(request: Request, assessment_id: UUID) -> HttpResponse:
    """A person decides about something that the result proposes."""
    found = seen_part(request, Assessment, assessment_id)
    form = DecisionForm(request.POST, auto_id="decision_%s")
    if form.is_valid():
        with refusals_on(form):
            said = form.cleaned_data
            taken = said["taken"] == "yes"
            decide(
                found,
                proposal=said["proposal"],
                taken=taken,
                reason=said["reason"],
                at=request.now,
                by=request.actor,
            )
            return see_other(request, f"{url('assessments:result', found.pk)}#proposals")
    return _result(request, found, decided=form)


def hearing(request: Request, alert_id: UUID) -> HttpResponse:
    """What was done about an answer that had to be heard."""
    found = seen_part(request, Alert, alert_id)
    form = HearingForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            hear(found, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, found.case_id, "#assessments")
    about = f"{found.assessment.title}: {found.label}."
    return act(
        request, found.case, form, "An answer that must be heard", "Write it down", about=about,
        template="assessments/hearing.html", **whom_to_call(request.actor),
    )  # fmt: skip


def _result(request: Request, found: Assessment, **bound: Form) -> HttpResponse:
    """The page of a result, with the form that was refused in place of its empty one."""
    results = list(Result.objects.filter(assessment=found).select_related("by", "circle").order_by("-number"))
    last = results[0] if results else None
    told: dict[str, Any] = last.document if last else {}
    decided: dict[str, Any] = {
        one.proposal: one for one in found.decisions.select_related("by", "circle").order_by("at", "pk")
    }
    offered = offered_to(request.actor).get(found.instrument)
    rows, chart = trend(list(Result.objects.through_time(found)), least=_least_change(offered))
    alerts = list(found.alerts.select_related("heard_by", "circle").order_by("starts_at", "pk"))
    overrides = list(found.overrides.select_related("by", "circle").order_by("-at", "-pk"))
    return page(
        request, "assessments/result.html", case=found.case, assessment=found, results=results, last=last, told=told,
        untold=offered.untold if offered else "", notice=offered.definition.license.notice if offered else "",
        proposals=[(one, decided.get(code)) for code, one in PROPOSALS.items() if code in told.get("proposes", [])],
        overrides=overrides, alerts=alerts, **_whom_to_call(request.actor, [*overrides[:1], *results[:1]], alerts),
        forms={"override_form": OverrideForm(), "decided": DecisionForm()} | bound, rows=rows, chart=chart,
        size=(WIDTH, HEIGHT), asked_in=_language_of(found, offered), cut_offs=_cut_offs_of(found, offered),
        practice=REPEATS.get(found.instrument),
    )  # fmt: skip


def _language_of(found: Assessment, offered: Offered | None) -> str:
    """In which other language it was asked, as those who speak it call it. A later version may not know it any more."""
    known = offered.definition.translations.get(found.language) if offered else None
    return known.name if known else found.language


def _cut_offs_of(found: Assessment, offered: Offered | None) -> str:
    """By which cut-offs it came to this, or those that its level comes from; empty where there are no others."""
    known = offered.definition if offered else None
    return known.profiles.get(found.profile or known.unknown, "") if known else ""


def _least_change(offered: Offered | None) -> Decimal | None:
    """From how much on a change of its first score says something."""
    scales = offered.definition.scales if offered else ()
    return scales[0].change if scales else None


def _whom_to_call(actor: Actor, told: Sequence[Override | Result], alerts: list[Alert]) -> dict[str, Any]:
    """Where it is alarming, as judged or as it came to: the lines of the place, and the agency's own."""
    tier = told[0].tier if told else ""
    is_loud = is_alarming(tier, [one.ends_at is None for one in alerts])
    return whom_to_call(actor) | {"is_alarming": is_loud}
