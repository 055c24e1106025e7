"""What every answer tells the browser not to do, and whom we answer at all."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from breakwater.ui.views import not_from_here, wrong_verb

Answer = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'none'",
        "object-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

WITH_WORKER = CONTENT_SECURITY_POLICY.replace("worker-src 'none'", "worker-src 'self'")
"""Of the one page on which a browser is asked to be told of notes. Nowhere else, and least of all on the pages of the
person or of a device that somebody else holds, may anything stay in a browser that works by itself."""

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
_FORGET = '"cache"'
"""Not the cookies: the session's is taken away by name, and the page to sign in brings one for its form. Not what is
stored: that is only whether somebody can do without keys, and they still can."""
_VERBS = ("GET", "HEAD", "POST")
_EMBEDDED = ("embed", "frame", "iframe", "object")


class SecurityHeaders:
    """Puts the same protective headers on every answer; nothing but static files may be cached."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers on; whoever loses their session is told to forget all that they were shown."""
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        session = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if session is not None and session["max-age"] == 0:
            response.headers.setdefault("Clear-Site-Data", _FORGET)
        return response


class FromHere:
    """Answers three verbs, and nothing that the page of another site made a browser ask or send.

    The token in a form is one proof that a page of ours sent it. This is another, by what the browser itself says, and
    it needs no form: it also keeps others from loading our pages as their pictures, frames or scripts.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer what our own pages ask, and a link that somebody follows."""
        if request.method not in _VERBS:
            return wrong_verb(request, _VERBS)
        is_ours = _was_sent_from_here if request.method == "POST" else _was_asked_from_here_or_followed
        return self.get_response(request) if is_ours(request) else not_from_here(request)


def _was_sent_from_here(request: HttpRequest) -> bool:
    ours = f"{request.scheme}://{request.get_host()}"
    origin, site = request.headers.get("Origin", ours), request.headers.get("Sec-Fetch-Site", "same-origin")
    return origin == ours and site in ("same-origin", "none")


def _was_asked_from_here_or_followed(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none"):
        return True
    is_followed = request.headers.get("Sec-Fetch-Mode") == "navigate"
    return is_followed and request.headers.get("Sec-Fetch-Dest") not in _EMBEDDED
