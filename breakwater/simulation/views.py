"""What the county was used to find out, as a page, beside what one's own agency did. It holds nothing about anybody."""

from functools import cache

from django.http import HttpResponse

from breakwater.referrals.looking import looked_for_beds
from breakwater.simulation.comparing.assumptions import ASSUMPTIONS
from breakwater.simulation.comparing.kept import Compared, by_measure, read
from breakwater.simulation.comparing.picture import HEIGHT, WIDTH, Picture, picture
from breakwater.simulation.comparing.ways import WAYS
from breakwater.trust.access import Request
from breakwater.ui.pages import page


def comparison(request: Request) -> HttpResponse:
    """Calls, minutes and truth by phone, by a plain board and by ours, as figures grow stale: a simulation."""
    request.actor.must("resources.read")
    return page(
        request, "simulation/comparison.html", ways=WAYS, shown=_shown(), assumed=ASSUMPTIONS, size=(WIDTH, HEIGHT),
        looked=looked_for_beds(request.actor, at=request.now),
    )  # fmt: skip


@cache
def _shown() -> list[tuple[Compared, Picture]]:
    return [(one, picture(one)) for one in by_measure(read())]
