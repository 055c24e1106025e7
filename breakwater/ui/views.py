import sys
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from breakwater.kernel.patience import Bound, ended_by
from breakwater.ui.forms import PatternForm, filled, overtaken, refused
from breakwater.ui.pages import page, send_again

_WILL_PASS = {
    None: "The database was away for a moment.",
    Bound.LOCK: "Somebody else was saving at the same place, and it took too long to wait for them.",
    Bound.STATEMENT: "This took longer than a page may take, so it was stopped.",
    Bound.IDLE: "This took longer than a page may take, so it was stopped.",
    Bound.DISK: "The disk of this server is full, so nothing can be saved now.",
}


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


def files_too_large(request: HttpRequest, exception: Exception) -> HttpResponse:
    """More than the files that one message takes."""
    return _plain(
        413,
        "Too large",
        "These files are too large together, so they were not read and nothing was sent. Go back: what you typed is"
        " still on the page. Take photos smaller, or send them with several messages.",
    )


def busy_with_files(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Others send files at this moment, or these took too long."""
    return _plain(
        503,
        "Not now",
        "The files could not be taken just now, so nothing was sent. Go back: what you typed is still on the page. Send"
        " it again in a minute.",
    )


def wrong_verb(request: HttpRequest, verbs: Iterable[str]) -> HttpResponse:
    """Nothing here is asked for in this way."""
    answer = _plain(
        405, "Not understood", "Pages here are opened, and forms are sent. Nothing else is answered."
    )
    answer["Allow"] = ", ".join(verbs)
    return answer


def not_from_here(request: HttpRequest) -> HttpResponse:
    """A page of another site made the browser ask or send this."""
    return _plain(
        403,
        "Not from here",
        "This did not come from a page of ours, so nothing was shown and nothing was saved.",
    )


def too_long(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nobody knows what became of it: PostgreSQL says nothing, or everybody waits. Who only looked has lost nothing."""
    if request.method in ("GET", "HEAD"):
        return _plain(
            503,
            "Not now",
            "This took too long to answer. Nothing was to be saved. Wait a moment and open the page again.",
            again=_here(request),
        )
    return _plain(
        503,
        "Not now",
        "This took too long to answer, and we do not know whether it was saved. Go back: what you typed is still on the"
        " page. Send it again in a minute: it counts once.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Something broke, took too long, or the database was away. What was typed may be sent again, and counts once."""
    error = sys.exc_info()[1]
    bound = ended_by(error)
    will_pass = bound is not None or isinstance(error, OperationalError | InterfaceError)
    status, why = 503 if will_pass else 500, _WILL_PASS[bound] if will_pass else "Something of ours broke."
    if _was_to_be_saved(request):
        sentence = f"{why} Nothing was saved, as far as we know. Send it again: it counts once."
        answer = send_again(request, sentence, status=status, same_key=True)
    else:
        sentence = f"{why} Wait a moment and open the page again."
        answer = _plain(status, "Something broke", sentence, again=_here(request))
    if will_pass:
        answer["Retry-After"] = "5"
    return answer


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The forgery check failed. What a page of ours sent may be sent again with a fresh token; a stranger's may not."""
    if _comes_from_us(request) and request.POST:
        return send_again(
            request, "This page was opened too long ago. Send it again.", status=403, same_key=True
        )
    return _plain(
        403,
        "This page is too old",
        "This page was opened too long ago. Reload it and press the button again.",
    )


def _was_to_be_saved(request: HttpRequest) -> bool:
    """Whether a form was sent for good, and not only to look for something."""
    match = request.resolver_match
    only_looks = match is not None and getattr(match.func, "needs_no_receipt", False)
    return request.method == "POST" and bool(request.POST) and not only_looks


def _comes_from_us(request: HttpRequest) -> bool:
    """Whether the browser itself says that a page of ours sent this."""
    ours = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("Origin") == ours


def _here(request: HttpRequest) -> str:
    """Where the browser is, as an address that never leads to another site, however many slashes it begins with."""
    return "/" + request.get_full_path().lstrip("/\\")


def _plain(status: int, title: str, sentence: str, *, again: str = "") -> HttpResponse:
    """A page that needs nothing but itself; ``again`` is the address to open once more."""
    body = _drawn(title, sentence, again) if again else _drawn_once(title, sentence, get_language())
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})


@lru_cache(maxsize=64)
def _drawn_once(title: str, sentence: str, language: str | None) -> bytes:
    """What says the same to everybody who reads a language is drawn once: it follows every page that is not theirs."""
    return _drawn(title, sentence, "")


def _drawn(title: str, sentence: str, again: str) -> bytes:
    shown = {"title": title, "sentence": sentence, "again": again, "actor": None, "now": None}
    return render_to_string("ui/plain.html", shown).encode()
