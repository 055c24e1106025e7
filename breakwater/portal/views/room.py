"""The page of a place that tells how much room it has, by a standing link. Its address is the same for all."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.kernel.keys import is_key_of, new_key
from breakwater.portal.actions.room import leave_device, let_device_in, still_so_by_link, tell_by_link
from breakwater.portal.discreet import ROOM, discreet
from breakwater.portal.forms import RoomDoorForm, RoomToldForm
from breakwater.portal.telling import Teller, telling
from breakwater.referrals.suggesting import figures_of
from breakwater.trust.access import Request
from breakwater.trust.guessing import try_secret
from breakwater.trust.middleware import accepts_secret, public
from breakwater.trust.receipts import KEY_FIELD, is_whole
from breakwater.trust.rules import wait_in_words
from breakwater.ui.pages import page, refusals_on

WRONG = "This link and this code let nobody in. A code is good for one phone: ask those who sent the link for another."
_KEPT = timedelta(days=400)
"""As long as a browser keeps a cookie at most. How long the link stands, the database says."""


@public
@accepts_secret
def our_room(request: Request) -> HttpResponse:
    """The figures of the place, on a device that was let in; else the boxes for the link and a code."""
    if request.method == "POST":
        return _knock(request)
    with telling(request) as teller:
        return _figures(request, teller) if teller else _box(request)


@public
@require_POST
def told(request: Request) -> HttpResponse:
    """One tap: still so, so many now, or full."""
    with telling(request) as teller:
        if teller is None:
            return _go_to()
        form = RoomToldForm(request.POST)
        if not _is_for(request, teller):
            return _figures(request, teller, said="This page was open for too long. Press it once more.")
        if form.is_valid():
            with refusals_on(form):
                _tell(request, teller, form.cleaned_data)
                return _go_to()
        return _figures(request, teller, said=_first_error(form), status=422)


@public
@require_POST
def out(request: Request) -> HttpResponse:
    """This device is not used for it any more."""
    with telling(request) as teller:
        if teller and _is_for(request, teller):
            leave_device(teller, at=request.now)
    response = _go_to()
    response.delete_cookie(settings.ROOM_COOKIE, samesite="Lax")
    return response


def _tell(request: Request, teller: Teller, said: dict[str, Any]) -> None:
    if said["is_still_so"]:
        still_so_by_link(teller, said["program"], at=request.now)
    else:
        tell_by_link(teller, said["program"], said["accepting"], at=request.now)


def _knock(request: Request) -> HttpResponse:
    """Somebody tries a link and a code. Guesses are counted by link, and by where they come from."""
    form = RoomDoorForm(request.POST)
    typed = {name: request.POST.get(name, "") for name in ("letters", "who")}
    if not is_whole(request) or not form.is_valid():
        return _box(request, WRONG if typed["who"].strip() else "Say who you are.", status=422, **typed)
    letters, keys = form.cleaned_data["letters"], list[str]()

    def fits() -> bool:
        code, who = form.cleaned_data["one_time_code"], form.cleaned_data["who"]
        keys.append(let_device_in(letters, code, who=who, at=request.now))
        return bool(keys[-1])

    tried = try_secret(request, letters, fits, wrong=WRONG, by="link", waits=wait_in_words)
    if not tried.is_right:
        return _box(request, tried.sentence, status=tried.status, **typed)
    return _let_in(keys[-1])


def _let_in(key: str) -> HttpResponse:
    """Its browser holds the key from here on; a link in an e-mail may lead there, so it comes along from elsewhere."""
    response, is_secure = _go_to(), settings.SESSION_COOKIE_SECURE
    response.set_cookie(
        settings.ROOM_COOKIE, key, max_age=_KEPT, httponly=True, samesite="Lax", secure=is_secure
    )
    return response


def _is_for(request: Request, teller: Teller) -> bool:
    """Whether the form was made for this device and arrived whole."""
    try:
        key = UUID(request.POST.get(KEY_FIELD, ""))
    except ValueError:
        return False
    return is_whole(request) and is_key_of(key, teller.device_id)


def _first_error(form: forms.Form) -> str:
    return next((str(one) for errors in form.errors.values() for one in errors), "")


def _figures(request: Request, teller: Teller, *, said: str = "", status: int | None = None) -> HttpResponse:
    programs = teller.programs()
    figures = figures_of([one.pk for one in programs], at=request.now)
    return discreet(
        page(
            request, "portal/room.html", status=status, said=said, teller=teller, zone=teller.agency.zone,
            rows=[(one, figures.get(one.pk)) for one in programs], key=lambda: str(new_key(teller.device_id)),
        )
    )  # fmt: skip


def _box(
    request: Request, said: str = "", *, status: int | None = None, letters: str = "", who: str = ""
) -> HttpResponse:
    return discreet(
        page(request, "portal/room_code.html", status=status, said=said, letters=letters, who=who)
    )


def _go_to() -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": ROOM, "Cache-Control": "no-store"})
