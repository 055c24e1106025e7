from django.conf import settings
from django.http import HttpResponse

from breakwater.trust.access import Request
from breakwater.trust.live import Stream, viewer


def live(request: Request) -> HttpResponse:
    """A page that is open asks to be told when what it shows has changed. Whoever watches nothing is told nothing."""
    if not (word := request.GET.get("page")):
        return HttpResponse("No page is watched here.", content_type="text/plain; charset=utf-8")
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    told = request.headers.get("Last-Event-ID") or request.GET.get("told", "")
    return Stream(viewer(word, session=session, by=request.actor, told=told))
