"""What signing in leaves behind, and how it ends."""

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor, knocking_as
from breakwater.trust.events import DeviceMarked, SessionsEnded, SignedOutByAnother
from breakwater.trust.journal import record
from breakwater.trust.models import Appointment, Challenge, HandedCode, Session, User


def hold_sign_in(user: User) -> bool:
    """Hold how somebody signs in until the act ends. Whether it still is as it was when they were asked to prove it.

    Whoever changes it, or ends what it opened, holds it too: one waits for the other, and what was begun before lets
    nobody in after it.
    """
    now = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return now.is_active and (now.password, now.changed_at) == (user.password, user.changed_at)


def hold_session(key: str, user: User) -> Session:
    """A session that goes on, held as it stands.

    Raises:
        Overtaken: it has ended.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    session = Session.objects.select_for_update(of=("self",)).filter(session_key=key, user=user).first()
    if session is None:
        raise Overtaken("This session has ended. Sign in again.")
    return session


def write_session(session: SessionBase) -> None:
    """Write a session within the act, with whose it is, so that whoever ends theirs finds it."""
    session.save()


@transaction.atomic
def end_sessions(user: User, *, but: str = "") -> int:
    """End the sessions of somebody, perhaps but for one. Returns how many."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return Session.objects.filter(user=user).exclude(session_key=but).delete()[0]


@transaction.atomic
def end_everything_of(user: User, *, but: str = "") -> None:
    """End whatever lets somebody in by having been let in before: sessions, half-made sign-ins, handed codes.

    For when they leave, change their role or their agency, or something about how they sign in changes. Each family of
    tokens that opens a door stands here; ``tests/architecture/test_no_token_is_forgotten.py`` knows them all.

    Args:
        but: the key of the session that this is done from.
    """
    end_sessions(user, but=but)
    Challenge.objects.filter(user=user).delete()
    with knocking_as(user.pk):
        HandedCode.objects.unused().filter(user=user).delete()


@transaction.atomic
def end_session(ended: Session, *, at: datetime, by: Actor) -> None:
    """One of one's own sessions ends, also when it goes on under a new key at this moment: it began when it began."""
    if by.user is None:
        return
    User.objects.select_for_update(no_key=True).get(pk=by.user.pk)
    Session.objects.filter(user=by.user, began_at=ended.began_at).delete()
    record(SessionsEnded(), by=by, at=at)


@transaction.atomic
def sign_out(appointment: Appointment, *, at: datetime, by: Actor) -> int:
    """An administrator ends every session of somebody who works here: a device was lost, and nobody is dismissed.

    One that goes on under a new key at this moment ends too, and a sign-in that is half done. Returns how many.

    Raises:
        Refused: they do not work here now, or it is oneself.
    """
    by.must("trust.administer")
    has_left = appointment.ends_at is not None and appointment.ends_at <= at
    if appointment.agency_id != by.agency_id or has_left:
        raise Refused("This person does not work at your agency now: none of their sessions is open.")
    if appointment.user_id == by.user_id:
        raise Refused("End your own sessions under Your sign-in.")
    many = end_sessions(appointment.user)
    Challenge.objects.filter(user=appointment.user_id).delete()
    record(SignedOutByAnother(sessions=many), about=appointment.user_id, by=by, at=at)
    return many


@transaction.atomic
def say_of_device(*, goes_along: bool, at: datetime, by: Actor) -> None:
    """Somebody says whether the device before them goes along: which device it is stands on it alone."""
    if by.user is not None:
        record(DeviceMarked(goes_along=goes_along), about=by.user.pk, by=by, at=at)


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
