"""Devices that go along, or that several people use: each knows by a cookie of its own, and sessions there are shorter.

The mark says nothing of anybody. Whoever takes it away loosens the limits of sessions that begin later, no others.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from breakwater.trust.house import HOUSE

_CARRIED = "a device that goes along"
_LASTS = 400 * 24 * 3600
"""As long as browsers keep a cookie at most."""


def is_carried(request: HttpRequest) -> bool:
    """Whether somebody said of this device that it goes along."""
    said = request.COOKIES.get(settings.CARRIED_COOKIE, "")
    try:
        return bool(signing.loads(said, salt=_CARRIED) == _CARRIED)
    except signing.BadSignature:
        return False


def mark(response: HttpResponse) -> HttpResponse:
    """This device goes along from now on."""
    response.set_cookie(
        settings.CARRIED_COOKIE, signing.dumps(_CARRIED, salt=_CARRIED), max_age=_LASTS, httponly=True,
        samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def unmark(response: HttpResponse) -> HttpResponse:
    """It stays in one place again."""
    response.delete_cookie(settings.CARRIED_COOKIE, samesite="Lax")
    return response


def shorter(*, began_at: datetime, ends_at: datetime) -> dict[str, Any]:
    """The limits of a session on such a device, as they are kept: never longer than they were."""
    ends = min(ends_at, began_at + HOUSE.carried_lasts)
    return {"idle_minutes": int(HOUSE.carried_idle.total_seconds()) // 60, "ends_at": ends.isoformat()}
