"""Canaries: words that stand in one place only, so that one found elsewhere says what leaked, and whence."""

import random
import re
from collections.abc import Collection
from dataclasses import dataclass, field

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SEED = 20261127
SPOKEN = re.compile(rb"zq[a-z]{12,40}|555.{0,3}01\d\d")
"""How a canary looks when it is written as it is: a word that is none, or a number of the block nobody has."""


@dataclass(frozen=True, kw_only=True)
class Canary:
    """One word that was written in one place.

    Args:
        holds: the kind of information it is; ``letter`` for what goes from one agency to another, ``draft`` for what
            somebody types.
        segments: what protects the row it stands in, besides what protects the whole record.
    """

    text: str
    record: str
    holds: str
    segments: frozenset[str] = frozenset()


@dataclass
class Cage:
    """Makes canaries, and knows them again."""

    known: dict[bytes, Canary] = field(default_factory=dict)
    _chance: random.Random = field(default_factory=lambda: random.Random(_SEED))

    def word(self, record: str, where: str, holds: str, segments: Collection[str] = ()) -> str:
        """A new word for a field."""
        tail = "".join(self._chance.choices(_LETTERS, k=8))
        return self._keep(f"zq{record}{where}{tail}", record, holds, segments)

    def phone(self, record: str, holds: str = "who") -> str:
        """A number of the block that is kept for stories."""
        number = 100 + sum(text.startswith(b"555") for text in self.known)
        self._keep(f"555-0{number}", record, holds, ())
        return f"(212) 555-0{number}"

    def heard_in(self, answer: bytes) -> set[Canary]:
        """Which canaries are written, as they are, in an answer."""
        return {
            self.known[plain]
            for found in set(SPOKEN.findall(answer))
            if (plain := _plain(found)) in self.known
        }

    def _keep(self, text: str, record: str, holds: str, segments: Collection[str]) -> str:
        made = Canary(text=text, record=record, holds=holds, segments=frozenset(segments))
        self.known[_plain(text.encode())] = made
        return text


def _plain(found: bytes) -> bytes:
    return b"555-" + re.sub(rb"\D", b"", found)[3:] if found.startswith(b"555") else found
