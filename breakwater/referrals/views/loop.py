from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.cases.views.act import done, seen
from breakwater.kernel.text import mark_of
from breakwater.referrals.actions.loop import (
    accept,
    acknowledge,
    decline,
    meet_need,
    miss_need,
    open_thread,
    put_on_hold,
    refer,
    start_help,
    withdraw,
)
from breakwater.referrals.forms import (
    AnswerForm,
    DeclineForm,
    NeedMetForm,
    NotMetForm,
    OnHoldForm,
    ReferralForm,
    WithdrawalForm,
)
from breakwater.referrals.models import Referral
from breakwater.referrals.rules import reading_of
from breakwater.resources.models import Domain
from breakwater.trust.access import Request
from breakwater.trust.actions.drafts import drop_draft
from breakwater.trust.drafts import draft_of, keep_drafts
from breakwater.trust.journal import see_shared
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other


@keep_drafts
def referral(request: Request, case_id: UUID) -> HttpResponse:
    """Ask somebody to help. What they will read is shown first; only what was shown is sent."""
    case = seen(request, case_id)
    first = request.GET.dict() | draft_of(request)
    form = ReferralForm(request.POST or None, case=case, actor=request.actor, initial=first)
    reading = _read(form, request) if form.is_valid() else None
    if reading and request.POST.get("shown") == mark_of(reading):
        with refusals_on(form):
            refer(case, form.letter(), at=request.now, by=request.actor)
            drop_draft(request.path, by=request.actor)
            return done(request, case.pk, "#referrals")
    shown = mark_of(reading) if reading else ""
    return page(request, "referrals/referral.html", case=case, form=form, reading=reading, shown=shown)


def letter(request: Request, referral_id: UUID) -> HttpResponse:
    """One referral, as both ends read it, with its stages."""
    return page(request, "referrals/letter.html", **_shown(request, _letter(request, referral_id)))


def acknowledgement(request: Request, referral_id: UUID) -> HttpResponse:
    """The receiver has read it."""
    return _answer(request, referral_id, acknowledge, AnswerForm, "Acknowledge")


def acceptance(request: Request, referral_id: UUID) -> HttpResponse:
    """The receiver will help."""
    return _answer(request, referral_id, accept, AnswerForm, "Accept")


def refusal(request: Request, referral_id: UUID) -> HttpResponse:
    """The receiver will not help."""
    return _answer(request, referral_id, decline, DeclineForm, "Decline")


def beginning(request: Request, referral_id: UUID) -> HttpResponse:
    """The receiver has begun to help."""
    return _answer(request, referral_id, start_help, AnswerForm, "Help started")


def on_hold(request: Request, referral_id: UUID) -> HttpResponse:
    """The receiver cannot go on for a while."""
    return _answer(request, referral_id, put_on_hold, OnHoldForm, "Put it on hold")


def need_met(request: Request, referral_id: UUID) -> HttpResponse:
    """The need was met, as the person or a second source says."""
    return _answer(request, referral_id, meet_need, NeedMetForm, "Need met", by=request.actor)


def need_not_met(request: Request, referral_id: UUID) -> HttpResponse:
    """The need was not met."""
    return _answer(request, referral_id, miss_need, NotMetForm, "Need not met")


def withdrawal(request: Request, referral_id: UUID) -> HttpResponse:
    """The sender takes the referral back."""
    found = _letter(request, referral_id)
    form = WithdrawalForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            withdraw(found, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, found.case_id, "#referrals")
    return page(request, "referrals/answer.html", form=form, does="Take it back", **_shown(request, found))


@require_POST
def thread(request: Request, referral_id: UUID) -> HttpResponse:
    """To the messages about a referral, from either end."""
    found = _letter(request, referral_id)
    opened = open_thread(found, at=request.now, by=request.actor)
    return see_other(request, url("messaging:thread", opened.pk))


def _answer(
    request: Request,
    referral_id: UUID,
    act: Callable[..., Any],
    form_of: type[AnswerForm],
    does: str,
    **more: Any,
) -> HttpResponse:
    found = _letter(request, referral_id)
    is_ours = found.from_agency_id == request.actor.agency_id
    form = form_of(request.POST or None, is_ours=is_ours, **more)
    if form.is_valid():
        with refusals_on(form):
            act(found, word=form.word(), at=form.at(request.now), by=request.actor)
            if is_ours:
                return done(request, found.case_id, "#referrals")
            return see_other(request, url("referrals:letters"))
    return page(request, "referrals/answer.html", form=form, does=does, **_shown(request, found))


def _letter(request: Request, referral_id: UUID) -> Referral:
    request.actor.must("cases.read")
    return see_shared(Referral, referral_id, by=request.actor, related=("from_agency", "to_agency"))


def _shown(request: Request, found: Referral) -> dict[str, Any]:
    reading = reading_of(found, from_name=found.from_agency.name, need=found.get_need_display())
    stages = list(found.stages.select_related("by", "by_agency").order_by("at", "recorded_at"))
    is_ours = found.from_agency_id == request.actor.agency_id
    return {"referral": found, "reading": reading, "stages": stages, "is_ours": is_ours}


def _read(form: ReferralForm, request: Request) -> dict[str, str]:
    letter = form.letter()
    return reading_of(letter, from_name=request.actor.agency.name, need=str(Domain(letter.need).label))
