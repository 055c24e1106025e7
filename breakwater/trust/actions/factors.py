"""Add and remove what somebody proves themselves with. Every change ends their other sessions and is told."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Refused
from breakwater.kernel.events import Event
from breakwater.trust.access import Actor
from breakwater.trust.actions.sessions import end_everything_of
from breakwater.trust.events import FactorAdded, FactorRemoved, RecoveryCodesMade
from breakwater.trust.factors import Factors, hash_of, new_recovery_codes, secret_is, secret_of, step_of
from breakwater.trust.journal import record
from breakwater.trust.models import Authenticator, Passkey, RecoveryCode, User
from breakwater.trust.passkeys import Made
from breakwater.trust.rules.factors import CODES
from breakwater.trust.sealed import seal

CODE_IS_WRONG = "This is not the code that the app shows now. Wait for the next one and try again."
_LAST = (
    "Your password is too short to be all that is asked for. Choose one of 15 letters or more, or add another"
    " factor, before you remove this one."
)


@transaction.atomic
def add_passkey(made: Made, *, name: str, key: str, at: datetime, by: Actor) -> Passkey:
    """A passkey, which its device just made for the actor.

    Args:
        key: of the session that stays.

    Raises:
        Refused: it is somebody's already.
    """
    with refuse_if("a_passkey_belongs_to_one_person", "This passkey was added before."):
        passkey = Passkey.objects.create(
            by=_owner(by), name=name.strip() or "Passkey", credential_id=made.credential_id, counter=made.counter,
            credential=made.credential, added_at=at,
        )  # fmt: skip
    _changed(FactorAdded(kind="passkey"), key=key, at=at, by=by)
    return passkey


@transaction.atomic
def rename_passkey(passkey: Passkey, *, name: str, by: Actor) -> None:
    """Call a passkey something else.

    Raises:
        Refused: it would have no name.
    """
    if not name.strip():
        raise Refused("Give the passkey a name by which you know it again.")
    Passkey.objects.filter(pk=passkey.pk, by=_owner(by)).update(name=name.strip())


@transaction.atomic
def remove_passkey(passkey: Passkey, *, key: str, at: datetime, by: Actor) -> None:
    """A passkey opens nothing any more.

    Raises:
        Refused: the password alone would be too short.
    """
    owner = User.objects.select_for_update().get(pk=_owner(by).pk)
    Passkey.objects.filter(pk=passkey.pk, by=owner).delete()
    _must_still_be_safe(owner)
    _changed(FactorRemoved(kind="passkey"), key=key, at=at, by=by)


@transaction.atomic
def add_authenticator(secret: str, *, code: str, key: str, at: datetime, by: Actor) -> Authenticator:
    """An app that shows codes; it takes the place of the one before. The first code shows that it works.

    Raises:
        Refused: the code is not the app's.
    """
    step = step_of(code, secret, at=at)
    if step is None:
        raise Refused(CODE_IS_WRONG)
    owner = _owner(by)
    Authenticator.objects.filter(by=owner).delete()
    added = Authenticator.objects.create(
        by=owner, secret=seal(secret.encode(), what=secret_is(owner.pk)), last_step=step, added_at=at
    )
    _changed(FactorAdded(kind="authenticator"), key=key, at=at, by=by)
    return added


@transaction.atomic
def remove_authenticator(*, key: str, at: datetime, by: Actor) -> None:
    """The app's codes open nothing any more.

    Raises:
        Refused: the password alone would be too short.
    """
    owner = User.objects.select_for_update().get(pk=_owner(by).pk)
    Authenticator.objects.filter(by=owner).delete()
    _must_still_be_safe(owner)
    _changed(FactorRemoved(kind="authenticator"), key=key, at=at, by=by)


@transaction.atomic
def make_recovery_codes(*, key: str, at: datetime, by: Actor) -> list[str]:
    """Ten new recovery codes; those from before open nothing any more. Only their hashes are kept."""
    owner, codes = _owner(by), new_recovery_codes(CODES)
    RecoveryCode.objects.filter(by=owner).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(by=owner, code=hash_of(one), made_at=at) for one in codes)
    _changed(RecoveryCodesMade(), key=key, at=at, by=by)
    return codes


def use_code(code: str, user: User, *, at: datetime) -> str:
    """Take a code from an app, or a recovery code, once. Which of them it was; nothing when it is neither.

    Asked behind the person's own wall. Codes at the same moment are taken one by one.
    """
    authenticator = Authenticator.objects.select_for_update().filter(by=user).first()
    step = step_of(code, secret_of(authenticator), at=at) if authenticator else None
    if authenticator and step is not None and step > authenticator.last_step:
        Authenticator.objects.filter(pk=authenticator.pk).update(last_step=step, used_at=at)
        return "authenticator"
    unused = RecoveryCode.objects.filter(by=user, code=hash_of(code), used_at=None)
    return "recovery" if unused.update(used_at=at) else ""


def use_passkey(passkey: Passkey, counter: int, *, at: datetime) -> bool:
    """Note that a passkey has signed. Whether its count has grown: a copy that lags behind is not believed."""
    has_grown = Q(counter__lt=counter) if counter else Q(counter=0)
    return bool(Passkey.objects.filter(has_grown, pk=passkey.pk).update(counter=counter, used_at=at))


def ask_for_factor(user: User, *, at: datetime) -> datetime:
    """Somebody without a second factor is asked for one. When they were first asked."""
    User.objects.filter(pk=user.pk, factor_asked_at=None).update(factor_asked_at=at)
    return user.factor_asked_at or at


def forget_factors(user: User) -> None:
    """Everything somebody proved themselves with besides a password opens nothing any more."""
    for model in (Passkey, Authenticator, RecoveryCode):
        model.objects.filter(by=user).delete()


def _owner(by: Actor) -> User:
    if by.user is None:
        raise Refused("Breakwater itself does not sign in.")
    return by.user


def _must_still_be_safe(owner: User) -> None:
    if not Factors(owner).has_any and owner.has_usable_password() and not owner.password_stands_alone:
        raise Refused(_LAST)


def _changed(event: Event, *, key: str, at: datetime, by: Actor) -> None:
    """What every change leads to: it is told, and whoever sits elsewhere in their name is out."""
    owner = _owner(by)
    User.objects.filter(pk=owner.pk).update(changed_at=at)
    end_everything_of(owner, but=key)
    record(event, about=owner.pk, by=by, at=at)
