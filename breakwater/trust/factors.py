"""What somebody has to prove themselves with. Asked behind their own wall."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pyotp
import segno

from breakwater.trust.models import Authenticator, Identity, Passkey, RecoveryCode, User
from breakwater.trust.rules.factors import plain_code
from breakwater.trust.sealed import keyed, unseal

ISSUER = "Breakwater"
_STEP = 30
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PARTS, _PART = 4, 5


@dataclass(frozen=True)
class Factors:
    """The second factors of somebody."""

    user: User

    @cached_property
    def passkeys(self) -> list[Passkey]:
        """Their passkeys, the oldest first."""
        return list(Passkey.objects.filter(by=self.user).order_by("added_at"))

    @cached_property
    def authenticator(self) -> Authenticator | None:
        """Their app that shows codes."""
        return Authenticator.objects.filter(by=self.user).first()

    @cached_property
    def codes_left(self) -> int:
        """How many recovery codes they have not used."""
        return RecoveryCode.objects.filter(by=self.user, used_at=None).count()

    @cached_property
    def identity(self) -> Identity | None:
        """How they are known at their agency's provider."""
        return Identity.objects.filter(user=self.user).select_related("provider").first()

    @property
    def has_any(self) -> bool:
        """Whether something besides a password is asked of them. Recovery codes stand in for it, and are none."""
        return bool(self.passkeys or self.authenticator)


def new_secret() -> str:
    """A secret that an app makes codes from."""
    return pyotp.random_base32()


def picture_of(secret: str, user: User) -> str:
    """The secret as a picture that an app reads: SVG that stands in the page itself, so that nothing else is loaded."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)
    return segno.make(address, error="m").svg_inline(scale=5, border=3, light="white")


def step_of(code: str, secret: str, *, at: datetime) -> int | None:
    """The half minute whose code this is: this one, the one before or the one after; ``None`` when it is none's."""
    typed = re.sub(r"\s", "", code)
    this = int(at.timestamp()) // _STEP
    found = None
    for step in (this - 1, this, this + 1):
        if pyotp.utils.strings_equal(typed, pyotp.TOTP(secret).generate_otp(step)):
            found = step
    return found


def new_recovery_codes(how_many: int, *, parts: int = _PARTS) -> list[str]:
    """Codes that nobody guesses, in letters that nobody mistakes: twenty-five random bits in each part."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(_PART)) for _ in range(parts))
        for _ in range(how_many)
    ]


def hash_of(code: str) -> str:
    """How a recovery code or a reset code is kept."""
    return keyed(plain_code(code), what="code")


def secret_is(user_id: object) -> str:
    """What the seal of an authenticator's secret is for."""
    return f"authenticator of {user_id}"


def secret_of(authenticator: Authenticator) -> str:
    """What an app makes its codes from."""
    return unseal(bytes(authenticator.secret), what=secret_is(authenticator.by_id)).decode()
