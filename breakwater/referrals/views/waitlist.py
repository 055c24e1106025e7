"""The house and its list: who waits, in which order and why; offer what is free, pass over, take off, say the rule."""

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse

from breakwater.referrals.actions.turns import (
    offer_free_beds,
    reopen_bed,
    say_rule,
    skip_turn,
    take_off,
    take_offer_back,
)
from breakwater.referrals.forms_of_rounds import ReleaseForm
from breakwater.referrals.forms_of_waiting import BecauseForm, ListRuleForm
from breakwater.referrals.library import WAITS
from breakwater.referrals.models import Hold, ListRule, Skip, Wait
from breakwater.referrals.rules import facts_in_words, why_this_place
from breakwater.referrals.views.waiting import in_words, offer_of
from breakwater.resources.models import Bed, OutOfService, Program
from breakwater.trust.access import Request
from breakwater.trust.journal import see_shared
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

MOST = 200


def waitlist(request: Request, program_id: UUID) -> HttpResponse:
    """Who waits, with the minimum facts and no name."""
    return _list(request, _program(request, program_id), Form())


def offering(request: Request, program_id: UUID) -> HttpResponse:
    """Offer what is free now to who is next, without waiting for the minute."""
    found = _program(request, program_id)
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            offer_free_beds(found, at=request.now, by=request.actor)
            return see_other(request, url("referrals:waitlist", program_id))
    return _list(request, found, form)


def reopening(request: Request, program_id: UUID) -> HttpResponse:
    """A bed can be used again."""
    found = _program(request, program_id)
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            reopen_bed(_bed(request, found), found, at=request.now, by=request.actor)
            return see_other(request, url("referrals:waitlist", program_id))
    return _list(request, found, form)


def ruling(request: Request, program_id: UUID) -> HttpResponse:
    """Say whom the list puts first, how long an offer stands, and whether it takes names."""
    found = _program(request, program_id)
    form = ListRuleForm(request.POST or None, rule=ListRule.objects.filter(program=found).first())
    back = url("referrals:waitlist", program_id)
    if form.is_valid():
        with refusals_on(form):
            say_rule(found, **form.said(), at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "referrals/why.html", form=form, does="Say how the list goes", back=back)


def skipping(request: Request, wait_id: UUID) -> HttpResponse:
    """Pass somebody over for a while, and say why."""
    return _why(request, wait_id, skip_turn, WAITS.skips, "Pass them over")


def removing(request: Request, wait_id: UUID) -> HttpResponse:
    """Take somebody off the list for good, and say why."""
    return _why(request, wait_id, take_off, WAITS.removals, "Take them off our list")


def taking_back(request: Request, hold_id: UUID) -> HttpResponse:
    """The bed that was offered cannot be kept."""
    hold, wait = offer_of(request, hold_id)
    form = ReleaseForm(request.POST or None)
    back = url("referrals:waitlist", wait.program_id)
    if form.is_valid():
        with refusals_on(form):
            take_offer_back(hold, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "referrals/why.html", form=form, does="We cannot keep this bed", back=back)


def _why(request: Request, wait_id: UUID, act: Any, reasons: Any, does: str) -> HttpResponse:
    request.actor.must("cases.read")
    found = see_shared(Wait, wait_id, by=request.actor, related=("program", "from_agency"))
    form = BecauseForm(request.POST or None, reasons=reasons)
    back = url("referrals:waitlist", found.program_id)
    if form.is_valid():
        with refusals_on(form):
            act(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "referrals/why.html", form=form, does=does, back=back)


def _program(request: Request, program_id: UUID) -> Program:
    request.actor.must("cases.read")
    ours = (
        Program.objects.running().with_beds().kept_by(request.actor.agency).select_related("place", "agency")
    )
    found: Program | None = ours.filter(pk=program_id).first()
    if found is None:
        raise Http404
    return found


def _list(request: Request, program: Program, form: Form) -> HttpResponse:
    rule = ListRule.objects.filter(program=program).first()
    return page(
        request, "referrals/waitlist.html", program=program, rows=_rows(request, program, rule), rule=rule, form=form,
        out=_out_of_use(request, program), grounds=WAITS.grounds, reasons=WAITS.skips,
    )  # fmt: skip


def _rows(request: Request, program: Program, rule: ListRule | None) -> list[dict[str, Any]]:
    """Who waits at our house, in order, each with why they stand there and what keeps them from an offer."""
    mine = Wait.objects.received_by(request.actor).filter(program=program)
    line = list(mine.in_line().select_related("from_agency")[:MOST])
    request.actor.saw("referrals.wait", [one.pk for one in line])
    offers = {one.wait_id: one for one in Hold.objects.standing().filter(wait__in=line).select_related("bed")}
    skips = {one.wait_id: one for one in Skip.objects.standing().filter(wait__in=line).order_by("at")}
    silent = {one.pk for one in mine.open().exclude(pk__in=mine.answering().values("pk"))}
    first = rule.first if rule else ()
    return [
        {
            "wait": one, "place": place, "reading": facts_in_words(in_words(one.facts)), "offer": offers.get(one.pk),
            "skip": skips.get(one.pk), "is_old": one.is_old(request.now), "is_silent": one.pk in silent,
            "why": why_this_place(one.facts.get("grounds", ()), first, WAITS.grounds),
        }
        for place, one in enumerate(line, start=1)
    ]  # fmt: skip


def _out_of_use(request: Request, program: Program) -> list[Bed]:
    out = OutOfService.objects.standing(request.now).values("bed")
    return list(Bed.objects.of(program).filter(pk__in=out).order_by("label"))


def _bed(request: Request, program: Program) -> Bed:
    """The bed that was pressed, among those of the program."""
    chosen = request.POST.get("bed", "")
    bed = next((one for one in Bed.objects.of(program) if str(one.pk) == chosen), None)
    if bed is None:
        raise Http404
    return bed
