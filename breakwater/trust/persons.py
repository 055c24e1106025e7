"""The keys of persons: what each circle's words are encrypted with, besides the key of the agency that wrote them.

They grow out of a tree that lies in a folder outside the database, and that no backup of the database holds. When a
record is erased, its key is cut out of the tree: what was encrypted with it opens nowhere again, in no dump of before.
Every program of an installation works with the same folder; each looks whether it was changed before it gives a key.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from fcntl import LOCK_EX, LOCK_SH, flock
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from breakwater.kernel.cipher import Unreadable
from breakwater.kernel.tree import FILE, PersonKey, Tree, leaf_named, leaf_of, read, written

log = logging.getLogger(__name__)

_LOCK, _A_DAY = "lock", 86_400
_AT_MOST = 20_000
"""So many keys are held in memory at once."""


class _Held(NamedTuple):
    """The trees as they were last read, newest first, and the keys that grew since."""

    seen: tuple[str, int, int, int]
    trees: list[Tree]
    keys: dict[tuple[str, int], PersonKey]

    def grown(self, tree: Tree, leaf: int) -> PersonKey:
        """Somebody's key, held in memory from now on."""
        known = self.keys.get((tree.id, leaf))
        if known is None:
            known = tree.key_of(leaf)
            if len(self.keys) >= _AT_MOST:
                self.keys.clear()
            self.keys[tree.id, leaf] = known
        return known


_held: _Held | None = None


def key_for(leaf: int) -> PersonKey:
    """With what somebody's words are encrypted now.

    Raises:
        Unreadable: it was destroyed, or there is no folder with a tree.
    """
    held = _as_it_is()
    return held.grown(held.trees[0], leaf)


def key_named(name: str) -> PersonKey:
    """The key that a cell names.

    Raises:
        Unreadable: it was destroyed, or its tree is not here.
    """
    held = _as_it_is()
    for tree in held.trees:
        if name.startswith(tree.id):
            try:
                return held.grown(tree, leaf_named(name))
            except ValueError:
                break
    raise Unreadable


def trees() -> list[str]:
    """The names of the trees that are here, newest first; none where nothing was begun."""
    return [tree.id for tree in _as_it_is().trees] if _file().exists() else []


def is_destroyed(name: str) -> bool:
    """Whether the key that a cell names was destroyed; one whose tree is not here is not known to be."""
    return any(name.startswith(tree.id) and not tree.bears(leaf_named(name)) for tree in _as_it_is().trees)


def still_there(erased: Iterable[tuple[UUID, datetime]]) -> list[UUID]:
    """Who of those that were erased still has a key, on a tree that stood when they were."""
    there = _as_it_is().trees if _file().exists() else []
    return [
        circle for circle, at in erased
        if any(tree.bears(leaf_of(circle)) for tree in there if tree.planted < at.timestamp() + _A_DAY)
    ]  # fmt: skip


def begin() -> None:
    """Plant the first tree, unless there is one.

    Raises:
        Unreadable: its folder cannot be made, or written to.
    """
    try:
        with _changing() as there:
            if not there:
                _write([Tree.new()])
    except (OSError, ValueError, LookupError):
        log.exception("The folder of persons' keys cannot be made: see the handbook's page on keys")
        raise Unreadable from None


def destroy(circles: Iterable[UUID]) -> None:
    """Destroy the keys of persons: in the folder, and in the memory of every program at its next look."""
    gone = [leaf_of(circle) for circle in circles]
    with _changing() as there:
        if any(tree.bears(leaf) for leaf in gone for tree in there):
            _write([tree.without(gone) for tree in there])


def plant(*, at: datetime) -> str:
    """Plant another tree, on which keys grow from now on; or the one that an unfinished change planted."""
    with _changing() as there:
        if len(there) < 2:  # noqa: PLR2004 - the one that grows, and the one before
            _write(grown := [Tree.new(planted=int(at.timestamp())), *there])
        else:
            grown = there
        return grown[0].id


def fell() -> int:
    """Do away with every tree but the newest: whatever stands under them opens nowhere again. How many there were."""
    with _changing() as there:
        if there[1:]:
            _write(there[:1])
        return len(there[1:])


def forget() -> None:
    """Forget whatever was read."""
    global _held  # noqa: PLW0603 - what one process holds
    _held = None


def _file() -> Path:
    return Path(settings.PERSON_KEYS, FILE)


def _as_it_is() -> _Held:
    """The trees as they are now; read again when somebody changed them.

    Raises:
        Unreadable: there are none, or they cannot be read.
    """
    file, held = f"{settings.PERSON_KEYS}/{FILE}", _held
    try:
        if held is None or held.seen != _seen(file):
            held = _read_again(file)
    except (OSError, ValueError, LookupError):
        log.exception("The folder of persons' keys cannot be read: see the handbook's page on keys")
        raise Unreadable from None
    return held


def _seen(file: str) -> tuple[str, int, int, int]:
    found = os.stat(file)  # noqa: PTH116 - a millionth of a second counts, at each cell
    return file, found.st_ino, found.st_mtime_ns, found.st_size


def _read_again(file: str) -> _Held:
    global _held  # noqa: PLW0603 - what one process holds
    with _shut(Path(file).parent, LOCK_SH):
        _held = _Held(_seen(file), read(Path(file)), {})
    return _held


@contextmanager
def _changing() -> Iterator[list[Tree]]:
    """The trees, while nobody else reads or changes them."""
    file = _file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _shut(file.parent, LOCK_EX):
        yield read(file)


@contextmanager
def _shut(folder: Path, how: int) -> Iterator[None]:
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _write(grown: list[Tree]) -> None:
    """Put other trees in place of those that are there: whole or not at all, also when the power goes.

    What stood there before is written over with zeros, as far as a file system lets one.
    """
    file = _file()
    fresh, before = file.with_suffix(".new"), os.open(file, os.O_WRONLY) if file.exists() else None
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(written(grown))
        out.flush()
        os.fsync(descriptor)
    fresh.replace(file)
    _kept(file.parent)
    if before is not None:
        with os.fdopen(before, "wb") as old:
            old.write(bytes(os.fstat(before).st_size))
            old.flush()
            os.fsync(before)


def _kept(folder: Path) -> None:
    """Have the new name of a file outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
