"""What signing in leaves behind, and how it ends."""

from datetime import datetime

from django.db import transaction

from breakwater.trust.access import Actor, knocking_as
from breakwater.trust.events import SessionsEnded
from breakwater.trust.journal import record
from breakwater.trust.models import Challenge, HandedCode, Session, User


def end_sessions(user: User, *, but: str = "") -> int:
    """End the sessions of somebody, perhaps but for one. Returns how many."""
    return Session.objects.filter(user=user).exclude(session_key=but).delete()[0]


def end_everything_of(user: User, *, but: str = "") -> None:
    """End whatever lets somebody in by having been let in before: sessions, half-made sign-ins, handed codes.

    For when they leave, change their role or their agency, or something about how they sign in changes. Each family of
    tokens that opens a door stands here; ``tests/architecture/test_no_token_is_forgotten.py`` knows them all.

    Args:
        but: the key of the session that this is done from.
    """
    end_sessions(user, but=but)
    Challenge.objects.filter(user=user).delete()
    with transaction.atomic(), knocking_as(user.pk):
        HandedCode.objects.unused().filter(user=user).delete()


@transaction.atomic
def end_session(ended: Session, *, at: datetime, by: Actor) -> None:
    """One of one's own sessions ends."""
    Session.objects.filter(pk=ended.pk, user=by.user).delete()
    record(SessionsEnded(), by=by, at=at)


@transaction.atomic
def end_other_sessions(key: str, *, at: datetime, by: Actor) -> None:
    """All of one's own sessions end, but for this one."""
    if by.user is not None:
        end_sessions(by.user, but=key)
        record(SessionsEnded(), by=by, at=at)


def know_of_change(key: str) -> None:
    """Somebody says that they know what was changed about their sign-in: it is told in this session no more."""
    Session.objects.filter(session_key=key).update(knows=True)


def forget_ended_sessions(*, at: datetime) -> int:
    """Remove the sessions that have ended by a moment. Returns how many."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
