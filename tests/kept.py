"""A founded home that is kept from one run of the suite to the next, for as long as nothing it follows from changes.

To found one takes longer than most tests that somebody runs while they work. What a database looks like follows from
the migrations, from every module of ours that they and the command read, and from the locked dependencies; a home is
kept under a mark of all of these, and a change to any of them founds a new one.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from breakwater.server.embedded import binaries

ROOT = Path(__file__).parent.parent
_PACKAGE = ROOT / "breakwater"
_FOLDER, _NAMED = Path("/var/tmp"), "breakwater-founded-"
_BEGIN = (
    "*/migrations/*.py",
    "kernel/management/commands/migrate.py",
    "server/home.py",
    "server/schema.py",
    "server/env.py",
    "server/embedded/*.py",
)
_UNUSED_FOR = 2 * 86_400


def take(kept: Path, to: Path) -> bool:
    """Copy the kept home to where nothing is yet; whether there was one."""
    if not _is_ours(kept):
        return False
    os.utime(kept)
    subprocess.run(["cp", "-a", str(kept), str(to)], check=True)
    return True


def keep(home: Path, at: Path) -> None:
    """Keep a home that was founded just now, and forget those that nobody has used for days."""
    whole = Path(tempfile.mkdtemp(prefix=f"{_NAMED}part-", dir=_FOLDER)) / "home"
    subprocess.run(["cp", "-a", str(home), str(whole)], check=True)
    with suppress(OSError):  # another run was quicker
        whole.rename(at)
    shutil.rmtree(whole.parent, ignore_errors=True)
    for old in _FOLDER.glob(f"{_NAMED}*"):
        if _is_ours(old) and old.stat().st_mtime < time.time() - _UNUSED_FOR:
            shutil.rmtree(old, ignore_errors=True)


def place() -> Path:
    """Where a home of the code as it stands is kept. Asked before one is founded: the code may change meanwhile."""
    words = {path for kind in ("*.sql", "*.toml") for path in _PACKAGE.rglob(kind)}
    return _FOLDER / f"{_NAMED}{mark_of({*read_by_migrations(), *words, ROOT / 'requirements-dev.lock'})}"


def mark_of(files: set[Path]) -> str:
    """Of what stands in files, of who runs the suite, and with which programs."""
    mark = sha256(f"{sys.version} {binaries.find()} {os.geteuid()}".encode())
    for path in sorted(files):
        mark.update(f"\0{os.path.relpath(path, ROOT)}\0".encode())
        mark.update(path.read_bytes())
    return mark.hexdigest()[:20]


def _is_ours(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and path.stat().st_uid == os.geteuid()


def read_by_migrations() -> set[Path]:
    """Every module of ours that is read while a home is founded, but for what only pages read."""
    todo = [path for pattern in _BEGIN for path in _PACKAGE.glob(pattern)]
    found: set[Path] = set()
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += [module for name in _imports(path) for module in _modules(name)]
    return found


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _modules(name: str) -> Iterator[Path]:
    """The files of a dotted name: of a package, of a module in it, or of something in a module."""
    parts = name.split(".")
    if parts[0] != _PACKAGE.name:
        return
    for length in range(1, len(parts) + 1):
        path = ROOT.joinpath(*parts[:length])
        yield from (one for one in (path / "__init__.py", path.with_suffix(".py")) if one.is_file())
