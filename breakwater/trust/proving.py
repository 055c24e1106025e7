"""Whether a code or a passkey is somebody's: what the front door, the second step and every step-up ask alike."""

from breakwater.trust.access import Request, knocking_as
from breakwater.trust.actions.challenges import take_challenge
from breakwater.trust.actions.factors import use_code, use_passkey
from breakwater.trust.models import Appointment, Challenge, Passkey, User
from breakwater.trust.passkeys import signed, whose

_ID = 16


def works_today(user: User, request: Request) -> Appointment | None:
    """Where somebody works at this moment; with them as they were read when it was asked whether it is them."""
    found = (
        Appointment.objects.standing(request.now)
        .not_suspended()
        .filter(user=user)
        .select_related("agency", "own_role")
        .first()
    )
    if found is not None:
        found.user = user
    return found


def who_signed(request: Request, token: str, answer: str) -> User | None:
    """Who signed with a passkey what was asked under a token: once, here, with its owner seen.

    The wall of whoever they say they are is put up first: a passkey of somebody else is not there.
    """
    asked = take_challenge(token, Challenge.Kind.PASSKEY, at=request.now)
    handle, credential_id = whose(answer)
    if asked is None or not credential_id:
        return None
    claimed = asked.user or _of_handle(handle)
    if claimed is None or (handle and handle != claimed.pk.bytes):
        return None
    with knocking_as(claimed.pk):
        passkey = Passkey.objects.filter(by=claimed, credential_id=credential_id).first()
        counter = signed(request, asked.asked, answer, passkey) if passkey else None
        is_them = (
            passkey is not None and counter is not None and use_passkey(passkey, counter, at=request.now)
        )
    return claimed if is_them else None


def takes_code(code: str, user: User, request: Request) -> str:
    """Take somebody's code, once. Which kind it was; nothing when it is none of theirs."""
    with knocking_as(user.pk):
        return use_code(code, user, at=request.now)


def _of_handle(handle: bytes) -> User | None:
    if len(handle) != _ID:
        return None
    return User.objects.filter(pk=handle.hex(), is_active=True).first()
