"""What programs ask every site for: whether they may collect it, and whom to tell about a weakness."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse

from breakwater.trust.access import Request
from breakwater.trust.middleware import public

_HOLDS_FOR = timedelta(days=180)


@public
def robots(request: Request) -> HttpResponse:
    """Nothing here is for those who collect pages."""
    return _words("User-agent: *\nDisallow: /\n")


@public
def security(request: Request) -> HttpResponse:
    """Whom to tell about a weakness of this installation (RFC 9116); nothing when nobody was named."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    until = (request.now + _HOLDS_FOR).strftime("%Y-%m-%dT00:00:00Z")
    return _words(f"Contact: {settings.SECURITY_CONTACT}\nExpires: {until}\nPreferred-Languages: en\n")


def _words(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
