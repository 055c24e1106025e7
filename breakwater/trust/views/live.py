from django.conf import settings
from django.http import HttpResponse

from breakwater.trust.access import Request
from breakwater.trust.live import Stream, viewer


def live(request: Request) -> HttpResponse:
    """A page that is open asks to be told when what it shows has changed."""
    return Stream(
        viewer(
            request.GET.get("page", ""),
            session=request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""),
            by=request.actor,
            told=request.headers.get("Last-Event-ID") or request.GET.get("told", ""),
        )
    )
