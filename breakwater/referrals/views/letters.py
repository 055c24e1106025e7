from datetime import timedelta
from typing import Any

from django.http import HttpResponse

from breakwater.cases.models import Case
from breakwater.clocks.models import Clock
from breakwater.referrals.actions.letters import QUESTION
from breakwater.referrals.actions.rounds import QUESTION as ROUND_QUESTION
from breakwater.referrals.completing import handed_over
from breakwater.referrals.models import Ask, Handoff, Placement, Referral, oldest_due_first, our_cases
from breakwater.referrals.to_answer import how_many, waiting_for_us
from breakwater.referrals.usual import told_of_danger
from breakwater.trust.access import Request
from breakwater.trust.live import of_agency, watching
from breakwater.ui.pages import page
from breakwater.ui.paging import around, page_asked

PER_PAGE = 50
LATELY, CLOSED = timedelta(days=7), 20


def inbox(request: Request) -> HttpResponse:
    """What others ask of our agency, the oldest due first."""
    request.actor.must("cases.read")
    asked = (model.objects.received_by(request.actor).waiting() for model in (Handoff, Referral))
    rows = _rows(request, [one.select_related("from_agency") for one in asked])
    ours = our_cases([one.pk for one in rows["rows"]], by=request.actor)
    opened = {handoff_id: case.pk for handoff_id, case in ours.items()}
    return page(
        request, "referrals/inbox.html", here="inbox", opened=opened, told_of_danger=told_of_danger,
        **waiting_for_us(request.actor), **rows, live=watching(request, of_agency(request.actor)),
    )  # fmt: skip


def outbox(request: Request) -> HttpResponse:
    """What our agency asks of others: what is due next, and what came back lately."""
    request.actor.must("cases.read")
    mine = [
        model.objects.sent_by(request.actor).select_related("case__person") for model in (Handoff, Referral)
    ]
    rows = _rows(request, [one.waiting() for one in mine])
    closed = [letter for one in mine for letter in one.lately_closed(request.now - LATELY)[:CLOSED]]
    closed.sort(key=lambda letter: letter.closed_at or request.now, reverse=True)
    request.actor.saw("referrals.letter", [letter.pk for letter in closed])
    return page(
        request, "referrals/outbox.html", here="outbox", closed=closed, is_cut=len(closed) >= CLOSED,
        handed_over=handed_over(request.actor, at=request.now), owed=_owed(request), **rows,
    )  # fmt: skip


def beds(request: Request) -> HttpResponse:
    """Who is expected at the beds we keep, and who is there."""
    request.actor.must("cases.read")
    held = Placement.objects.hosted_by(request.actor).standing().select_related("bed__place", "agency")
    number = page_asked(request)
    found = list(held.order_by("due_at", "starts_at", "pk")[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    rows = found[:PER_PAGE]
    request.actor.saw("referrals.placement", [placement.pk for placement in rows])
    pages = around(number, more=len(found) > PER_PAGE)
    return page(
        request, "referrals/beds.html", here="beds", rows=rows, to_answer=how_many(request.actor), **pages
    )


def _owed(request: Request) -> list[dict[str, Any]]:
    """What those whom we asked want to know before they answer, what is due next first."""
    running = Clock.objects.visible_to(request.actor).running().of_agency(request.actor.agency)
    clocks = list(running.filter(kind__in=(ROUND_QUESTION, QUESTION)).order_by("due_at", "pk")[:PER_PAGE])
    cases = (
        Case.objects.visible_to(request.actor)
        .select_related("person")
        .in_bulk([one.episode for one in clocks])
    )
    about = [one.about for one in clocks]
    asks = Ask.objects.sent_by(request.actor).in_bulk(about)
    offers = set(Handoff.objects.sent_by(request.actor).filter(pk__in=about).values_list("pk", flat=True))
    request.actor.saw("cases.case", list(cases))
    return [
        {
            "clock": one, "case": cases[one.episode], "is_hand_off": one.about in offers,
            "round_id": asks[one.about].round_id if one.about in asks else None,
        }
        for one in clocks if one.episode in cases
    ]  # fmt: skip


def _rows(request: Request, letters: list[Any]) -> dict[str, Any]:
    number = page_asked(request)
    found = oldest_due_first(*letters, skip=(number - 1) * PER_PAGE, most=PER_PAGE + 1)
    request.actor.saw("referrals.letter", [letter.pk for letter in found[:PER_PAGE]])
    return {"rows": found[:PER_PAGE], **around(number, more=len(found) > PER_PAGE)}
