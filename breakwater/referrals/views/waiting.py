"""Those who send somebody to wait: join a list, see the place in it, say it is still wanted, take or refuse, leave."""

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse

from breakwater.cases.views.act import done, seen
from breakwater.kernel.text import mark_of
from breakwater.referrals.actions.placement import Guest
from breakwater.referrals.actions.waiting import confirm_wait, join_list, leave_list, refuse_offer, take_offer
from breakwater.referrals.forms_of_rounds import TakingUpForm
from breakwater.referrals.forms_of_waiting import BecauseForm, WaitForm
from breakwater.referrals.library import WAITS
from breakwater.referrals.models import Hold, ListRule, Wait
from breakwater.referrals.rules import facts_in_words, why_this_place
from breakwater.resources.models import Bed, Program
from breakwater.trust.access import Request
from breakwater.trust.journal import must_have_said_why, see_shared
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

MOST = 60


def waiting(request: Request, case_id: UUID) -> HttpResponse:
    """Choose a list. What the house will read is shown first; only what was shown is sent."""
    case = seen(request, case_id)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Bed.Kind.values else ""
    form = WaitForm(request.POST or None, programs=_lists(request, kind))
    applicant = form.applicant() if form.is_valid() else None
    program = form.chosen_program()
    reading = facts_in_words(in_words(applicant.facts())) if applicant else []
    mark = mark_of({"facts": str(reading), "words": applicant.words, "to": str(program)}) if applicant else ""
    if applicant and program and request.POST.get("join") and request.POST.get("shown") == mark:
        with refusals_on(form):
            wait = join_list(case, program, applicant, at=request.now, by=request.actor)
            return see_other(request, url("referrals:wait", wait.pk))
    return page(
        request, "referrals/waiting.html", case=case, form=form, applicant=applicant, reading=reading, shown=mark,
        program=program, rule=_rule(program), grounds=WAITS.grounds, kinds=Bed.Kind.choices, kind=kind,
    )  # fmt: skip


def shown_wait(request: Request, wait_id: UUID) -> HttpResponse:
    """One entry of a list, from either end: where it stands and why, what was offered, who passed it over."""
    return _shown(request, _wait(request, wait_id), Form())


def still_wanted(request: Request, wait_id: UUID) -> HttpResponse:
    """They still want a bed."""
    found = _wait(request, wait_id)
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            confirm_wait(found, at=request.now, by=request.actor)
            return see_other(request, url("referrals:wait", wait_id))
    return _shown(request, found, form)


def leaving(request: Request, wait_id: UUID) -> HttpResponse:
    """They wait no longer."""
    found = _wait(request, wait_id)
    form = BecauseForm(request.POST or None, reasons=WAITS.leaves)
    if form.is_valid():
        with refusals_on(form):
            leave_list(found, **form.cleaned_data, at=request.now, by=request.actor)
            return done(request, found.case_id, "#placement")
    back = url("referrals:wait", wait_id)
    return page(request, "referrals/why.html", form=form, does="Take them off the list", back=back)


def taking(request: Request, hold_id: UUID) -> HttpResponse:
    """The bed that is offered becomes theirs."""
    hold, wait = offer_of(request, hold_id)
    is_ours = hold.from_agency_id == request.actor.agency_id
    form = TakingUpForm(request.POST or None, case=wait.case) if is_ours else Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            guest = form.guest() if isinstance(form, TakingUpForm) else Guest()
            take_offer(hold, guest=guest, at=request.now, by=request.actor)
            return done(request, wait.case_id, "#placement")
    return _shown(request, wait, form)


def refusing(request: Request, hold_id: UUID) -> HttpResponse:
    """The bed that is offered is not taken; they keep their place."""
    hold, wait = offer_of(request, hold_id)
    form = BecauseForm(request.POST or None, reasons=WAITS.declines)
    back = url("referrals:wait", wait.pk)
    if form.is_valid():
        with refusals_on(form):
            refuse_offer(hold, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "referrals/why.html", form=form, does="Do not take it", back=back)


def _wait(request: Request, wait_id: UUID) -> Wait:
    request.actor.must("cases.read")
    return see_shared(Wait, wait_id, by=request.actor, related=("from_agency", "to_agency", "program__place"))


def offer_of(request: Request, hold_id: UUID) -> tuple[Hold, Wait]:
    """An offer, and whose turn it is. A bed that was won in a round is none."""
    request.actor.must("cases.read")
    found = see_shared(
        Hold, hold_id, by=request.actor, related=("wait__case__person", "wait__program__place")
    )
    if found.wait is None:
        raise Http404
    must_have_said_why(found.wait.circle_id, by=request.actor)
    return found, found.wait


def _shown(request: Request, found: Wait, form: Form) -> HttpResponse:
    is_ours = found.from_agency_id == request.actor.agency_id
    here = Wait.objects.visible_to(request.actor).with_position().get(pk=found.pk)
    rule = _rule(found.program)
    first = rule.first if rule else ()
    why = why_this_place(found.facts.get("grounds", ()), first, WAITS.grounds)
    offers = list(found.offers.select_related("bed__place").order_by("-starts_at"))
    standing = next((one for one in offers if not one.ended_at and here.offered_until), None)
    reasons = {**WAITS.declines, **WAITS.leaves, **WAITS.removals, **WAITS.skips}
    return page(
        request, "referrals/wait.html", wait=found, position=here.position, offer=standing, offers=offers,
        skips=list(found.skips.order_by("-at")), is_ours=is_ours, reasons=reasons, form=form,
        is_old=not found.closed_at and found.is_old(request.now), taking=_taking(found, form, is_ours=is_ours),
        reading=facts_in_words(in_words(found.facts)), why=why,
        is_unanswered=not Wait.objects.filter(pk=found.pk).answering().exists(),
    )  # fmt: skip


def _taking(found: Wait, form: Form, *, is_ours: bool) -> Form | None:
    """What is asked when the bed is taken, for those who sent them."""
    if isinstance(form, TakingUpForm):
        return form
    return TakingUpForm(case=found.case) if is_ours else None


def _lists(request: Request, kind: str) -> list[Program]:
    lists = Program.objects.waited_for_by(request.actor.agency).select_related("place", "agency")
    return list((lists.of_kind(kind) if kind else lists).order_by("place__name", "kind")[:MOST])


def _rule(program: Program | None) -> ListRule | None:
    return ListRule.objects.filter(program=program).first() if program else None


def in_words(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts with the grounds by their names."""
    return facts | (
        {"grounds": [WAITS.grounds.get(one, one) for one in facts["grounds"]]} if "grounds" in facts else {}
    )
