"""Single sign-on: to an agency's own place to sign in and back (OpenID Connect, code flow with PKCE).

What is signed is verified by the library; what is asked of the provider, and what of its answer counts, stands here. A
provider is set at the machine by whoever runs it, never on a page; the addresses that it names itself are asked as
those of strangers are, by ``kernel.outside``.
"""

import base64
import hashlib
import json
import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from breakwater.kernel import outside
from breakwater.kernel.errors import Refused
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


def send(provider: Provider, *, back: str, at: datetime) -> Sent:
    """Where to send somebody who signs in at a provider.

    Raises:
        Refused: it does not answer.
    """
    found = KNOWN.about(provider, at=at)
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
    found = KNOWN.about(provider, at=at)
    secret = unseal(bytes(provider.client_secret), what=secret_is(provider)).decode()
    told = _ask(
        found["token_endpoint"],
        {
            "grant_type": "authorization_code", "code": code, "redirect_uri": expected["back"],
            "client_id": provider.client_id, "client_secret": secret, "code_verifier": expected["verifier"],
        },
    )  # fmt: skip
    keys = _ask(found["jwks_uri"])
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
    except (JoseError, KeyError, ValueError, TypeError) as wrong:
        raise Refused(_NO_ANSWER) from wrong
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != provider.client_id:
        raise Refused(_NO_ANSWER)
    return keyed(str(claims["sub"]), what=f"subject at {provider.pk}")


def secret_is(provider: Provider) -> str:
    """What the seal of a provider's secret is for."""
    return f"client secret of {provider.pk}"


def is_safe_address(address: str) -> bool:
    """Whether a provider may stand there."""
    return outside.is_allowed(address, near=settings.NEAR_HOSTS)


class _Known:
    """What issuers said about themselves lately, or that they did not answer: whoever presses makes us ask seldom.

    One asks at a time, so that an issuer that is slow holds one of our threads and not all of them.
    """

    def __init__(self) -> None:
        self._said: dict[str, tuple[datetime, dict[str, Any] | None]] = {}
        self._asking: defaultdict[str, Lock] = defaultdict(Lock)

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


def _ask(address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    body = urlencode(form).encode() if form else None
    headers = {"Accept": "application/json"}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        answer = outside.ask(address, body=body, headers=headers, near=settings.NEAR_HOSTS)
        told = json.loads(answer.body)
    except (outside.NotAllowed, outside.Unanswered, ValueError) as trouble:
        raise Refused(_NO_ANSWER) from trouble
    if answer.status != _ANSWERED or not isinstance(told, dict):
        raise Refused(_NO_ANSWER)
    return told
