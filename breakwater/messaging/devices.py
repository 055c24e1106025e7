"""A browser that wants to be told: where its maker's service takes a note for it, and by what only it reads one."""

import json
from base64 import urlsafe_b64decode
from binascii import Error
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from breakwater.kernel.outside import is_allowed
from breakwater.messaging.library import LIBRARY

_SECRET = 16


@dataclass(frozen=True, kw_only=True)
class Browser:
    """What a browser tells when somebody lets it be told of notes (the Push API's subscription).

    Args:
        endpoint: the address of the service, which is its own for each browser.
        p256dh: its public key; ``auth`` a secret of its own.
    """

    endpoint: str
    p256dh: str
    auth: str

    @classmethod
    def read(cls, kept: str) -> "Browser":
        """As it was kept."""
        return cls(**json.loads(kept))

    def written(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))


def why_no_browser(browser: Browser) -> str:
    """The sentence that says why a browser is not told of notes, or ``""`` when it can be."""
    try:
        host = urlsplit(browser.endpoint).hostname or ""
    except ValueError:
        host = ""
    is_known = LIBRARY.carries(host) or host in settings.PUSH_HOSTS
    if not is_known or not is_allowed(browser.endpoint, near=settings.PUSH_HOSTS):
        return "This browser is reached by a service that is not known here. Choose e-mail or a text message."
    return "" if _has_keys(browser) else "The browser did not say how to reach it. Press it once more."


def _has_keys(browser: Browser) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), plain_bytes(browser.p256dh))
        return len(plain_bytes(browser.auth)) == _SECRET
    except (ValueError, Error):
        return False


def plain_bytes(text: str) -> bytes:
    """The bytes that a browser writes as text, without what fills it up."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
