"""Whoever is turned away at the door for now: where they go first, and how what they had typed comes along."""

import logging
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from breakwater.trust import receipts
from breakwater.trust.access import AtTheDoor
from breakwater.trust.journal import AsksWhy
from breakwater.ui.pages import see_other, send_again

log = logging.getLogger(__name__)

_SAFE = ("GET", "HEAD", "OPTIONS")
_SAY_WHY = (
    "Whoever opens this record says why first. Open it in another window, say why, and send this again."
)


def factor_first(request: AtTheDoor) -> HttpResponse:
    """Who must have a second factor, and has none, adds one first; what they had typed comes along."""
    where = reverse("trust:own")
    if request.headers.get("HX-Request") or request.headers.get("X-Autosave"):
        return HttpResponse("Add a second factor first.", status=403, headers={"Location": where})
    return HttpResponse(status=303, headers={"Location": where, "Cache-Control": "no-store"})


def sign_in_first(request: AtTheDoor) -> HttpResponse:
    """Ask a stranger to sign in, and bring them back; what they had typed comes along.

    No agency could keep a decision about nobody, and whoever is outside must not fill a table: it is a line in the log.
    """
    log.info("A stranger was asked to sign in: %s %s", request.method, _route_of(request))
    where = f"{reverse('trust:sign_in')}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request") or request.headers.get("X-Autosave"):
        return HttpResponse("Sign in first.", status=401, headers={"Location": where})
    if request.method in _SAFE:
        return HttpResponseRedirect(where)
    return receipts.keep_for_sign_in(request)


def say_why_first(request: AtTheDoor, error: AsksWhy) -> HttpResponse:
    """Ask for the reason, and come back. Of what was sent meanwhile nothing is lost, and nothing is done."""
    if request.method not in _SAFE:
        return send_again(request, _SAY_WHY, status=422)
    where = reverse("privacy:why", args=[error.flag_id])
    return see_other(request, f"{where}?{urlencode({'next': request.get_full_path()})}")


def _route_of(request: AtTheDoor) -> str:
    """What was asked for, without the ids of whom it is about."""
    return request.resolver_match.route if request.resolver_match else ""
