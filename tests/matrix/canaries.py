"""Canaries: words that stand in one place only, so that one found elsewhere says what leaked, and whence."""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from tests.matrix.hearing import ID, PHONE, WORD, digests, hashed, in_base64, readings

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SEED = 20261127
_SHORTEST = 14
_SHORT = 8_000
"""What is no longer than a page that says nothing, in bytes."""


@dataclass(frozen=True, kw_only=True)
class Canary:
    """One word that was written in one place.

    Args:
        holds: the kind of information it is; ``letter`` for what goes from one agency to another, ``draft`` for what
            somebody types.
        where: the place in which it was written, alike for each record.
        segments: what protects the row it stands in, besides what protects the whole record.
    """

    text: str
    record: str
    holds: str
    where: str
    segments: frozenset[str] = frozenset()


@dataclass
class Cage:
    """Makes canaries, and knows them again, however they are written."""

    known: dict[bytes, Canary] = field(default_factory=dict)
    hashes: dict[bytes, Canary] = field(default_factory=dict)
    numbers: dict[bytes, dict[bytes, Canary]] = field(default_factory=dict)
    """In base64, by the signs that numbers may share and by the one that follows."""
    _chance: random.Random = field(default_factory=lambda: random.Random(_SEED))
    _listened: dict[bytes, frozenset[Canary]] = field(default_factory=dict)

    def word(self, record: str, where: str, holds: str, segments: Collection[str] = ()) -> str:
        """A new word for a field."""
        tail = "".join(self._chance.choices(_LETTERS, k=8))
        text = f"zq{record}{where}{tail}"
        made = Canary(text=text, record=record, holds=holds, where=where, segments=frozenset(segments))
        self._keep(text.encode(), text, made)
        return text

    def phone(self, record: str, holds: str = "who") -> str:
        """A number of the block that is kept for stories."""
        last = f"0{100 + sum(one.isdigit() for one in self.known)}"
        made = Canary(text=f"555-{last}", record=record, holds=holds, where="phone")
        for written in (f"(212) 555-{last}", f"+1212555{last}", f"212555{last}", f"555-{last}"):
            self._keep(last.encode(), written, made)
            for shared, follows in in_base64(written):
                self.numbers.setdefault(shared, {}).update(dict.fromkeys(follows, made))
        return f"(212) 555-{last}"

    def forget(self, text: str) -> None:
        """It was not written after all."""
        self._listened.clear()
        del self.known[text.encode()]

    def heard_in(self, said: bytes) -> set[Canary]:
        """Which canaries are in what was said, as they are, encoded in one of many ways, or as a hash.

        What is short is often said again word for word, as that nothing is here: it is listened to once.
        """
        if len(said) > _SHORT:
            return self._listen(said)
        if said not in self._listened:
            self._listened[said] = frozenset(self._listen(said))
        return set(self._listened[said])

    def _listen(self, said: bytes) -> set[Canary]:
        heard = {one for text in readings(said) for one in self._read(text)}
        heard |= {self.hashes[one] for one in hashed(said) if one in self.hashes}
        return heard | {
            one for shared in self.numbers if shared in said for one in self._numbers_after(shared, said)
        }

    def _numbers_after(self, shared: bytes, said: bytes) -> Iterator[Canary]:
        at, whose = said.find(shared), self.numbers[shared]
        while at >= 0:
            end = at + len(shared)
            yield from (whose[one] for one in {b"", said[end : end + 1]} & whose.keys())
            at = said.find(shared, end)

    def _read(self, text: bytes) -> set[Canary]:
        found = [one for word in set(WORD.findall(text)) for one in self._beginning(word)]
        numbers = set(PHONE.findall(text)) & self.known.keys()
        if numbers:
            numbers &= set(PHONE.findall(ID.sub(b" ", text)))
        return {*found, *(self.known[last] for last in numbers)}

    def _beginning(self, word: bytes) -> list[Canary]:
        """The canary that a word is, or begins with: other letters may follow it."""
        lengths = range(len(word), _SHORTEST - 1, -1)
        return [self.known[word[:length]] for length in lengths if word[:length] in self.known][:1]

    def _keep(self, key: bytes, written: str, made: Canary) -> None:
        self._listened.clear()
        self.known[key] = made
        self.hashes |= dict.fromkeys(digests(written), made)
