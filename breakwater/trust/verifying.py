"""Is the journal as it was sealed? Asked of the tables alone: nothing that a database was told to answer is believed.

The digests are made by SQL that stands here, not by the function that seals; whoever asks must see every row, so it is
the owner of the tables who does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from breakwater.trust.rules.sealing import (
    SAID,
    Anchor,
    Broken,
    Chain,
    Digests,
    Key,
    Sealed,
    as_sealed,
    digest_of,
    why_broken,
    why_not_anchored,
)

Ask = Callable[[str, tuple[Any, ...]], Iterable[tuple[Any, ...]]]
"""Asks PostgreSQL, as somebody who sees every row."""

_AGENCIES = "SELECT id, name FROM trust_agency ORDER BY name, id"
_SEALS = (
    "SELECT number, rows, marks, seal, key FROM trust_seal WHERE agency_id = %s AND stream = %s"
    " ORDER BY number, id LIMIT 50 OFFSET %s"
)
_DIGESTS = {
    stream: f"SELECT r.id, {digest_of(stream)} FROM trust_{stream} r"
    " WHERE r.agency_id = %s AND r.id > %s AND r.id <= %s ORDER BY r.id"
    for stream in SAID
}
# Words of decisions that were erased: what each was sealed as, and what it says since. They count only as the sealed
# journal tells of them, in an entry that holds a proof over all of one erasure.
_PROOF = """encode(sha256(convert_to(string_agg(
    x.row || ':' || encode(x.was, 'hex') || ':' || encode(x.became, 'hex'), ',' ORDER BY x.row), 'UTF8')), 'hex')"""
_ERASED = f"""
    SELECT b.row, b.was, b.became FROM trust_blanked b
    JOIN trust_entry e ON e.verb = 'trust.record_erased' AND e.about = b.erasure_id AND e.agency_id = b.agency_id
    WHERE b.agency_id = %s
        AND e.facts ->> 'proof' = (SELECT {_PROOF} FROM trust_blanked x WHERE x.erasure_id = b.erasure_id)"""
_WAITING = {
    stream: f"SELECT count(*) FROM trust_{stream} WHERE agency_id = %s AND id > %s" for stream in SAID
}


@dataclass(frozen=True)
class Verified:
    """What was found about one chain."""

    chain: Chain
    agency: str
    rows: int
    seals: int
    waiting: int
    broken: Broken | None


def verify_journal(ask: Ask, *, key: str, anchors: Mapping[Chain, list[Anchor]]) -> Iterator[Verified]:
    """Go through every chain from its beginning; each is told when it is through, or at its first fault."""
    for agency, name in ask(_AGENCIES, ()):
        for stream in SAID:
            chain = Chain(agency, stream)
            yield _verify(ask, chain, name, Key(key, chain), anchors.get(chain, []))


def _verify(ask: Ask, chain: Chain, name: str, key: Key, anchors: list[Anchor]) -> Verified:
    before, rows, broken = None, 0, None
    erased = _erased(ask, chain)
    anchored, kept = {one.number for one in anchors}, {}
    for one in _seals(ask, chain):
        found = _digests(ask, chain, after=before.last if before else 0, up_to=one.last)
        there = as_sealed(key, one, found, erased)
        if broken := why_broken(key, one, there, after=before):
            break
        if one.number in anchored:
            kept[one.number] = one
        before, rows = one, rows + len(there)
    broken = broken or why_not_anchored(kept, before, anchors)
    waiting = next(iter(ask(_WAITING[chain.stream], (chain.agency, before.last if before else 0))))[0]
    return Verified(chain, name, rows, before.number if before else 0, waiting, broken)


def _erased(ask: Ask, chain: Chain) -> Mapping[int, tuple[bytes, bytes]]:
    """The decisions of a chain whose words were erased: what they were sealed as, and what they say since."""
    if chain.stream != "decision":
        return {}
    return {row: (bytes(was), bytes(became)) for row, was, became in ask(_ERASED, (chain.agency,))}


def _seals(ask: Ask, chain: Chain) -> Iterator[Sealed]:
    seen = 0
    while found := list(ask(_SEALS, (chain.agency, chain.stream, seen))):
        for number, rows, marks, seal, key in found:
            yield Sealed(number, rows, bytes(marks), bytes(seal), key)
        seen += len(found)


def _digests(ask: Ask, chain: Chain, *, after: int, up_to: int) -> Digests:
    return [(row, bytes(digest)) for row, digest in ask(_DIGESTS[chain.stream], (chain.agency, after, up_to))]
