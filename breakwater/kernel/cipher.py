"""Words that only Breakwater can read: AES-256-GCM, one cell at a time, and each only where it was written.

What stands in a column is the mark, the key's number, whose words they are, and a random nonce with the encrypted
words. The place (table, column, row, agency, key and person) is bound to it: a cell that was moved, copied, cut short
or changed opens nowhere. Where words are about a person, their own key is mixed into the agency's: who lacks either
reads nothing.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from breakwater.kernel.errors import Refused

MARK = "enc1:"
"""How an encrypted cell begins. Words that a person begins like this are encrypted wherever they are kept."""

_SIZE = 32
_NONCE = 12
_TOKEN = 16


class Unreadable(Refused):
    """Something encrypted cannot be read: another key, another place, or it was changed. It never says which."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Something here is encrypted and cannot be read now. Nothing is lost by waiting: tell whoever runs"
            " Breakwater, who finds the reason in its log."
        )


class Mixed(Protocol):
    """The key of a person, as it is mixed into an agency's."""

    @property
    def name(self) -> str:
        """How a cell names it."""

    @property
    def secret(self) -> bytes:
        """What nobody else has."""


class Place(NamedTuple):
    """Where a cell stands."""

    table: str
    column: str
    row: str

    def bound(self, agency: UUID, key: UUID) -> bytes:
        """What is bound to the cell besides its words."""
        return "\x1f".join((MARK, *self, str(agency), str(key))).encode()


@dataclass(frozen=True, repr=False)
class DataKey:
    """The key of one agency, opened. ``secret`` holds two: one for cells, one for tokens."""

    id: UUID
    agency: UUID
    secret: bytes

    @classmethod
    def new(cls, key_id: UUID, agency: UUID, *, before: "DataKey | None" = None) -> "DataKey":
        """A fresh key. Tokens stay comparable within their agency: their half is taken over from the key before."""
        tokens = before.secret[_SIZE:] if before else os.urandom(_SIZE)
        return cls(key_id, agency, os.urandom(_SIZE) + tokens)

    @property
    def mark(self) -> str:
        """How every cell under this key begins."""
        return f"{MARK}{self.id.hex}:"

    def encrypt(self, words: bytes, place: Place, person: Mixed | None = None) -> str:
        """What stands in the column."""
        nonce = os.urandom(_NONCE)
        sealed = self._with(person).encrypt(nonce, words, self._bound(place, person))
        return self.mark + (f"{person.name}:" if person else "") + urlsafe_b64encode(nonce + sealed).decode()

    def decrypt(self, cell: str, place: Place, person: Mixed | None = None) -> bytes:
        """The words of a cell that stands in its place.

        Raises:
            Unreadable: it is not as it was written, or not where.
        """
        try:
            sealed = urlsafe_b64decode(cell.rpartition(":")[2])
            return self._with(person).decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound(place, person))
        except (ValueError, InvalidTag):
            raise Unreadable from None

    def _with(self, person: Mixed | None) -> AESGCM:
        ours = self.secret[:_SIZE]
        return AESGCM(hmac.digest(ours, b"with a person" + person.secret, sha256) if person else ours)

    def _bound(self, place: Place, person: Mixed | None) -> bytes:
        bound = place.bound(self.agency, self.id)
        return bound + f"\x1f{person.name}".encode() if person else bound

    def token(self, text: str) -> str:
        """By what a text is found again within one agency. Under another agency's key it is another one."""
        digest = hmac.digest(self.secret[_SIZE:], text.encode(), sha256)[:_TOKEN]
        return urlsafe_b64encode(digest).decode().rstrip("=")


class MasterKey:
    """What the keys of agencies are wrapped in. It comes from the environment and is never in the database."""

    def __init__(self, written: str) -> None:
        self._secret = derived(written, "data keys")
        self.name = derived(written, "name of the master key").hex()[:12]

    def wrap(self, key: DataKey) -> bytes:
        """A key as the database keeps it."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._secret).encrypt(nonce, key.secret, _whose(key.id, key.agency))

    def unwrap(self, wrapped: bytes, key_id: UUID, agency: UUID) -> DataKey:
        """A key, opened.

        Raises:
            Unreadable: it was wrapped in another, was changed, belongs to somebody else, or was destroyed.
        """
        try:
            secret = AESGCM(self._secret).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _whose(key_id, agency))
        except (ValueError, InvalidTag):
            raise Unreadable from None
        return DataKey(key_id, agency, secret)


def derived(written: str, what_for: str) -> bytes:
    """A key for one purpose out of a long secret."""
    made: bytes = HKDF(SHA256(), _SIZE, salt=None, info=f"breakwater {what_for}".encode()).derive(
        written.encode()
    )
    return made


def key_of(cell: str) -> UUID:
    """The number of the key that a cell names.

    Raises:
        Unreadable: it names none.
    """
    try:
        return UUID(hex=cell[len(MARK) :].split(":", 1)[0])
    except ValueError:
        raise Unreadable from None


def person_of(cell: str) -> str:
    """The name of the person's key that a cell names; nothing where it is under the agency's alone."""
    parts = cell.split(":")
    return parts[2] if len(parts) == 4 else ""  # noqa: PLR2004 - the mark, the key, the person, the words


def shut(words: bytes, *, secret: str, what_for: str) -> str:
    """Words that leave and come back, encrypted under a secret of the server's own."""
    nonce, bound = os.urandom(_NONCE), what_for.encode()
    return urlsafe_b64encode(nonce + AESGCM(derived(secret, what_for)).encrypt(nonce, words, bound)).decode()


def opened(sealed: str, *, secret: str, what_for: str) -> bytes:
    """What ``shut`` encrypted.

    Raises:
        Unreadable: it is not as it left, or the secret is another.
    """
    try:
        raw = urlsafe_b64decode(sealed)
        return AESGCM(derived(secret, what_for)).decrypt(raw[:_NONCE], raw[_NONCE:], what_for.encode())
    except (ValueError, InvalidTag):
        raise Unreadable from None


def _whose(key_id: UUID, agency: UUID) -> bytes:
    return f"breakwater data key\x1f{key_id}\x1f{agency}".encode()
