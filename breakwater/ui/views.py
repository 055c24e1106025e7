from datetime import timedelta

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from breakwater.ui.forms import PatternForm, filled, overtaken, refused
from breakwater.ui.pages import page


def patterns(request: HttpRequest) -> HttpResponse:
    """Every component in every state: what screenshots are taken of."""
    now = request.now  # type: ignore[attr-defined]  # set at the door, a floor above
    shown = [
        ("Fields, empty", PatternForm(auto_id="empty_%s")),
        ("Fields, filled in", filled()),
        ("Fields, refused", refused()),
        ("Fields, overtaken", overtaken(now - timedelta(minutes=2))),
    ]
    return page(request, "ui/patterns.html", timedelta=timedelta, forms=shown)


def keys(request: HttpRequest) -> HttpResponse:
    """What the keyboard does."""
    return page(request, "ui/keys.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same bytes for what does not exist and for what is not this reader's to see."""
    return _plain(404, "Nothing here", "There is nothing at this address, or it is not yours to see.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Never for this actor."""
    return _plain(403, "Not allowed", "Your role does not allow this.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request made no sense, or brought more than any form of ours holds."""
    if isinstance(exception, RequestDataTooBig):
        return _plain(
            413,
            "Too much at once",
            "This was more text than a form can take, so it was not read and nothing was saved. Go back: what you"
            " typed is still on the page. Shorten it, or save it in parts.",
        )
    return _plain(400, "Not understood", "The request could not be read. Go back and try once more.")


def broken(request: HttpRequest) -> HttpResponse:
    """Something of ours broke; nothing was saved."""
    return _plain(
        500,
        "Something broke",
        "Something of ours broke. Nothing was saved; what you typed is kept as a draft.",
    )


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The forgery check failed."""
    return _plain(
        403,
        "This page is too old",
        "This page was opened too long ago. Reload it and press the button again.",
    )


def _plain(status: int, title: str, sentence: str) -> HttpResponse:
    body = render_to_string(
        "ui/plain.html", {"title": title, "sentence": sentence, "actor": None, "now": None}
    )
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})
