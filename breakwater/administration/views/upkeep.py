from django.http import HttpResponse

from breakwater.administration.house import upkeep_of
from breakwater.trust.access import Request
from breakwater.ui.pages import page


def upkeep(request: Request) -> HttpResponse:
    """What was done lately so that others can rely on it: backup, anchor, clock."""
    request.actor.must("trust.administer")
    return page(request, "administration/upkeep.html", here="upkeep", **upkeep_of(request.now))
