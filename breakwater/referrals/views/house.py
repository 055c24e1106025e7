"""The board of those who keep beds, made for a phone: what to answer, what is held, who is expected, how much room."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.forms import Form
from django.http import Http404, HttpResponse

from breakwater.referrals.actions.answering import accept_ask, decline_ask, free_for, put_question
from breakwater.referrals.actions.holds import take_back
from breakwater.referrals.forms_of_rounds import NoForm, QuestionForm, ReleaseForm
from breakwater.referrals.models import Ask, Hold, Placement, Round, Wait, won_rounds
from breakwater.referrals.rules import facts_in_words
from breakwater.referrals.suggesting import board_truth, figures_of
from breakwater.referrals.to_answer import waiting_for_us
from breakwater.resources.library import HALF_LIVES
from breakwater.resources.models import Bed, Program
from breakwater.trust.access import Request
from breakwater.trust.journal import must_have_said_why, see_shared
from breakwater.trust.live import listed, of_agency, watching
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, refusals_on, see_other

SHOWN = 50
LATELY = timedelta(hours=12)


def house(request: Request) -> HttpResponse:
    """Everything that those who keep beds must answer, on one page."""
    request.actor.must("cases.read")
    mine = Ask.objects.received_by(request.actor).select_related("from_agency", "program__place")
    over = list(mine.filter(stage=Ask.Stage.CALLED_OFF).lately_over(request.now - LATELY)[:10])
    holds = list(Hold.objects.standing().given_by(request.actor).select_related("bed", "from_agency")[:SHOWN])
    stays = list(
        Placement.objects.hosted_by(request.actor).expected().select_related("bed__place", "agency")[:SHOWN]
    )
    request.actor.saw("referrals.ask", [one.pk for one in over])
    request.actor.saw("referrals.placement", [one.pk for one in stays])
    rooms = _rooms(request)
    return page(
        request, "referrals/house.html", here="house", over=over, **waiting_for_us(request.actor),
        holds=holds, stays=stays, rooms=rooms, lists=_lists(request),
        live=watching(request, of_agency(request.actor), *(listed(one["program"].pk) for one in rooms)),
    )  # fmt: skip


def shown_ask(request: Request, ask_id: UUID) -> HttpResponse:
    """What we are asked, word for word, and what can be answered."""
    return _asked(request, _ask(request, ask_id), Form())


def yes(request: Request, ask_id: UUID) -> HttpResponse:
    """Say yes with one of the free beds."""
    found = _ask(request, ask_id)
    form = Form(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            accept_ask(found, _bed(request, found), at=request.now, by=request.actor)
            return see_other(request, f"{url('referrals:house')}#held")
    return _asked(request, found, form)


def no(request: Request, ask_id: UUID) -> HttpResponse:
    """Say no, and why."""
    found = _ask(request, ask_id)
    form = NoForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            decline_ask(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("referrals:house"))
    return page(request, "referrals/why.html", form=form, does="Say no", back=url("referrals:ask", ask_id))


def question(request: Request, ask_id: UUID) -> HttpResponse:
    """Ask something first."""
    found = _ask(request, ask_id)
    form = QuestionForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            put_question(found, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("referrals:ask", ask_id))
    return page(request, "referrals/why.html", form=form, does="Ask them", back=url("referrals:ask", ask_id))


def taking_back(request: Request, ask_id: UUID) -> HttpResponse:
    """We cannot keep the bed after all."""
    found = _ask(request, ask_id)
    form = ReleaseForm(request.POST or None)
    if form.is_valid() and (hold := Hold.objects.filter(ask=found).first()):
        with refusals_on(form):
            take_back(hold, **form.cleaned_data, at=request.now, by=request.actor)
            return see_other(request, url("referrals:house"))
    return page(request, "referrals/why.html", form=form, does="Take it back", back=url("referrals:house"))


def _ask(request: Request, ask_id: UUID) -> Ask:
    request.actor.must("cases.read")
    found = see_shared(Ask, ask_id, by=request.actor, related=("from_agency", "to_agency", "program__place"))
    if found.from_agency_id == request.actor.agency_id:
        for circle in Round.objects.filter(pk=found.round_id).values_list("circle", flat=True):
            must_have_said_why(circle, by=request.actor)
    return found


def _asked(request: Request, found: Ask, form: Form) -> HttpResponse:
    is_ours = found.to_agency_id == request.actor.agency_id
    is_won = Ask.objects.filter(pk=found.pk, round__in=won_rounds()).exists()
    beds = free_for(found, request.now) if is_ours and found.stage == Ask.Stage.WAITING else []
    return page(
        request, "referrals/ask.html", ask=found, form=form, beds=beds, is_ours=is_ours, is_won=is_won,
        reading=facts_in_words(found.facts), questions=list(found.questions.order_by("at")),
    )  # fmt: skip


def _bed(request: Request, found: Ask) -> Bed:
    """The bed that was pressed, among those that can be offered or were a moment ago."""
    try:
        chosen = UUID(request.POST.get("bed", ""))
    except ValueError:
        raise Http404 from None
    bed: Bed | None = Bed.objects.of(found.program).filter(pk=chosen).first()
    if bed is None:
        raise Http404
    return bed


def _lists(request: Request) -> list[dict[str, Any]]:
    """Our waiting lists that somebody stands on, and how many do."""
    waits = Wait.objects.open().received_by(request.actor).order_by()
    many = dict(waits.values_list("program").annotate(many=Count("pk")).values_list("program", "many"))
    kept = Program.objects.filter(pk__in=many).select_related("place").order_by("place__name", "kind")
    return [{"program": one, "many": many[one.pk]} for one in kept]


def _rooms(request: Request) -> list[dict[str, Any]]:
    """Our programs with their figures, those that are asked for first."""
    kept = list(Program.objects.running().kept_by(request.actor.agency).select_related("place")[:SHOWN])
    figures, truth = figures_of([one.pk for one in kept], at=request.now), board_truth(request.now)
    made = [
        {
            "program": one,
            "told": figures.get(one.pk),
            "truth": truth.get(one.pk),
            "half_life": HALF_LIVES[one.kind],
        }
        for one in kept
    ]
    made.sort(key=lambda row: (row["told"].trust if row["told"] else 0.0, str(row["program"])))
    return made
