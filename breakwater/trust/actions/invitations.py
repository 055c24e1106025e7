"""Invite somebody to choose a password of their own; and let them, once."""

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor, acting, actor_for
from breakwater.trust.actions.passwords import give_password
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.events import InvitationAccepted, PersonInvited
from breakwater.trust.house import HOUSE
from breakwater.trust.journal import record
from breakwater.trust.models import Appointment, Invitation, User

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Nothing that looks like something else."""

_GROUPS, _IN_A_GROUP = 4, 5


@transaction.atomic
def invite(appointment: Appointment, *, at: datetime, by: Actor) -> str:
    """A secret by which somebody who works here chooses a password. It is told once; any one before it ends.

    Raises:
        Refused: the appointment is their own, another agency's, or over; or they have a password already: whoever
            could replace it could sign in as them.
    """
    by.must("trust.administer")
    if appointment.agency_id != by.agency_id or appointment.ends_at is not None:
        raise Refused("Only somebody who works here can be invited.")
    if appointment.user_id == by.user_id:
        raise Refused("Nobody invites themselves. Ask another administrator.")
    user = User.objects.select_for_update().get(pk=appointment.user_id)
    if user.has_usable_password():
        raise Refused("They have a password of their own, which nobody else replaces.")
    Invitation.objects.filter(user=user, ended_at=None).update(ended_at=at)
    groups = ["".join(secrets.choice(_LETTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS)]
    secret = "-".join(groups)
    expires_at = at + HOUSE.invitation_lasts
    made = Invitation.objects.create(
        user=user,
        agency=by.agency,
        mark=_mark(user.pk, secret),
        by=by.user,
        starts_at=at,
        expires_at=expires_at,
    )
    record(PersonInvited(invitation_id=made.pk, expires_at=expires_at), about=user.pk, by=by, at=at)
    return secret


def invitation_of(username: str, secret: str, *, at: datetime) -> Invitation | None:
    """The invitation of this name that this secret opens; ``None`` whatever the reason is that there is none."""
    found = Invitation.objects.filter(user__username__iexact=username, ended_at=None, expires_at__gt=at)
    invitation = found.select_related("user").first()
    mark = _mark(invitation.user_id if invitation else UUID(int=0), secret)
    is_it = hmac.compare_digest(mark, invitation.mark if invitation else "")
    works = Appointment.objects.standing(at).not_suspended()
    return invitation if invitation and is_it and works.filter(user=invitation.user).exists() else None


@transaction.atomic
def accept_invitation(invitation: Invitation, *, password: str, at: datetime) -> Appointment:
    """Somebody chooses their password. The secret opens nothing any more.

    Raises:
        Refused: the password is easy to guess, or somebody has used the secret meanwhile.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",)).select_related("user").get(pk=invitation.pk)
    )
    if invitation.ended_at is not None:
        raise Refused("This invitation was used already.")
    user = invitation.user
    works = Appointment.objects.standing(at).select_related("user", "agency", "own_role").get(user=user)
    give_password(user, password, agency=works.agency, has_factor=False)
    user.save(update_fields=["password", "password_stands_alone"])
    Invitation.objects.filter(pk=invitation.pk).update(ended_at=at)
    end_everything_of(user)
    with acting(actor_for(works, now=at)) as by:
        record(InvitationAccepted(invitation_id=invitation.pk), about=user.pk, by=by, at=at)
    return works


def _mark(user_id: UUID, secret: str) -> str:
    plain = "".join(one for one in secret.upper() if one in _LETTERS)
    said = f"invitation\x1f{user_id}\x1f{plain}"
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()
