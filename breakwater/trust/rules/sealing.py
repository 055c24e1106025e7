"""Seals on the journal: marks under a key that the database never sees, each seal tied to the one before.

Every stream of an agency (what was done, what was shown, what was decided) is one chain. A seal covers a run of rows:
it keeps their numbers, a short keyed mark of each, and a keyed seal over all of that and the seal before. Whoever can
change the tables but has no key can make none of it true again; the marks say which row it was.

An anchor is the head of a chain written down in another place. It tells what the chain alone cannot: that its end was
cut off, that all of it was written anew, or that an older backup was put in its place.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

MARK_SIZE = 8
_VERSION = b"breakwater seal 1"

SAID = {
    "entry": "r.verb, r.agency_id, r.by_id, r.circle_id, r.to_agency_id, r.about, r.episode, extract(epoch FROM r.at),"
    " extract(epoch FROM r.recorded_at), r.facts",
    "sighting": "r.agency_id, r.by_id, r.page, r.what, r.ids, extract(epoch FROM r.seen_at), r.glass",
    "decision": "r.agency_id, r.by_id, r.act, r.circle_id, r.about, r.recipient_id, r.recipient_name, r.purpose,"
    " r.what, r.information, r.segments, r.answer, r.code, r.basis, r.consents, r.obligations, r.facts,"
    " extract(epoch FROM r.at), extract(epoch FROM r.recorded_at)",
}
"""Everything that a row of a stream says, as SQL about a row ``r``: spelled the same for ever, whoever asks."""

SAID_SINCE = {"sighting": "r.asked"}
"""What a row may say besides, since there were seals already: a row that does not is sealed as before."""


def digest_of(stream: str) -> str:
    """SQL for the SHA-256 of everything that a row ``r`` of a stream says."""
    said = f"jsonb_build_array(r.id, {SAID[stream]})"
    if since := SAID_SINCE.get(stream):
        said = f"({said} || CASE WHEN {since} IS NULL THEN '[]' ELSE jsonb_build_array({since}) END)"
    return f"sha256(convert_to({said}::text, 'UTF8'))"


Digests = Sequence[tuple[int, bytes]]
"""Rows in order: their number, and the SHA-256 of everything in them."""


@dataclass(frozen=True)
class Chain:
    """One stream of one agency's journal."""

    agency: UUID
    stream: str


@dataclass(frozen=True)
class Sealed:
    """A seal, as it is kept."""

    number: int
    rows: Sequence[int]
    marks: bytes
    seal: bytes
    key: str

    @property
    def last(self) -> int:
        """The number of the last row it covers."""
        return self.rows[-1] if self.rows else 0


@dataclass(frozen=True)
class Broken:
    """The first thing that is not as it was sealed: which row, and what happened to it, in words."""

    row: int
    how: str


@dataclass(frozen=True)
class Anchor:
    """The head of a chain at a moment, written down elsewhere."""

    number: int
    last: int
    seal: bytes
    at: str


class Key:
    """What seals are made with, for one chain."""

    def __init__(self, master: str, chain: Chain) -> None:
        whose = f"{chain.agency}/{chain.stream}".encode()
        self._key = hmac.digest(master.encode(), _VERSION + b" " + whose, sha256)
        self.name = name_of(master)

    def mark(self, row: int, digest: bytes) -> bytes:
        """The mark of one row."""
        return hmac.digest(self._key, b"%d " % row + digest, sha256)[:MARK_SIZE]

    def marks(self, digests: Digests) -> bytes:
        """The marks of rows, one after another."""
        return b"".join(self.mark(row, digest) for row, digest in digests)

    def seal(self, number: int, rows: Sequence[int], marks: bytes, before: bytes) -> bytes:
        """The seal over rows and over the seal before."""
        said = b"|".join((before, b"%d" % number, ",".join(map(str, rows)).encode(), marks))
        return hmac.digest(self._key, said, sha256)


def name_of(master: str) -> str:
    """A short name by which a key is known, and which tells nothing of it."""
    return sha256(_VERSION + master.encode()).hexdigest()[:12]


def sealed(key: Key, digests: Digests, *, after: Sealed | None) -> Sealed:
    """The next seal of a chain."""
    number = after.number + 1 if after else 1
    rows, marks = [row for row, _ in digests], key.marks(digests)
    return Sealed(number, rows, marks, key.seal(number, rows, marks, after.seal if after else b""), key.name)


def as_sealed(key: Key, one: Sealed, there: Digests, erased: Mapping[int, tuple[bytes, bytes]]) -> Digests:
    """Rows whose words were erased, as they were when they were sealed; all others as they are.

    Args:
        erased: of such rows, what they were and what they say since; a row that says anything else was changed.
    """
    marks = dict(zip(one.rows, _each(one.marks), strict=False))
    return [
        (row, erased[row][0])
        if row in erased and digest == erased[row][1] and marks.get(row) == key.mark(row, erased[row][0])
        else (row, digest)
        for row, digest in there
    ]


def _each(marks: bytes) -> list[bytes]:
    return [marks[at : at + MARK_SIZE] for at in range(0, len(marks), MARK_SIZE)]


def why_broken(key: Key, one: Sealed, digests: Digests, *, after: Sealed | None) -> Broken | None:
    """What is wrong with the rows that a seal covers, or with the seal itself; the first thing in the order of rows."""
    first = one.rows[0] if one.rows else (after.last + 1 if after else 1)
    if one.key != key.name:
        return Broken(first, f"was sealed with another key ({one.key}); this one is {key.name}")
    if one.number != (after.number + 1 if after else 1):
        return Broken(first, f"lies under seal {one.number}, and the seal before it is gone")
    if len(one.marks) != MARK_SIZE * len(one.rows):
        return Broken(first, f"lies under seal {one.number}, which was changed")
    if wrong := _first_wrong(key, one, dict(digests)):
        return wrong
    right = key.seal(one.number, one.rows, one.marks, after.seal if after else b"")
    if not hmac.compare_digest(right, one.seal):
        return Broken(first, f"lies under seal {one.number}, which was changed or put in another's place")
    return None


def _first_wrong(key: Key, one: Sealed, there: Mapping[int, bytes]) -> Broken | None:
    marks = {row: one.marks[at * MARK_SIZE : (at + 1) * MARK_SIZE] for at, row in enumerate(one.rows)}
    for row in sorted(there.keys() | marks.keys()):
        if row not in there:
            return Broken(row, "was removed")
        if row not in marks:
            return Broken(row, "was slipped in after it was sealed")
        if not hmac.compare_digest(key.mark(row, there[row]), marks[row]):
            return Broken(row, "was changed")
    return None


def why_not_anchored(
    kept: Mapping[int, Sealed], head: Sealed | None, anchors: Iterable[Anchor]
) -> Broken | None:
    """The first anchor that the chain does not hold to.

    Args:
        kept: the seals that anchors speak of, by their numbers.
        head: the last seal of the chain.
    """
    for anchor in sorted(anchors, key=lambda one: one.number):
        found = kept.get(anchor.number)
        if found is None:
            last = head.last if head else 0
            return Broken(
                last + 1,
                f"and what followed is gone: row {anchor.last} was anchored {anchor.at}. The end was cut off, or an"
                " older backup was put in its place",
            )
        if not hmac.compare_digest(found.seal, anchor.seal):
            first = found.rows[0] if found.rows else 1
            return Broken(
                first, f"lies under seal {anchor.number}, which is not the one that was anchored {anchor.at}"
            )
    return None
