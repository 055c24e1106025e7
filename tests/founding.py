"""The database of a whole run of the suite: made once, beside the collecting of the tests, and copied ever after.

The command itself makes a home, as for somebody who starts Breakwater for the first time. The cluster that the suite
works in is a copy of it that does not wait for the disk; every other database is a copy of the one in there.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Thread

import psutil

from breakwater.server import env
from breakwater.server.embedded import ADMIN, APP, DATABASE, OWNER, Cluster
from breakwater.server.processes import end, marked
from tests import kept

FOLDER = "TESTS_FOLDER"
"""The variable that tells every process of a run its folder."""
TEMPLATE = "breakwater_template"
_MEMORY, _DISK, _NAMED = Path("/dev/shm"), Path("/var/tmp"), "breakwater-suite-"
_MUST_BE_FREE = 4 * 2**30
"""Of memory, in bytes. A run holds some hundred megabytes at most times."""
_LIFE = "life.lock"
_FOUNDED, _TROUBLE = "founded.json", "trouble.txt"
_PATIENCE = 600


class Founding(Thread):
    """Makes the home and the cluster, while others read the tests."""

    def __init__(self) -> None:
        super().__init__(name="founding")
        self.folder = Path(tempfile.mkdtemp(prefix=_NAMED, dir=_where_there_is_room()))
        self.folder.chmod(0o711)
        os.environ[FOLDER] = str(self.folder)
        self.cluster = Cluster(self.folder / "pg", lasting=False)
        self._life = (self.folder / _LIFE).open("w")
        fcntl.flock(self._life, fcntl.LOCK_EX)

    def run(self) -> None:
        """Make them, and say where they are, or why not."""
        try:
            self._make()
        except Exception as trouble:  # noqa: BLE001 - whoever waits for it must hear of it
            _say(self.folder / _TROUBLE, f"{type(trouble).__name__}: {trouble}")

    def _make(self) -> None:
        place = kept.place()
        if not kept.take(place, home(self.folder)):
            self._found()
            kept.keep(home(self.folder), place)
        copy_home(self.folder, self.cluster.folder)
        self.cluster.start()
        with self.cluster.connect() as admin:
            admin.execute(f"ALTER DATABASE {DATABASE} RENAME TO {TEMPLATE}")
        roles = {role: self.cluster.url(role, TEMPLATE) for role in (OWNER, APP, ADMIN)}
        _say(self.folder / _FOUNDED, json.dumps(roles))

    def _found(self) -> None:
        variables = {name: value for name, value in os.environ.items() if name not in env.VARIABLES}
        subprocess.run(
            [sys.executable, "-m", "breakwater", "migrate"],
            env=variables | {"BREAKWATER_DATA": str(home(self.folder))}, check=True,
        )  # fmt: skip

    def undo(self) -> None:
        """Stop and remove everything."""
        self.join()
        self.cluster.leave()
        _remove(self.folder)
        self._life.close()


def sweep() -> None:
    """Remove what was left behind by runs that were killed: nobody holds the lock that tells whether they live."""
    for life in (life for place in (_MEMORY, _DISK) for life in place.glob(f"{_NAMED}*/{_LIFE}")):
        if os.geteuid() in (0, life.stat().st_uid):
            with life.open("w") as lock, suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(life.parent)


def _where_there_is_room() -> Path:
    """Where files lie in memory, as on Linux, if there is room; else on the disk.

    Each database is more than a thousand files. ext4 gives no file the number of one that went lately, and looks for a
    free number past all of those: that was nine tenths of what a database of one's own cost, a second each. What a
    killed program had written is with the kernel either way, so a kill proves the same in both places.
    """
    if not (os.path.ismount(_MEMORY) and os.access(_MEMORY, os.W_OK)):
        return _DISK
    room = min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available)
    return _MEMORY if room > _MUST_BE_FREE else _DISK


def _remove(folder: Path) -> None:
    """Remove the folder of a run, with everything that still runs in it."""
    end(marked(FOLDER, str(folder)))
    for postgres in (folder / "pg", *folder.glob("*/postgres")):
        Cluster(postgres).stop()
    shutil.rmtree(folder, ignore_errors=True)


def home(folder: Path) -> Path:
    """The data folder that the command made, and nobody works in."""
    return folder / "home"


def copy_home(folder: Path, to: Path) -> None:
    """Copy the cluster of the home, without what its own log says."""
    subprocess.run(["cp", "-a", str(home(folder) / "postgres"), str(to)], check=True)
    (to / "postgres.log").unlink(missing_ok=True)


@cache
def founded() -> dict[str, str]:
    """The addresses of the template, by role; waits until there is one.

    Raises:
        LookupError: it could not be made; the message says why.
    """
    folder, stop_at = Path(os.environ[FOLDER]), time.monotonic() + _PATIENCE
    while not (folder / _FOUNDED).exists():
        if (folder / _TROUBLE).exists():
            raise LookupError((folder / _TROUBLE).read_text())
        if time.monotonic() > stop_at:
            raise LookupError("nobody made the database of the suite")
        time.sleep(0.05)
    return dict(json.loads((folder / _FOUNDED).read_text()))


def _say(where: Path, words: str) -> None:
    """Write it down so that it is there at once and whole."""
    part = where.with_suffix(".part")
    part.write_text(words)
    part.rename(where)
