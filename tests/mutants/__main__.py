"""Break one promise after another on a copy of the project, and see whether its tests notice: ``make mutants``.

``python -m tests.mutants [part of a word]`` tries only those whose words hold it. Ends with 1 when a break went
unnoticed. First the tests themselves must be green, or nothing they say would mean anything.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants import Mutant, applied, mutants

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 2
_LONGEST = 240
_RED = 1


def main(wanted: str = "") -> int:
    """Try them, a line each."""
    chosen = [one for one in mutants() if wanted.lower() in f"{one.property} {one.breaks}".lower()]
    with tempfile.TemporaryDirectory(prefix="bw-mutants-") as folder:
        everything = sorted({test for one in chosen for test in one.tests})
        if _run(_copy(Path(folder) / "whole"), everything) != 0:
            print("The tests are not green as they are. Run `make test` first.")
            return 1
        with ThreadPoolExecutor(AT_ONCE) as pool:
            caught = list(pool.map(lambda one: _try(one, Path(folder)), chosen))
    print(f"{sum(caught)} of {len(chosen)} breaks were caught.")
    return 0 if all(caught) else 1


def _try(one: Mutant, folder: Path) -> bool:
    """One break, on a copy of its own."""
    copy = _copy(folder / f"{abs(hash(one.breaks)):x}")
    broken = copy / one.file
    broken.write_text(applied(one, broken.read_text()))
    caught = _run(copy, one.tests) == _RED
    print(f"{'caught   ' if caught else 'UNNOTICED'} {one.property:10} {one.breaks}", flush=True)
    shutil.rmtree(copy)
    return caught


def _copy(to: Path) -> Path:
    """The project as it stands here, without what git does not know."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in names.splitlines():
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, to / name)
    return to


def _run(copy: Path, tests: Iterable[str]) -> int:
    """The exit code of these tests on a copy; tests that hang count as red."""
    asked = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]
    try:
        env = os.environ | {"PYTHONPATH": str(copy)}
        ran = subprocess.run(asked, cwd=copy, env=env, capture_output=True, timeout=_LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return _RED
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
