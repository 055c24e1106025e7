"""Those who look for a bed: ask many places, see who answered, reply, take up what is held."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse

from breakwater.cases.views.act import done, seen
from breakwater.kernel.text import mark_of
from breakwater.referrals.actions.asking import Wish, ask_many, call_off, reply
from breakwater.referrals.actions.holds import give_back, take_up, take_up_outside
from breakwater.referrals.actions.outside import hear_no, hear_yes
from breakwater.referrals.forms_of_rounds import (
    OutsideForm,
    OutsideNoForm,
    ReleaseForm,
    ReplyForm,
    TakingUpForm,
    WishForm,
)
from breakwater.referrals.library import ROUNDS
from breakwater.referrals.models import Ask, Hold, Question, Round, houses_to_call
from breakwater.referrals.rules import facts_in_words
from breakwater.referrals.suggesting import suggest
from breakwater.resources.models import Bed, Program
from breakwater.trust.access import Request
from breakwater.trust.journal import must_have_said_why, see, see_shared
from breakwater.trust.live import in_circle, of_agency, watching
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

PRESELECTED = 8


def asking(request: Request, case_id: UUID) -> HttpResponse:
    """Choose whom to ask for a bed. What they will read is shown first; only what was shown is sent."""
    case = seen(request, case_id)
    form = WishForm(request.POST or None)
    wish = form.wish() if form.is_valid() else None
    reading = facts_in_words(wish.wants.facts()) if wish else []
    mark = mark_of({"facts": str(reading), "words": wish.words, "kind": str(wish.kinds)}) if wish else ""
    chosen = request.POST.getlist("programs")
    if wish and request.POST.get("ask") and request.POST.get("shown") == mark:
        with refusals_on(form):
            opened = ask_many(case, wish, _programs(chosen, request), at=request.now, by=request.actor)
            return see_other(request, url("referrals:round", opened.pk))
    return page(
        request, "referrals/asking.html", case=case, form=form, wish=wish, reading=reading, shown=mark,
        chosen=chosen, kinds=[Bed.Kind(one).label for one in wish.kinds] if wish else [], **_whom(request, wish),
    )  # fmt: skip


def shown_round(request: Request, round_id: UUID) -> HttpResponse:
    """One round: who answered what, what is asked back, and the bed that is held."""
    found = _round(request, round_id)
    return page(request, "referrals/round.html", form=TakingUpForm(case=found.case), **_state(found, request))


def calling_off(request: Request, round_id: UUID) -> HttpResponse:
    """Nobody is asked any more."""
    found = _round(request, round_id)
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            call_off(found, at=request.now, by=request.actor)
            return done(request, found.case_id, "#placement")
    return page(request, "referrals/round.html", form=form, **_state(found, request))


def taking_up(request: Request, round_id: UUID) -> HttpResponse:
    """The bed that is held becomes theirs."""
    found = _round(request, round_id)
    form = TakingUpForm(request.POST or None, case=found.case)
    if form.is_valid() and (hold := _hold(found)):
        with refusals_on(form):
            take = take_up if hold.bed_id else take_up_outside
            take(hold, guest=form.guest(), at=request.now, by=request.actor)
            return done(request, found.case_id, "#placement")
    return page(request, "referrals/round.html", form=form, **_state(found, request))


def giving_back(request: Request, round_id: UUID) -> HttpResponse:
    """The bed that is held is not needed."""
    found = _round(request, round_id)
    form = ReleaseForm(request.POST or None)
    if form.is_valid() and (hold := _hold(found)):
        with refusals_on(form):
            give_back(hold, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("referrals:round", round_id))
    return page(
        request, "referrals/why.html", form=form, does="Give it back", back=url("referrals:round", round_id)
    )


def replying(request: Request, question_id: UUID) -> HttpResponse:
    """Reply to what a place asks."""
    request.actor.must("cases.read")
    found = see_shared(Question, question_id, by=request.actor, related=("ask",))
    for circle in Round.objects.filter(pk=found.ask.round_id).values_list("circle", flat=True):
        must_have_said_why(circle, by=request.actor)
    form = ReplyForm(request.POST or None)
    back = url("referrals:round", found.ask.round_id)
    if form.is_valid():
        with refusals_on(form):
            reply(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "referrals/why.html", form=form, does="Reply", question=found, back=back)


def their_yes(request: Request, ask_id: UUID) -> HttpResponse:
    """A place without accounts said yes by phone."""
    return _told(request, ask_id, OutsideForm(request.POST or None), hear_yes, "They keep a place")


def their_no(request: Request, ask_id: UUID) -> HttpResponse:
    """A place without accounts said no by phone."""
    return _told(request, ask_id, OutsideNoForm(request.POST or None), hear_no, "They cannot")


def _told(
    request: Request, ask_id: UUID, form: OutsideForm, act: Callable[..., object], does: str
) -> HttpResponse:
    found = our_ask(request, ask_id)
    back = url("referrals:round", found.round_id)
    if form.is_valid():
        with refusals_on(form):
            act(found, form.heard(found.name), at=request.now, by=request.actor)
            return see_other(request, back)
    return page(request, "referrals/why.html", form=form, does=does, back=back)


def our_ask(request: Request, ask_id: UUID) -> Ask:
    """What we asked one place: whoever was asked finds nothing here."""
    request.actor.must("cases.read")
    asked = Ask.objects.sent_by(request.actor).filter(pk=ask_id)
    found: Ask | None = asked.select_related(
        "round__circle", "program__place", "program__service", "to_agency"
    ).first()
    if found is None:
        raise Http404
    must_have_said_why(found.round.circle_id, by=request.actor)
    request.actor.saw("referrals.ask", [found.pk])
    return found


def _round(request: Request, round_id: UUID) -> Round:
    request.actor.must("cases.read")
    return see(Round, round_id, by=request.actor, related=("case__person", "agency"))


def _hold(found: Round) -> Hold | None:
    hold: Hold | None = found.holds.select_related("bed__place", "to_agency", "ask__program__place").first()
    return hold


def _state(found: Round, request: Request) -> dict[str, Any]:
    asks = list(
        found.asks.select_related("program__place", "to_agency")
        .prefetch_related("questions")
        .order_by("over_at", "pk")
    )
    request.actor.saw("referrals.ask", [one.pk for one in asks])
    hold = _hold(found)
    stands = bool(hold and Hold.objects.standing().filter(pk=hold.pk).exists())
    reasons = {code: one.label for code, one in ROUNDS.reasons.items()}
    return {
        "round": found,
        "case": found.case,
        "asks": asks,
        "hold": hold,
        "stands": stands,
        "reasons": reasons,
        "live": watching(request, of_agency(request.actor), in_circle("needs", found.circle_id)),
    }


def _whom(request: Request, wish: Wish | None) -> dict[str, Any]:
    agency = request.actor.agency
    found = suggest(wish.kind, wish.wants, at=request.now, agency=agency, also=wish.also) if wish else []
    first = {
        str(one.program_id) for one in found[:PRESELECTED] if one.fit.verdict != "no" and one.program.agency
    }
    houses = houses_to_call(request.now, besides=request.actor.agency)
    return {"suggestions": found, "first": first, "houses": houses, "hold_for": ROUNDS.hold_for}


def _programs(chosen: list[str], request: Request) -> list[Program]:
    ids = [one for one in chosen if _is_id(one)]
    return list(Program.objects.askable_by(request.actor.agency).filter(pk__in=ids).select_related("agency"))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
