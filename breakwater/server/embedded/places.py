"""Where the embedded database lives, and as whom."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
import psutil

from breakwater.server.embedded.trouble import DatabaseTrouble

ACCOUNT = "breakwater"
# A socket's path must fit into 104 bytes (macOS; Linux has 108), with the name and a closing zero.
_LONGEST_FOLDER = 103 - len("/.s.PGSQL.5432")
_LIMIT = Path("/sys/fs/cgroup/memory.max")
_LEAST, _MOST = 128 * 2**20, 2**30


@dataclass(frozen=True)
class Account:
    """The operating-system account that the database runs as when we are root."""

    uid: int
    gid: int


def data_folder() -> Path:
    """Where this machine keeps the database, its passwords and the notes of a run, unless told otherwise."""
    if os.geteuid() == 0:
        return Path("/var/lib/breakwater")
    return platformdirs.user_data_path("breakwater", appauthor=False)


def account() -> Account | None:
    """An account of its own for the database when we are root, made if need be; ``None``: it runs as we do.

    Raises:
        DatabaseTrouble: we are root and no account can be made.
    """
    if os.geteuid() != 0:
        return None
    return _known_account() or _made_account()


def as_account(owner: Account | None) -> dict[str, Any]:
    """How ``subprocess`` starts a program of PostgreSQL: as its account, in plain surroundings."""
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))
    } | {"LC_ALL": "C", "TZ": "UTC"}
    if not owner:
        return {"env": surroundings}
    return {"env": surroundings, "user": owner.uid, "group": owner.gid, "extra_groups": []}


def make_folder(folder: Path) -> None:
    """Have a folder; when we are root, one that the database's account may pass through but not list."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            missing.chmod(0o711)


def make_private(folder: Path, owner: Account | None) -> None:
    """Have a folder of mode 0700 that belongs to whoever the database runs as.

    Raises:
        DatabaseTrouble: the folder is somebody else's, or that account cannot reach it.
    """
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    uid = owner.uid if owner else os.geteuid()
    if folder.is_symlink() or folder.stat().st_uid not in (uid, os.geteuid()):
        raise DatabaseTrouble(f"{folder} belongs to somebody else. Choose another with BREAKWATER_DATA.")
    if owner:
        closed = [path for path in folder.parents if not _may_enter(owner, path)]
        if closed:
            raise DatabaseTrouble(
                f"The database does not run as root, and its own account may not enter {closed[0]}."
                " Choose a folder elsewhere with BREAKWATER_DATA."
            )
        os.chown(folder, owner.uid, owner.gid)
    folder.chmod(0o700)


def socket_folder(folder: Path) -> Path:
    """The folder of the Unix socket: inside the data folder, or a short one elsewhere if that path is too long."""
    inside = folder / "socket"
    if len(os.fsencode(inside)) <= _LONGEST_FOLDER:
        return inside
    mine = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    short = (
        Path("/run" if os.geteuid() == 0 else mine)
        / f"breakwater-{os.geteuid()}-{zlib.crc32(os.fsencode(folder)):08x}"
    )
    if len(os.fsencode(short)) > _LONGEST_FOLDER:
        raise DatabaseTrouble(
            "Every path for the database's socket is too long. Choose a short BREAKWATER_DATA."
        )
    return short


def _may_enter(owner: Account, folder: Path) -> bool:
    facts = folder.stat()
    return bool(facts.st_mode & (0o100 if facts.st_uid == owner.uid else 0o001))


def _known_account() -> Account | None:
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _made_account() -> Account:
    ways = (
        ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", "/usr/sbin/nologin", ACCOUNT),
        ("adduser", "-S", "-D", "-H", "-h", "/nonexistent", ACCOUNT),
    )  # fmt: skip
    for way in ways:
        if sys.platform == "linux" and shutil.which(way[0]):
            subprocess.run(way, check=False, capture_output=True, stdin=subprocess.DEVNULL)
            if made := _known_account():
                return made
    raise DatabaseTrouble(
        f"The database does not run as root, and no account for it could be made."
        f" Make a system account named {ACCOUNT}, or start Breakwater as an ordinary user."
    )


def to_keep_in_memory() -> str:
    """How much of the database PostgreSQL keeps at hand: an eighth of the memory that this machine gives us.

    A county of 100,000 cases was read through 256 MB from the files again and again. It is taken as it is needed.
    """
    there = psutil.virtual_memory().total
    with suppress(OSError, ValueError):  # "max" where a container has no limit of its own
        there = min(there, int(_LIMIT.read_text()))
    return f"{min(max(there // 8, _LEAST), _MOST) // 2**20}MB"
