"""What is asked before a program starts for real use, and the notes about backups that it asks for."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from breakwater.kernel import upkeep
from breakwater.server import env
from breakwater.server.home import Home
from breakwater.server.supervisor import RunTrouble

_GRACE = timedelta(minutes=5)
"""An anchor that is about to be too old is written anew as well."""


def upkeep_of(environment: env.Environment, asked: upkeep.Asked) -> list[upkeep.Said]:
    """What is to be said of backup, anchor and clock."""
    folders = {"backups": environment.backups, "anchors": environment.anchors}
    return upkeep.judged(upkeep.look(asked, now=datetime.now(UTC), **folders))


def refuse_without_upkeep(
    environment: env.Environment, asked: upkeep.Asked, say: Callable[[str], None]
) -> list[str]:
    """Say what is only to be said; everything that keeps a program from starting is given back.

    A journal that was not anchored while nothing ran is anchored by the start itself, if its folder takes it.
    """
    wrong = []
    for one in upkeep_of(environment, asked):
        if one.about == "anchor":
            if not takes_lines(environment.anchors):
                wrong.append("BREAKWATER_ANCHORS takes no lines: the journal could not be anchored.")
        elif one.is_wrong:
            wrong.append(one.sentence)
        else:
            say(one.sentence)
    return wrong


def takes_lines(folder: Path) -> bool:
    """Whether the folder, or whichever of its parents there is, can be written to."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)


def anchor_first(home: Home) -> None:
    """In production nothing is served before the journal is anchored.

    Raises:
        RunTrouble: it cannot be.
    """
    environment = home.environment
    if not environment.production:
        return
    last = upkeep.last_anchored(environment.anchors)
    if last and datetime.now(UTC) - last < upkeep.BOUNDS.anchor - _GRACE:
        return
    if home.manage("anchor", check=False):
        raise RunTrouble("The journal could not be anchored in BREAKWATER_ANCHORS, so nothing is started.")


def backup(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Note that a backup was made, or that it is put off; without either, tell what is noted."""
    environment, words = env.look()[0], " ".join(chosen.words)
    if chosen.what == "noted":
        return _noted(environment.backups, Path(words) if words else None)
    if chosen.what == "later":
        return _later(environment.backups, words)
    for said in upkeep.notes(environment.backups)[-10:]:
        _tell(" ".join(f"{name}={value}" for name, value in said.items()))
    return 0


def _noted(folder: Path, file: Path | None) -> int:
    """A file is as old as it is, whenever it is noted; without one whoever says so is believed."""
    at, size = datetime.now(UTC), 0
    if file is not None:
        size = file.stat().st_size if file.is_file() else 0
        if not size:
            return _tell("Not noted: there is no such file, or nothing in it.", code=1)
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    before = [said["size"] for said in upkeep.notes(folder) if said.get("size")]
    upkeep.note(folder, backup=at.isoformat(timespec="seconds"), size=size)
    if before and size and size < before[-1] / 2:
        return _tell(
            "Noted. It has less than half of the bytes of the one before: was it made as the owner of the tables?"
        )
    return _tell("Noted. It counts from when it was made; whether it can be restored, only restoring tells.")


def _later(folder: Path, why: str) -> int:
    if not why.strip():
        return _tell("Say why.", code=1)
    until = datetime.now(UTC) + upkeep.BOUNDS.put_off
    upkeep.note(folder, until=until.isoformat(timespec="seconds"), why=why.strip())
    return _tell("Noted. For a day programs start without a young backup; page and log go on saying so.")


def _tell(sentence: str, *, code: int = 0) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
