"""Hand somebody a code with which they choose a password of their own: when they join, and when they lost theirs."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.trust.access import Actor, acting, actor_for, knocking_as
from breakwater.trust.actions.factors import forget_factors
from breakwater.trust.actions.passwords import choose
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.events import InvitationAccepted, PersonInvited, ResetApproved, ResetStarted, ResetUsed
from breakwater.trust.factors import hash_of, new_recovery_codes
from breakwater.trust.house import HOUSE
from breakwater.trust.journal import record
from breakwater.trust.models import Appointment, HandedCode, User
from breakwater.trust.rules.factors import RESET_LASTS, is_at_once

_NOT_HERE = "This person does not work at your agency now."


@transaction.atomic
def invite(appointment: Appointment, *, at: datetime, by: Actor) -> str:
    """A code by which somebody who works here chooses their first password. It is told once; any one before it ends.

    Raises:
        Refused: the appointment is their own, another agency's, or over; or they have a password already: whoever
            could replace it could sign in as them; or a reset of theirs waits for a second person.
    """
    user = _colleague(
        appointment, at=at, by=by, oneself="Nobody invites themselves. Ask another administrator."
    )
    if user.has_usable_password():
        raise Refused("They have a password of their own, which nobody else replaces.")
    if HandedCode.objects.open(at).filter(user=user, code="").exists():
        raise Refused("A second person must agree first how they come in: under lost passwords.")
    made, code = _hand(appointment, HandedCode.Why.JOINS, lasts=HOUSE.invitation_lasts, at=at, by=by)
    record(PersonInvited(invitation_id=made.pk, expires_at=made.expires_at), about=made.user_id, by=by, at=at)
    return code


@transaction.atomic
def start_reset(
    appointment: Appointment, *, takes_factors: bool, at: datetime, by: Actor
) -> tuple[HandedCode, str]:
    """An administrator lets somebody choose a new password. The code to hand over; none yet when a second must agree.

    Whoever decides what others may does not get in by the word of one person: their agency names those roles. Nor does
    whoever did so until lately: they are not moved first.

    Raises:
        Refused: it is oneself, or nobody of this agency.
    """
    _colleague(appointment, at=at, by=by, oneself="Change your own password yourself.")
    why = HandedCode.Why.LOST_ALL if takes_factors else HandedCode.Why.LOST_PASSWORD
    needs_two = _was_lately_at_once(appointment, at)
    reset, code = _hand(appointment, why, lasts=RESET_LASTS, waits=needs_two, at=at, by=by)
    User.objects.filter(pk=appointment.user_id).update(changed_at=at)
    event = ResetStarted(reset_id=reset.pk, takes_factors=takes_factors)
    record(event, about=appointment.user_id, by=by, at=at)
    return reset, code


@transaction.atomic
def come_in_by_two(appointment: Appointment, *, at: datetime, by: Actor) -> None:
    """Somebody comes into a role whose sign-in two people give back: what one alone gave back lately opens nothing.

    Their password and their factors end, whoever has them; a reset waits for a second person.
    """
    lost = HandedCode.objects.filter(
        user=appointment.user_id, started_at__gt=at - HOUSE.remembered
    ).exclude(why=HandedCode.Why.JOINS).exclude(code="")  # fmt: skip
    last = lost.order_by("-started_at").first()
    if last is None or last.approved_by_id or not _is_at_once(appointment):
        return
    user = User.objects.select_for_update().get(pk=appointment.user_id)
    user.set_unusable_password()
    user.changed_at = at
    user.save(update_fields=["password", "changed_at"])
    with knocking_as(user.pk):
        forget_factors(user)
    reset, _ = _hand(appointment, HandedCode.Why.LOST_ALL, lasts=RESET_LASTS, waits=True, at=at, by=by)
    record(ResetStarted(reset_id=reset.pk, takes_factors=True), about=user.pk, by=by, at=at)


def _is_at_once(appointment: Appointment) -> bool:
    return is_at_once(appointment.role, appointment.allows, appointment.agency.factor_at_once)


def _was_lately_at_once(appointment: Appointment, at: datetime) -> bool:
    """Whether somebody has a role whose sign-in two people give back, or had one here until lately."""
    stood = Q(ends_at=None) | Q(ends_at__gt=at - HOUSE.remembered)
    held = Appointment.objects.filter(stood, user=appointment.user_id, agency=appointment.agency_id)
    return any(_is_at_once(one) for one in held.select_related("agency", "own_role"))


@transaction.atomic
def approve_reset(reset: HandedCode, *, at: datetime, by: Actor) -> str:
    """A second person agrees, and hands the code over.

    Raises:
        NotPermitted: their role neither administers nor reviews.
        Refused: they started it, it is about them, or it waits for nobody.
    """
    if not (by.may("trust.administer") or by.may("trust.review")):
        raise NotPermitted("Your role does not allow this: agreeing to a reset.")
    reset = HandedCode.objects.select_for_update().get(pk=reset.pk)
    if by.user_id in (reset.started_by_id, reset.user_id):
        raise Refused("Somebody else must agree: neither who started it nor whose sign-in it is.")
    if reset.code or reset.expires_at <= at:
        raise Refused("This reset waits for nobody any more. Start a new one.")
    code = new_recovery_codes(1)[0]
    HandedCode.objects.filter(pk=reset.pk).update(
        code=hash_of(code), approved_by=by.user, expires_at=at + RESET_LASTS
    )
    record(ResetApproved(reset_id=reset.pk), about=reset.user_id, by=by, at=at)
    return code


def handed_to(user: User, code: str, *, at: datetime) -> HandedCode | None:
    """What was handed to somebody under a code, if it is theirs. Asked behind the person's own wall."""
    return HandedCode.objects.open(at).exclude(code="").filter(user=user, code=hash_of(code)).first()


@transaction.atomic
def use_handed(handed: HandedCode, password: str, appointment: Appointment, *, at: datetime) -> None:
    """Somebody chooses a password with the code they were handed; everything from before is over.

    Raises:
        Refused: the password is easy to guess, or the code was used in the meantime.
    """
    user = User.objects.select_for_update().get(pk=appointment.user_id)
    joins = handed.why == HandedCode.Why.JOINS
    with knocking_as(user.pk):
        if not HandedCode.objects.open(at).filter(pk=handed.pk).update(ended_at=at):
            raise Refused("This code was used in the meantime. Ask for a new one.")
        if handed.why == HandedCode.Why.LOST_ALL:
            forget_factors(user)
        choose(user, password, agency=appointment.agency, changed_at=user.changed_at if joins else at)
        end_everything_of(user)
    happened = InvitationAccepted(invitation_id=handed.pk) if joins else ResetUsed(reset_id=handed.pk)
    with acting(actor_for(appointment, now=at)) as them:
        record(happened, about=user.pk, by=them, at=at)


def _colleague(appointment: Appointment, *, at: datetime, by: Actor, oneself: str) -> User:
    """Whose sign-in it is, held: somebody else, who works at the actor's agency now."""
    by.must("trust.administer")
    has_left = appointment.ends_at is not None and appointment.ends_at <= at
    if appointment.agency_id != by.agency_id or has_left:
        raise Refused(_NOT_HERE)
    if appointment.user_id == by.user_id:
        raise Refused(oneself)
    return User.objects.select_for_update().get(pk=appointment.user_id)


def _hand(
    to: Appointment, why: HandedCode.Why, *, lasts: timedelta, at: datetime, by: Actor, waits: bool = False
) -> tuple[HandedCode, str]:
    """A code for somebody, in place of one that they did not use; none yet while it waits for a second person."""
    HandedCode.objects.unused().filter(user=to.user_id).delete()
    code = "" if waits else new_recovery_codes(1)[0]
    made = HandedCode.objects.create(
        user=to.user, agency=by.agency, why=why, started_by=by.user, code=hash_of(code) if code else "",
        started_at=at, expires_at=at + lasts,
    )  # fmt: skip
    return made, code
