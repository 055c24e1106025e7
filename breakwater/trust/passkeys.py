"""Passkeys: what a browser is asked, and whether what it answers is true. The protocol is the library's (WebAuthn).

A passkey is bound to the name this server is reached by: a page elsewhere that looks like ours gets nothing from it.
"""

import struct
from collections.abc import Iterable
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from breakwater.kernel.text import read_json
from breakwater.trust.models import Passkey, User

_VERIFIED = UserVerificationRequirement.REQUIRED
_BROKEN = (
    ValueError, KeyError, TypeError, AttributeError, AssertionError, IndexError, OverflowError, RecursionError,
    struct.error, InvalidSignature, UnsupportedAlgorithm, NotImplementedError,
)  # fmt: skip
"""What an answer that is none comes to, in a library that takes bytes apart."""


class Made(NamedTuple):
    """A passkey that a device has just made."""

    credential_id: bytes
    credential: bytes
    counter: int


def ask_to_make(request: HttpRequest, user: User, has: Iterable[Passkey]) -> tuple[dict[str, Any], Any]:
    """What a browser is asked to make a passkey, and what must be known when it answers."""
    asked, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.username, display_name=user.name),
        credentials=_named(has),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_VERIFIED,
    )
    return dict(asked), dict(state)


def made(request: HttpRequest, state: Any, answer: str) -> Made | None:
    """The passkey that was made; ``None`` when the answer is not to what was asked, or nobody was seen to be there."""
    try:
        told = _server(request).register_complete(state, read_json(answer))
        credential = told.credential_data
        return Made(credential.credential_id, bytes(credential), told.counter) if credential else None
    except _BROKEN:
        return None


def ask_to_sign(request: HttpRequest, has: Iterable[Passkey] | None) -> tuple[dict[str, Any], Any]:
    """What a browser is asked to sign, with one of these passkeys; with any it holds for us, when none is named."""
    asked, state = _server(request).authenticate_begin(
        credentials=None if has is None else _named(has), user_verification=_VERIFIED
    )
    return dict(asked), dict(state)


def whose(answer: str) -> tuple[bytes, bytes]:
    """Whose passkey an answer claims to be signed with, and which of theirs. Nothing of this is proved."""
    try:
        told = AuthenticationResponse.from_dict(read_json(answer))
        return bytes(told.response.user_handle or b""), bytes(told.raw_id)
    except _BROKEN:
        return b"", b""


def signed(request: HttpRequest, state: Any, answer: str, passkey: Passkey) -> int | None:
    """How often this passkey has signed by now; ``None`` when it has not signed this, here, with its owner seen."""
    try:
        known = AttestedCredentialData(bytes(passkey.credential))
        told = AuthenticationResponse.from_dict(read_json(answer))
        _server(request).authenticate_complete(state, [known], told)
        return int(told.response.authenticator_data.counter)
    except _BROKEN:
        return None


def _server(request: HttpRequest) -> Fido2Server:
    host = request.get_host()
    name = settings.PASSKEY_DOMAIN or split_domain_port(host)[0]
    ours = f"{request.scheme}://{host}"
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=name, name="Breakwater"), verify_origin=lambda said: said == ours
    )


def _named(passkeys: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=bytes(one.credential_id))
        for one in passkeys
    ]
