"""Canaries heard however they are written: in other letters, escaped, encoded, turned round, or only as a hash.

The law forbids to tell even a hash of who asked a victim-service agency for help. What an encoding makes of ``zq``,
with which every canary begins, is looked for first, so that a page costs little; only what begins so is decoded.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

WORD = re.compile(rb"zq[a-z]{12,40}")
"""A word that is none."""
PHONE = re.compile(rb"555.{0,3}(01\d\d)")
"""A number of the block that nobody has, however it is grouped."""
ID = re.compile(
    rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12}(?:-[0-9a-f]{4}){3}-[0-9a-f]{8}|[0-9a-f]{32,}"
)
"""What was drawn by lot, forward or turned round. Of thousands of pages full of ids one holds a number by chance."""
_BASE64 = rb"[A-Za-z0-9+/_-]"
_ALIGNED = {
    0: (b"enF", re.compile(rb"enF" + _BASE64 + rb"{13,}")),
    1: (b"px", re.compile(rb"[HXn3]px" + _BASE64 + rb"{13,}")),
    2: (b"6c", re.compile(_BASE64 + rb"6c[WX]" + _BASE64 + rb"{13,}")),
}
"""``zq`` and a letter in base64, by how many bytes of its group of three stand before it.

The signs that each holds in any case are looked for first, which costs a hundredth of what the pattern does.
"""
_HEX = re.compile(rb"7a71(?:[67][0-9a-f]){12,}|353535(?:2[0-9a-f])?3031(?:3[0-9]){2}")
_ESCAPED = re.compile(rb"\\(?:u00|x)([0-9a-f]{2})")
_DIGEST = re.compile(rb"[0-9a-f]{32,64}")
_SHORTEST_DIGEST = 32
_ONLY_HEX = bytes(one if one in b"0123456789abcdef" else 32 for one in range(256))
"""What leaves of a text its hexadecimal digits, and a blank for each other sign."""
_HASHES = (hashlib.md5, hashlib.sha1, hashlib.sha256)


def readings(said: bytes) -> Iterator[bytes]:
    """What is said, in small letters: as it stands, and with each way of writing it taken off."""
    plain = said.lower()
    yield plain
    yield plain[::-1]
    if b"\0" in plain:
        yield plain.replace(b"\0", b"")
    peeled = _peeled(plain)
    if peeled != plain:
        yield peeled
    yield from _from_hex(plain)
    yield from _from_base64(said)


def digests(text: str) -> Iterator[bytes]:
    """Every plain hash that somebody could make of a text: as it is, in small letters, and its digits alone."""
    for form in {text, text.casefold(), re.sub(r"\D", "", text)} - {""}:
        for made in _HASHES:
            yield made(form.encode()).hexdigest().encode()


def hashed(said: bytes) -> Iterator[bytes]:
    """Whatever in a text could be such a hash."""
    runs = {one for one in said.lower().translate(_ONLY_HEX).split() if len(one) >= _SHORTEST_DIGEST}
    for found in {one for run in runs for one in _DIGEST.findall(run)}:
        yield from (found[:length] for length in (32, 40, 64) if len(found) >= length)


def in_base64(text: str) -> Iterator[tuple[bytes, set[bytes]]]:
    """A text in base64, wherever it begins in a group of three: the signs that are its own, and which may follow.

    The sign that follows holds its last bits beside the first of its neighbor, if any are left: whichever those are.
    """
    for before in range(3):
        whole = b"\0" * before + text.encode()
        first, last = -(-before * 4 // 3), len(whole) * 4 // 3
        follows = {base64.b64encode(whole + bytes([beside]))[last : last + 1] for beside in range(256)}
        yield base64.b64encode(whole)[first:last], follows if len(whole) % 3 else {b""}


def _peeled(plain: bytes) -> bytes:
    if b"%" in plain:
        plain = unquote_to_bytes(plain).lower()
    if b"&#" in plain:
        plain = html.unescape(plain.decode(errors="replace")).encode().lower()
    if b"\\" in plain:
        plain = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), plain)
    return plain


def _from_hex(plain: bytes) -> Iterator[bytes]:
    for found in _HEX.findall(plain) if b"7a71" in plain or b"353535" in plain else ():
        yield bytes.fromhex(found.decode())


def _from_base64(said: bytes) -> Iterator[bytes]:
    for before, (in_any_case, pattern) in _ALIGNED.items():
        for found in pattern.findall(said) if in_any_case in said else ():
            run = b"A" * before + found.translate(bytes.maketrans(b"-_", b"+/"))
            yield base64.b64decode(run + b"A" * (-len(run) % 4)).lower()
