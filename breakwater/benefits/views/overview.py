from django.http import HttpResponse

from breakwater.benefits.overview import calendar_of, losses_of
from breakwater.trust.access import Request
from breakwater.ui.pages import page

MOST = 200


def calendar(request: Request) -> HttpResponse:
    """What is due about benefits, in the cases the actor may see: hearings, papers, renewals, addresses."""
    request.actor.must("cases.read")
    is_mine = request.GET.get("which") == "mine"
    rows = calendar_of(request.actor, is_mine=is_mine, most=MOST)
    request.actor.saw("benefits.application", list(dict.fromkeys(row.application.pk for row in rows)))
    return page(request, "benefits/calendar.html", rows=rows, is_mine=is_mine, most=MOST)


def losses(request: Request) -> HttpResponse:
    """How many benefits were refused or stopped for paperwork, of all that were."""
    request.actor.must("cases.read")
    return page(request, "benefits/losses.html", **losses_of(request.actor))
