"""Choose a password; let somebody choose a new one. Nobody ever chooses a password for somebody else."""

from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction

from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.trust.access import Actor, acting, actor_for, knocking_as
from breakwater.trust.actions.factors import forget_factors
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.common_passwords import common_passwords
from breakwater.trust.events import PasswordChanged, ResetApproved, ResetStarted, ResetUsed
from breakwater.trust.factors import Factors, hash_of, new_recovery_codes
from breakwater.trust.journal import record
from breakwater.trust.models import Agency, Appointment, Reset, User
from breakwater.trust.rules.factors import RESET_LASTS
from breakwater.trust.rules.passwords import stands_alone, why_not_password

_NOT_HERE = "This person does not work at your agency now."


def give_password(user: User, password: str | None, *, agency: Agency, has_factor: bool) -> None:
    """Let somebody have a password, not saved yet; with ``None``, none that opens anything.

    Raises:
        Refused: it is easy to guess.
    """
    if password is not None:
        about = [user.username, *user.name.split(), *user.username.split("."), agency.name]
        if why := why_not_password(password, has_factor=has_factor, common=common_passwords(), about=about):
            raise Refused(why)
    user.set_password(password)
    user.password_stands_alone = password is not None and stands_alone(password)


@transaction.atomic
def change_password(password: str, *, key: str, at: datetime, by: Actor) -> None:
    """Somebody chooses a new password. It was asked before whether it is them; every other session ends.

    Raises:
        Refused: it is easy to guess.
    """
    user = _locked(cast(UUID, by.user_id))
    _choose(user, password, agency=by.agency, at=at)
    end_everything_of(user, but=key)
    record(PasswordChanged(), about=user.pk, by=by, at=at)


@transaction.atomic
def start_reset(
    appointment: Appointment, *, takes_factors: bool, at: datetime, by: Actor
) -> tuple[Reset, str]:
    """An administrator lets somebody choose a new password. The code to hand over; none yet when a second must agree.

    Whoever decides what others may does not get in by the word of one person: their agency names those roles.

    Raises:
        Refused: it is oneself, or nobody of this agency.
    """
    by.must("trust.administer")
    if appointment.agency_id != by.agency_id or appointment.user_id == by.user_id:
        raise Refused(
            _NOT_HERE if appointment.agency_id != by.agency_id else "Change your own password yourself."
        )
    Reset.objects.filter(by=appointment.user, used_at=None).delete()
    needs_two = appointment.role in appointment.agency.factor_at_once
    code = "" if needs_two else new_recovery_codes(1)[0]
    reset = Reset.objects.create(
        by=appointment.user, agency=by.agency, started_by=cast(User, by.user), takes_factors=takes_factors,
        code=hash_of(code) if code else "", started_at=at, expires_at=at + RESET_LASTS,
    )  # fmt: skip
    User.objects.filter(pk=appointment.user_id).update(changed_at=at)
    event = ResetStarted(reset_id=reset.pk, takes_factors=takes_factors)
    record(event, about=appointment.user_id, by=by, at=at)
    return reset, code


@transaction.atomic
def approve_reset(reset: Reset, *, at: datetime, by: Actor) -> str:
    """A second person agrees, and hands the code over.

    Raises:
        NotPermitted: their role neither administers nor reviews.
        Refused: they started it, it is about them, or it waits for nobody.
    """
    if not (by.may("trust.administer") or by.may("trust.review")):
        raise NotPermitted("Your role does not allow this: agreeing to a reset.")
    reset = Reset.objects.select_for_update().get(pk=reset.pk)
    if by.user_id in (reset.started_by_id, reset.by_id):
        raise Refused("Somebody else must agree: neither who started it nor whose sign-in it is.")
    if reset.code or reset.expires_at <= at:
        raise Refused("This reset waits for nobody any more. Start a new one.")
    code = new_recovery_codes(1)[0]
    Reset.objects.filter(pk=reset.pk).update(
        code=hash_of(code), approved_by=by.user, expires_at=at + RESET_LASTS
    )
    record(ResetApproved(reset_id=reset.pk), about=reset.by_id, by=by, at=at)
    return code


def reset_for(user: User, code: str, *, at: datetime) -> Reset | None:
    """The reset that a code is for. Asked behind the person's own wall."""
    return Reset.objects.open(at).exclude(code="").filter(by=user, code=hash_of(code)).first()


@transaction.atomic
def use_reset(reset: Reset, password: str, appointment: Appointment, *, at: datetime) -> None:
    """Somebody chooses a new password with the code they were handed; everything from before is over.

    Raises:
        Refused: the password is easy to guess, or the code was used in the meantime.
    """
    user = _locked(appointment.user_id)
    with knocking_as(user.pk):
        if not Reset.objects.open(at).filter(pk=reset.pk).update(used_at=at):
            raise Refused("This code was used in the meantime. Ask for a new one.")
        if reset.takes_factors:
            forget_factors(user)
        _choose(user, password, agency=appointment.agency, at=at)
        end_everything_of(user)
    actor = actor_for(appointment, now=at)
    with acting(actor):
        record(ResetUsed(reset_id=reset.pk), about=user.pk, by=actor, at=at)


def _locked(user_id: UUID) -> User:
    return User.objects.select_for_update().get(pk=user_id)


def _choose(user: User, password: str, *, agency: Agency, at: datetime) -> None:
    give_password(user, password, agency=agency, has_factor=Factors(user).has_any)
    user.changed_at = at
    user.save(update_fields=["password", "password_stands_alone", "changed_at"])
