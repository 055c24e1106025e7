from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from breakwater.attachments.shown import files_on
from breakwater.cases.actions.intake import Story
from breakwater.cases.forms import IntakeForm
from breakwater.cases.models import Case
from breakwater.cases.views.act import done, seen
from breakwater.kernel.text import mark_of
from breakwater.referrals.actions.handoff import (
    accept_case,
    confirm_contact,
    decline_case,
    offer_case,
    read_to_offer,
    take_over,
    withdraw_offer,
)
from breakwater.referrals.actions.meeting import note_meeting
from breakwater.referrals.actions.taking_over import take_over_into
from breakwater.referrals.filed import with_files
from breakwater.referrals.forms import (
    AnswerForm,
    FirstContactForm,
    HandoffDeclineForm,
    WithdrawalForm,
)
from breakwater.referrals.forms_of_hand_offs import HandoffForm
from breakwater.referrals.forms_of_meetings import MeetingForm
from breakwater.referrals.models import Handoff, Meeting, our_cases
from breakwater.referrals.packet import packet_of
from breakwater.referrals.papers import meetings_on_paper, packet_on_paper, title_of
from breakwater.referrals.rules import intake_from, read_by
from breakwater.trust.access import Actor, Request
from breakwater.trust.actions.drafts import drop_draft
from breakwater.trust.drafts import draft_of, keep_drafts
from breakwater.trust.journal import see_shared
from breakwater.trust.pace import paced
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other
from breakwater.ui.paper import paper, wanted


@keep_drafts
def handoff(request: Request, case_id: UUID) -> HttpResponse:
    """Offer a case. The very packet is shown first; only what was shown is offered."""
    case = seen(request, case_id)
    chosen = {name: value for name, value in request.GET.items() if name == "service"}
    form = HandoffForm(
        request.POST or None, case=case, actor=request.actor, initial=draft_of(request) | chosen
    )
    packet = _packet(request, case, form) if form.is_valid() else None
    shown = mark_of({"to": str(form.receiver()), "packet": packet}) if packet else ""
    if packet and request.POST.get("shown") == shown:
        with refusals_on(form):
            offer_case(case, to=form.receiver(), packet=packet, at=request.now, by=request.actor)
            drop_draft(request.path, by=request.actor)
            return done(request, case.pk, "#handoff")
    return page(request, "referrals/handoff.html", case=case, form=form, packet=packet, shown=shown)


def packet(request: Request, handoff_id: UUID) -> HttpResponse:
    """One hand-off, as both ends see it, with its stages."""
    return page(request, "referrals/packet.html", **_shown(request, _handoff(request, handoff_id)))


@require_safe
@paced("paper")
def packet_pdf(request: Request, handoff_id: UUID) -> HttpResponse:
    """The packet as a PDF, with what the law sends along."""
    found, how = _handoff(request, handoff_id), wanted(request)
    met = meetings_on_paper(Meeting.objects.of_hand_off(found.pk), how.language, by=request.actor)
    blocks = [*packet_on_paper(found.packet, how.language), *met]
    return paper(request, title_of(how.language), blocks, how=how, says_who=True)


def acceptance(request: Request, handoff_id: UUID) -> HttpResponse:
    """The receiver will take the case over."""
    return _answer(request, handoff_id, accept_case, AnswerForm, "Accept this case")


def refusal(request: Request, handoff_id: UUID) -> HttpResponse:
    """The receiver will not take the case over."""
    return _answer(request, handoff_id, decline_case, HandoffDeclineForm, "Decline this case")


def first_contact(request: Request, handoff_id: UUID) -> HttpResponse:
    """The receiver has reached the person."""
    return _answer(request, handoff_id, confirm_contact, FirstContactForm, "First contact confirmed")


def meeting(request: Request, handoff_id: UUID) -> HttpResponse:
    """A call with three or a visit together, written down at either end."""
    found = _handoff(request, handoff_id)
    is_ours = found.from_agency_id == request.actor.agency_id
    form = MeetingForm(request.POST or None, is_ours=is_ours, name=request.actor.name)
    if form.is_valid():
        with refusals_on(form):
            told, held_at = form.told(), form.held_at(request.now)
            note_meeting(found, told, held_at=held_at, at=request.now, by=request.actor)
            return see_other(request, f"{url('referrals:packet', found.pk)}#meetings")
    return page(request, "referrals/meeting.html", form=form, **_shown(request, found))


def withdrawal(request: Request, handoff_id: UUID) -> HttpResponse:
    """The sender keeps the case after all."""
    found = _handoff(request, handoff_id)
    form = WithdrawalForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            withdraw_offer(found, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, found.case_id, "#handoff")
    return page(
        request, "referrals/handoff_answer.html", form=form, does="Keep this case", **_shown(request, found)
    )


@paced("search")
@keep_drafts
def taking_over(request: Request, handoff_id: UUID) -> HttpResponse:
    """The receiver opens its own case from the packet, or takes it over into the one it has open for them."""
    found = _handoff(request, handoff_id)
    request.actor.must("cases.take_in")
    first = intake_from(found.packet) | ({} if request.POST else draft_of(request))
    form = IntakeForm(request.POST or None, by=request.actor, is_offered=True, initial=first)
    looks = "look" in request.POST
    if not looks and form.is_valid():
        with refusals_on(form):
            begun = drop_draft(request.path, by=request.actor)
            case = _taken_over(form, form.story(begun), found, at=request.now, by=request.actor)
            return done(request, case.pk)
    return page(request, "referrals/taking_over.html", form=form, looks=looks, **_shown(request, found))


def _taken_over(form: IntakeForm, story: Story, found: Handoff, *, at: datetime, by: Actor) -> Case:
    """Our case: the one that was open, or one that was opened from the packet."""
    known = form.known()
    if form.earlier:
        return take_over_into(found, form.earlier, story, at=at, by=by, **known)
    return take_over(found, story, person=form.cleaned_data["person"], at=at, by=by, **known)


def _answer(
    request: Request, handoff_id: UUID, act: Callable[..., Any], form_of: type[AnswerForm], does: str
) -> HttpResponse:
    found = _handoff(request, handoff_id)
    is_ours = found.from_agency_id == request.actor.agency_id
    form = form_of(request.POST or None, is_ours=is_ours)
    if form.is_valid():
        with refusals_on(form):
            act(found, word=form.word(), at=form.at(request.now), by=request.actor)
            if is_ours:
                return done(request, found.case_id, "#handoff")
            goes_on = act is accept_case and request.actor.may("cases.take_in")
            return see_other(
                request, url("referrals:taking_over" if goes_on else "referrals:packet", found.pk)
            )
    return page(request, "referrals/handoff_answer.html", form=form, does=does, **_shown(request, found))


def _handoff(request: Request, handoff_id: UUID) -> Handoff:
    request.actor.must("cases.read")
    return see_shared(Handoff, handoff_id, by=request.actor, related=("from_agency", "to_agency"))


def _packet(request: Request, case: Case, form: HandoffForm) -> dict[str, Any]:
    """What was chosen, as whoever is asked would read it now."""
    to, by = form.receiver(), request.actor

    def tells() -> dict[str, Any]:
        chosen = packet_of(case, **form.chosen(), by=by)
        return with_files(chosen, case, form.files_chosen(), is_named=to.agency is not None, by=by)

    return read_to_offer(case, tells, to=to, at=request.now, by=by)


def _shown(request: Request, found: Handoff) -> dict[str, Any]:
    stages = list(found.stages.select_related("by", "by_agency").order_by("at", "recorded_at"))
    is_ours = found.from_agency_id == request.actor.agency_id
    ours = None if is_ours else our_cases([found.pk], by=request.actor).get(found.pk)
    met = list(Meeting.objects.of_hand_off(found.pk))
    attached = files_on([found.pk], by=request.actor).get(found.pk, []) if found.packet.get("files") else []
    known = {
        "handoff": found,
        "packet": found.packet,
        "stages": stages,
        "meetings": met,
        "attachments": attached,
        "reader": read_by(found.to_name, found.to_agency),
    }
    return known | {"is_ours": is_ours, "our_case": ours}
