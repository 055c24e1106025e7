"""A passkey in software: it makes keys and signs as a phone would, and lies when it is told to."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN, HOST = "http://testserver", "testserver"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Phone:
    """Holds one passkey of one person."""

    handle: bytes = b""
    counter: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))

    def make(self, asked, *, origin=ORIGIN, host=HOST, flags=PRESENT | VERIFIED | ATTESTED, challenge=None):
        """The answer to a page that asks for a new passkey."""
        self.handle = _raw(asked["publicKey"]["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid(b"\0" * 16), self.credential_id, public)
        told = AuthenticatorData.create(_hash(host), flags, self.counter, credential)
        return self._answer(
            clientDataJSON=_client("webauthn.create", challenge or asked["publicKey"]["challenge"], origin),
            attestationObject=bytes(AttestationObject.create("none", told, {})),
        )

    def sign(self, asked, *, origin=ORIGIN, host=HOST, flags=PRESENT | VERIFIED, counts=True, handle=None):
        """The answer to a page that asks for a signature."""
        self.counter += counts
        client = _client("webauthn.get", asked["publicKey"]["challenge"], origin)
        told = AuthenticatorData.create(_hash(host), flags, self.counter)
        signature = self.key.sign(bytes(told) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client, authenticatorData=bytes(told), signature=signature,
            userHandle=self.handle if handle is None else handle,
        )  # fmt: skip

    def _answer(self, **parts):
        known = websafe_encode(self.credential_id)
        told = {name: websafe_encode(part) for name, part in parts.items()}
        return json.dumps(
            {
                "id": known,
                "rawId": known,
                "type": "public-key",
                "response": told,
                "clientExtensionResults": {},
            }
        )


def _client(what, challenge, origin):
    return json.dumps({"type": what, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()


def _hash(host):
    return hashlib.sha256(host.encode()).digest()


def _raw(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
