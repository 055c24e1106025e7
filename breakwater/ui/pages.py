"""How a view answers: with a page, or by going on."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from breakwater.kernel.errors import NotPermitted, Refused, Stale

_KEYS = ("csrfmiddlewaretoken", "idempotency_key")
SECRETS = frozenset(
    {"password", "new_password", "new_password_again", "one_time_code", "passkey", "step", "second", "sealed"}
)
"""Fields that are never shown again nor kept, and with them nothing of the form that they stand in."""
APART = frozenset({"word"})
"""Fields that are never shown again nor kept, while the rest of their form is."""
_MARK = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,}")

_SAFE = ("GET", "HEAD", "OPTIONS")


def page(request: HttpRequest, template: str, *, status: int | None = None, **context: Any) -> HttpResponse:
    """Render a page or a fragment.

    Shown in answer to an unsafe request it means that the act did not happen: status 422, and nothing is kept.
    """
    actor = getattr(request, "actor", None)
    body = render_to_string(
        template, {"actor": actor, "now": getattr(request, "now", None), **context}, request=request
    )
    if status is None:
        status = 200 if request.method in _SAFE else 422
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})


def send_again(request: HttpRequest, sentence: str, *, status: int, same_key: bool = False) -> HttpResponse:
    """It was not saved: say why, show what was typed, and let it be sent again as it is. Nothing typed is lost.

    Args:
        request: what was sent.
        sentence: why it was not saved, and what to do.
        status: of the answer.
        same_key: it may have been saved after all, and must not be saved twice.
    """
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in (*_KEYS, *APART)}
    if not typed or SECRETS & typed.keys():
        return page(request, "ui/refused.html", status=status, sentence=sentence)
    key = request.POST.get("idempotency_key", "") if same_key else ""
    again = {
        "sentence": sentence, "typed": typed, "said": as_read(typed), "key": key, "to": "",
        "had_files": bool(request.FILES),
    }  # fmt: skip
    return page(request, "ui/again.html", status=status, **again)


def as_read(typed: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What was typed as somebody reads it: without the marks by which a page knows things, and codes as words."""
    said = {}
    for name, values in typed.items():
        read = [_spelled(one) for one in values if one.strip() and not _MARK.fullmatch(one)]
        if read:
            said[name] = read
    return said


def _spelled(typed: str) -> str:
    """A code as words."""
    parts = typed.split("_")
    is_code = all(one.isascii() and one.isalnum() and one == one.lower() for one in parts)
    return " ".join(parts) if is_code else typed


def see_other(request: HttpRequest, url: str) -> HttpResponse:
    """The act is done: go on to another page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=200, headers={"HX-Redirect": url, "Cache-Control": "no-store"})
    return HttpResponse(status=303, headers={"Location": url, "Cache-Control": "no-store"})


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """Show a refusal on the form it came from, at the field it is about where it says so.

    A stale edit also brings the other text along, as ``form.stale``.
    """
    try:
        yield
    except NotPermitted:
        raise
    except Refused as refusal:
        for field, sentence in (refusal.fields or {"": refusal.sentence}).items():
            form.add_error(field if field in form.fields else None, sentence)
        if isinstance(refusal, Stale):
            form.stale = refusal  # type: ignore[attr-defined]  # read by the component that shows both texts
