"""What this server alone may read again or know again: with keys that are not in the database."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class Unreadable(Exception):
    """It was sealed for something else, with another key, or changed since."""


def seal(plain: bytes, *, what: str) -> bytes:
    """Seal something so that only this server reads it, and only as what it is.

    Args:
        what: what it is and whose, so that one seal is never taken for another.
    """
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key("seal")).encrypt(nonce, plain, what.encode())


def unseal(sealed: bytes, *, what: str) -> bytes:
    """What was sealed.

    Raises:
        Unreadable: it is not what it is taken for.
    """
    try:
        return AESGCM(_key("seal")).decrypt(sealed[:_NONCE], sealed[_NONCE:], what.encode())
    except (InvalidTag, ValueError) as broken:
        raise Unreadable from broken


def keyed(text: str, *, what: str) -> str:
    """A hash by which a random secret is known again and cannot be found; not for what people choose themselves."""
    return hmac.new(_key("hash"), f"{what}\x1f{text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def derived(use: str) -> bytes:
    """32 bytes for another key of this server, the same each time; nothing of what they come from shows in them."""
    return _key(use)


def _key(use: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), f"sign-in {use}".encode(), hashlib.sha256).digest()
