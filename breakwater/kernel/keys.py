"""Keys of forms: each names one request, and tells this server alone for whom the form was made.

A key is a UUID of version 8 (RFC 9562 section 5.8): 60 random bits, and 62 bits that only this server can
work out from them and from the one it was made for.
"""

import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings

_RANDOM_BITS = 60
_SEAL_BITS = 62


def new_key(owner: object) -> UUID:
    """A fresh key of a form that is shown to ``owner``."""
    random = secrets.randbits(_RANDOM_BITS)
    return _key(random, _seal(random, owner))


def is_key_of(key: UUID, owner: object) -> bool:
    """Whether a key was made for ``owner`` by this server."""
    random = (key.int >> 80 << 12) | (key.int >> 64 & 0xFFF)
    return secrets.compare_digest(key.bytes, _key(random, _seal(random, owner)).bytes)


def _key(random: int, seal: int) -> UUID:
    return UUID(int=(random >> 12 << 80) | (0x8 << 76) | ((random & 0xFFF) << 64) | (0b10 << 62) | seal)


def _seal(random: int, owner: object) -> int:
    asked = f"form key\x1f{random}\x1f{owner}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), asked, hashlib.sha256).digest()
    return int.from_bytes(digest[:8]) >> (64 - _SEAL_BITS)
