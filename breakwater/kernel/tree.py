"""A secret for each person, of which any one can be destroyed: all grow out of one, like leaves on a tree.

A twig gives its two halves, and nothing leads back from them. To destroy one leaf, its tree is cut along the way to it:
what stood beside the way is kept, and what led to the leaf is not. All others grow as before; this one never again, for
whoever holds what is kept. A leaf that is gone takes some three kilobytes, and one that is there nothing: nobody has to
keep a secret safe at the moment in which a person comes.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256, sha512
from os import urandom
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from breakwater.kernel.cipher import Unreadable

FILE = "trees.json"
"""How the file is called in its folder."""

LEVELS = 56
"""How long the way to a leaf is: among a hundred thousand people two share one in seven of a hundred million tries."""

_SIZE, _ID = 32, 8


class PersonKey(NamedTuple):
    """The secret of one circle of care, and on which tree it is which leaf."""

    tree: str
    leaf: int
    secret: bytes

    @property
    def name(self) -> str:
        """How a cell names it: not by the circle, which not everybody may know who reads the cell."""
        return f"{self.tree}{self.leaf:x}"


def leaf_of(circle: UUID) -> int:
    """Which leaf is somebody's, on every tree."""
    return 1 << LEVELS | int.from_bytes(sha256(circle.bytes).digest()[: LEVELS // 8])


def leaf_named(name: str) -> int:
    """The leaf in the name of a key.

    Raises:
        ValueError: it is no such name.
    """
    return int(name[_ID:], 16)


@dataclass(frozen=True, repr=False)
class Tree:
    """What is left of a tree: its twigs by number. The trunk is 1, and out of twig n grow 2n and 2n + 1."""

    id: str
    planted: int
    twigs: dict[int, bytes]

    @classmethod
    def new(cls, *, planted: int = 0) -> "Tree":
        """A tree on which everybody has a leaf.

        Args:
            planted: when, in seconds since 1970; nobody who was erased long before ever stood on it.
        """
        return cls(urandom(_ID // 2).hex(), planted, {1: urandom(_SIZE)})

    def key_of(self, leaf: int) -> PersonKey:
        """Somebody's key.

        Raises:
            Unreadable: it was destroyed.
        """
        above = self._above(leaf)
        if above is None:
            raise Unreadable
        secret = self.twigs[leaf >> above]
        for turn in range(above - 1, -1, -1):
            secret = _halves(secret)[leaf >> turn & 1]
        return PersonKey(self.id, leaf, secret)

    def bears(self, leaf: int) -> bool:
        """Whether somebody's key can still be had."""
        return self._above(leaf) is not None

    def without(self, leaves: Iterable[int]) -> "Tree":
        """The same without the keys of some: whatever led to them is gone."""
        left = Tree(self.id, self.planted, dict(self.twigs))
        for leaf in leaves:
            left._cut(leaf)
        return left

    def _cut(self, leaf: int) -> None:
        above = self._above(leaf)
        if above is None:
            return
        secret = self.twigs.pop(leaf >> above)
        for turn in range(above - 1, -1, -1):
            halves, here = _halves(secret), leaf >> turn
            self.twigs[here ^ 1] = halves[here & 1 ^ 1]
            secret = halves[here & 1]

    def _above(self, leaf: int) -> int | None:
        """How many turns above a leaf the twig is that it grows from."""
        return next((turns for turns in range(LEVELS, -1, -1) if leaf >> turns in self.twigs), None)


def read(file: Path) -> list[Tree]:
    """The trees of a file, newest first; none where there is no file.

    Raises:
        ValueError, LookupError: it is no such file.
    """
    if not file.exists():
        return []
    return [_told(one) for one in json.loads(file.read_text(encoding="ascii"))]


def written(trees: Iterable[Tree]) -> str:
    """What such a file says."""
    return json.dumps([_telling(tree) for tree in trees])


def _told(one: dict[str, Any]) -> Tree:
    return Tree(
        one["id"], one["planted"], {int(number, 16): b64decode(twig) for number, twig in one["twigs"].items()}
    )


def _telling(tree: Tree) -> dict[str, Any]:
    twigs = {f"{number:x}": b64encode(twig).decode() for number, twig in tree.twigs.items()}
    return {"id": tree.id, "planted": tree.planted, "twigs": twigs}


def _halves(secret: bytes) -> tuple[bytes, bytes]:
    both = sha512(secret).digest()
    return both[:_SIZE], both[_SIZE:]
