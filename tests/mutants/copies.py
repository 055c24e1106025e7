"""Copies of the project that are broken and mended by turns, so that what Python compiled in them is compiled once."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.mutants import ROOT, Mutant, applied, reds

_LONGEST = 1800
_GREEN, _RED = 0, 1
_LAST = 25


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How tests went on a copy: whether they ran to an end, which were red, and the last that was said."""

    ran: bool
    red: tuple[str, ...]
    last_lines: str


class Copy:
    """The project as it stands here, without what git does not know."""

    def __init__(self, at: Path) -> None:
        self.at = at
        self._breaks = 0
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for name in filter(None, names.split("\0")):
            if (ROOT / name).is_file():
                (at / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, at / name)

    @contextmanager
    def broken(self, one: Mutant) -> Iterator[None]:
        """The copy with one break in it. Python tells a module by its second and size: no two breaks share one."""
        place, self._breaks = self.at / one.file, self._breaks + 1
        whole, was = place.read_text(), place.stat()
        place.write_text(applied(one, whole))
        os.utime(place, (was.st_atime, was.st_mtime - self._breaks))
        try:
            yield
        finally:
            place.write_text(whole)
            os.utime(place, (was.st_atime, was.st_mtime))

    def run(self, tests: Iterable[str], *, to_the_first_red: bool) -> Outcome:
        """Run these tests here."""
        told = self.at / "reds.txt"
        told.write_text("")
        asked = [sys.executable, "-m", "pytest", "-o", "addopts=", "-q", "-n", "0", "-p", "no:cacheprovider"]
        asked += ["--tb=short", "-p", reds.__name__, *(["-x"] if to_the_first_red else []), *tests]
        env = os.environ | {"PYTHONPATH": str(self.at), reds.WHERE: str(told)}
        with subprocess.Popen(
            asked, cwd=self.at, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        ) as running:  # fmt: skip
            said = _heard(running)
        return Outcome(
            ran=running.returncode in (_GREEN, _RED),
            red=tuple(dict.fromkeys(told.read_text().splitlines())),
            last_lines="\n".join(said.splitlines()[-_LAST:]),
        )


def _heard(running: "subprocess.Popen[str]") -> str:
    """All that it said; what does not end is ended, with everything it started."""
    try:
        return running.communicate(timeout=_LONGEST)[0]
    except subprocess.TimeoutExpired:
        return f"It had not ended after {_LONGEST} seconds."
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
