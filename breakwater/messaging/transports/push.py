"""Notes to browsers, by the service of whoever made each browser (RFC 8030), which learns that one came, and no more.

What is sent is the same byte each time, encrypted for the browser (RFC 8291), so that the service can neither read nor
make one; who sends is told by a key of this server (RFC 8292). The key of the notice is its topic: what waits there for
a device that is off is replaced, and comes once.
"""

import os
import struct
from base64 import urlsafe_b64encode
from datetime import timedelta
from functools import cache
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from joserfc import jwt
from joserfc.jwk import ECKey

from breakwater.kernel import outside
from breakwater.messaging.devices import Browser, plain_bytes
from breakwater.messaging.transports import Gone, Parcel, Rejected, Unreachable
from breakwater.trust.sealed import derived

_NOTE = b"1"
_RECORD = 4096
_LAST = b"\x02"
_GOOD_FOR = timedelta(hours=12)
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256: a private key is a number from 1 to one below."""
_GONE, _NOT_NOW = (404, 410), (408, 425, 429)
_NOT_TAKEN, _SERVERS_FAULT = 300, 500


def is_there() -> bool:
    """Whether notes go to browsers at all from here."""
    return bool(settings.PUSH_CONTACT)


def our_key() -> str:
    """By what a browser knows who may send to it: the public half of this server's key."""
    return _text(_point(_private_key(settings.SECRET_KEY).public_key()))


def send(parcel: Parcel) -> None:
    """Hand one note to the service of a browser.

    Raises:
        Unreachable: it does not answer, or not now.
        Gone: the browser wants no more of them.
        Rejected: it will not take it.
    """
    browser = Browser.read(parcel.to)
    lasts = max(int((parcel.expires_at - parcel.at).total_seconds()), 0)
    try:
        answer = outside.ask(
            browser.endpoint, body=encrypted(_NOTE, browser), near=settings.PUSH_HOSTS,
            headers={
                "Content-Type": "application/octet-stream", "Content-Encoding": "aes128gcm", "TTL": str(lasts),
                "Urgency": "high", "Topic": _text(UUID(parcel.key).bytes), "Authorization": _who_sends(parcel, browser),
            },
        )  # fmt: skip
    except outside.NotAllowed as trouble:
        raise Rejected(str(trouble)) from None
    except outside.Unanswered as trouble:
        raise Unreachable(str(trouble)) from None
    if answer.status in _GONE:
        raise Gone(f"status {answer.status}")
    if answer.status >= _NOT_TAKEN:
        may_try_again = answer.status >= _SERVERS_FAULT or answer.status in _NOT_NOW
        raise (Unreachable if may_try_again else Rejected)(f"status {answer.status}")


def encrypted(
    plain: bytes, browser: Browser, *, salt: bytes = b"", once: ec.EllipticCurvePrivateKey | None = None
) -> bytes:
    """What only one browser can open: a record of RFC 8188, under keys of RFC 8291.

    Args:
        salt: 16 random bytes; ``once`` is a key that is used for this alone. Both are made here.
    """
    salt, once = salt or os.urandom(16), once or ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), plain_bytes(browser.p256dh))
    ours = _point(once.public_key())
    shared = once.exchange(ec.ECDH(), theirs)
    secret = _stretched(shared, plain_bytes(browser.auth), b"WebPush: info\x00" + _point(theirs) + ours, 32)
    key = _stretched(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _stretched(secret, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + struct.pack("!IB", _RECORD, len(ours)) + ours
    return head + AESGCM(key).encrypt(nonce, plain + _LAST, None)


def _who_sends(parcel: Parcel, browser: Browser) -> str:
    """The proof that it is this server, good for one service and for half a day (RFC 8292)."""
    place = urlsplit(browser.endpoint)
    claims = {
        "aud": f"{place.scheme}://{place.netloc}", "exp": int((parcel.at + _GOOD_FOR).timestamp()),
        "sub": settings.PUSH_CONTACT,
    }  # fmt: skip
    private = _private_key(settings.SECRET_KEY)
    token = jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, ECKey.import_key(_as_jwk(private)))
    return f"vapid t={token}, k={our_key()}"


def _as_jwk(private: ec.EllipticCurvePrivateKey) -> dict[str, str | list[str]]:
    point, number = _point(private.public_key()), private.private_numbers().private_value
    return {
        "kty": "EC", "crv": "P-256", "x": _text(point[1:33]), "y": _text(point[33:]), "d": _text(number.to_bytes(32)),
    }  # fmt: skip


@cache
def _private_key(of_secret: str) -> ec.EllipticCurvePrivateKey:
    """This server's key, the same while its secret is; with another secret the sessions end too, and so does this."""
    number = int.from_bytes(derived("push")) % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def _stretched(secret: bytes, salt: bytes, what: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, what).derive(secret)


def _point(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
