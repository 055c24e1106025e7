"""On which device somebody is signed in, for what is tied to it: known by a keyed hash of the session there."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from breakwater.trust.models import Session
from breakwater.trust.sealed import keyed

OPEN, HELD, OVER = "open", "held", "over"


def device_of(request: HttpRequest) -> str:
    """How the device is known on which somebody is signed in now."""
    return _mark(request.session.session_key or "")


def how_stands(device: str, *, user_id: UUID | None, at: datetime) -> str:
    """How somebody's device stands: ``open``, ``held`` by somebody else, or ``over``: signed out, ended, or too old.

    Who has not been looking for a while is asked for their password again; their device is theirs all the same.
    """
    theirs = Session.objects.filter(user=user_id, expire_date__gt=at)
    for session_key, confined_to in theirs.values_list("session_key", "confined_to"):
        if _mark(session_key) == device:
            return HELD if confined_to else OPEN
    return OVER


def _mark(session_key: str) -> str:
    return keyed(session_key, what="device")
