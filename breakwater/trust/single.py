"""Single sign-on: to an agency's own place to sign in and back (OpenID Connect, code flow with PKCE).

What is signed is verified by the library; what is asked of the provider, and what of its answer counts, stands here. A
provider is set at the machine by whoever runs it, never on a page; the addresses that it names itself are asked as
those of strangers are, by ``kernel.outside``.
"""

import base64
import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from threading import Lock
from time import monotonic
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from breakwater.kernel import outside
from breakwater.kernel.errors import Refused
from breakwater.kernel.text import read_json
from breakwater.trust.models import Provider
from breakwater.trust.sealed import keyed, unseal

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
_ANSWERED, _LEEWAY = 200, 60
_KNOWN_FOR, _SILENT_FOR = timedelta(minutes=10), timedelta(seconds=15)
_PATIENCE = 2
_NO_ANSWER = "Your agency's sign-in does not answer as it should. Try again, or sign in with your name here."


@dataclass(frozen=True)
class Sent:
    """Where somebody is sent, and what must be known when they come back."""

    place: str
    asked: dict[str, str]
    expected: dict[str, str]

    def address(self, state: str) -> str:
        """The address, with the token under which they are awaited."""
        return f"{self.place}{'&' if '?' in self.place else '?'}{urlencode(self.asked | {'state': state})}"


def send(provider: Provider, found: dict[str, Any], *, back: str) -> Sent:
    """Where to send somebody who signs in at a provider, by what it said about itself."""
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "scope": "openid", "client_id": provider.client_id, "redirect_uri": back,
        "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    expected = {"verifier": verifier, "nonce": nonce, "back": back, "provider": str(provider.pk)}
    return Sent(str(found["authorization_endpoint"]), asked, expected)


def subject_of(provider: Provider, code: str, expected: dict[str, str], *, at: datetime) -> str:
    """Who came back from a provider, as a keyed hash of how it names them.

    Raises:
        Refused: what it says is not said by it, to us, about this sign-in, now.
    """
    told, keys = _exchanged(provider, code, expected, at=at)
    try:
        claims = jwt.decode(
            str(told["id_token"]), KeySet.import_key_set(cast(Any, keys)), algorithms=ALGORITHMS
        ).claims
        jwt.JWTClaimsRegistry(
            now=int(at.timestamp()), leeway=_LEEWAY, iss={"essential": True, "value": provider.issuer},
            sub={"essential": True}, exp={"essential": True}, iat={"essential": True},
            nonce={"essential": True, "value": expected["nonce"]},
            aud={"essential": True, "value": provider.client_id},
        ).validate(claims)  # fmt: skip
    except (JoseError, KeyError, ValueError, TypeError, RecursionError) as wrong:
        raise Refused(_NO_ANSWER) from wrong
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != provider.client_id:
        raise Refused(_NO_ANSWER)
    return keyed(str(claims["sub"]), what=f"subject at {provider.pk}")


def _exchanged(
    provider: Provider, code: str, expected: dict[str, str], *, at: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a code is worth, and the keys by which that is read. All of it together has ten seconds."""
    ends = monotonic() + outside.PATIENCE
    found = KNOWN.about(provider, at=at)
    secret = unseal(bytes(provider.client_secret), what=secret_is(provider)).decode()
    with KNOWN.asking(provider, at=at):
        told = _ask(
            found["token_endpoint"],
            {
                "grant_type": "authorization_code", "code": code, "redirect_uri": expected["back"],
                "client_id": provider.client_id, "client_secret": secret, "code_verifier": expected["verifier"],
            },
            ends=ends,
        )  # fmt: skip
        return told, _ask(found["jwks_uri"], ends=ends)


def secret_is(provider: Provider) -> str:
    """What the seal of a provider's secret is for."""
    return f"client secret of {provider.pk}"


def is_safe_address(address: str) -> bool:
    """Whether a provider may stand there."""
    return outside.is_allowed(address, near=settings.NEAR_HOSTS)


class Silent(Refused):
    """A provider said nothing in time."""


class _Known:
    """What issuers said about themselves lately, or that they did not answer: whoever presses makes us ask seldom.

    Of one issuer one thread asks about itself and one about somebody who comes back, so that one that is slow holds
    two of ours and not all of them; who came back is not asked about while it is silent.
    """

    def __init__(self) -> None:
        self._said: dict[str, tuple[datetime, dict[str, Any] | None]] = {}
        self._asking: defaultdict[str, Lock] = defaultdict(Lock)
        self._coming: defaultdict[str, Lock] = defaultdict(Lock)

    def about(self, provider: Provider, *, at: datetime) -> dict[str, Any]:
        """What one says about itself.

        Raises:
            Refused: it does not answer as it should, or did not a moment ago; or somebody waits for its answer.
        """
        asking = self._asking[provider.issuer]
        if not asking.acquire(timeout=_PATIENCE):
            raise Refused(_NO_ANSWER)
        try:
            until, said = self._said.get(provider.issuer, (at, None))
            return self._asked(provider, at=at) if until <= at else _or_refused(said)
        finally:
            asking.release()

    def _asked(self, provider: Provider, *, at: datetime) -> dict[str, Any]:
        self._said[provider.issuer] = at + _SILENT_FOR, None
        said = _says(provider)
        self._said[provider.issuer] = at + _KNOWN_FOR, said
        return said

    @contextmanager
    def asking(self, provider: Provider, *, at: datetime) -> Iterator[None]:
        """One of ours asks an issuer about somebody; one that does not answer is not asked again for a while.

        Raises:
            Refused: somebody waits for its answer too long.
        """
        coming = self._coming[provider.issuer]
        if not coming.acquire(timeout=_PATIENCE):
            raise Refused(_NO_ANSWER)
        try:
            yield
        except Silent:
            self._said[provider.issuer] = at + _SILENT_FOR, None
            raise
        finally:
            coming.release()

    def forget(self) -> None:
        """Ask each of them anew."""
        self._said.clear()


KNOWN = _Known()


def _or_refused(said: dict[str, Any] | None) -> dict[str, Any]:
    if said is None:
        raise Refused(_NO_ANSWER)
    return said


def _says(provider: Provider) -> dict[str, Any]:
    """What a provider says about itself; it must be the one that was meant."""
    found = _ask(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != provider.issuer or not all(
        is_safe_address(str(found.get(one))) for one in needed
    ):
        raise Refused(_NO_ANSWER)
    return found


def _ask(address: str, form: dict[str, str] | None = None, *, ends: float = inf) -> dict[str, Any]:
    body = urlencode(form).encode() if form else None
    headers = {"Accept": "application/json"}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        patience = min(outside.PATIENCE, ends - monotonic())
        answer = outside.ask(address, body=body, headers=headers, near=settings.NEAR_HOSTS, patience=patience)
        told = read_json(answer.body)
    except outside.Unanswered as silence:
        raise Silent(_NO_ANSWER) from silence
    except (outside.NotAllowed, ValueError) as trouble:
        raise Refused(_NO_ANSWER) from trouble
    if answer.status != _ANSWERED or not isinstance(told, dict):
        raise Refused(_NO_ANSWER)
    return told
