"""Ask a browser to prove something, and take its answer once."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from breakwater.trust.models import Challenge, User
from breakwater.trust.sealed import keyed

WAITS = timedelta(minutes=5)
"""How long an answer is waited for."""


def challenge(kind: str, asked: dict[str, Any], *, at: datetime, user: User | None = None) -> str:
    """Ask for something. Returns the token under which the answer is expected; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    Challenge.objects.create(token=_hash(token), kind=kind, user=user, asked=asked, expires_at=at + WAITS)
    return token


def take_challenge(token: str, kind: str, *, at: datetime, user: User | None = None) -> Challenge | None:
    """What was asked under a token, which is over with this; ``None`` when it was not, or was answered before.

    Args:
        user: of whom it must have been asked; without one, of anybody.
    """
    taken = (
        Challenge.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(token=_hash(token), kind=kind)
    )
    found = (taken.filter(user=user) if user else taken).first()
    if found is None:
        return None
    Challenge.objects.filter(pk=found.pk).delete()
    return found if found.expires_at > at else None


def waiting(token: str, kind: str, *, at: datetime) -> Challenge | None:
    """What is asked under a token, which stays asked."""
    asked = Challenge.objects.filter(token=_hash(token), kind=kind, expires_at__gt=at)
    return asked.select_related("user").first()


def forget_challenges(*, at: datetime) -> int:
    """Forget what nobody answered. Returns how many."""
    return Challenge.objects.filter(expires_at__lte=at).delete()[0]


def _hash(token: str) -> str:
    return keyed(token, what="challenge")
