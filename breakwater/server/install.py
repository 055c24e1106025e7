"""Makes ``.venv`` and installs the locked dependencies, telling how far it is. Needs nothing but Python itself.

Run by ``make`` with the machine's own Python, from the root of the project, before anything else is there. With
``--choose``, it goes on with another Python of this machine where that was built for speed and this one was not; with
``--dev``, it installs also what tests and checks need. Running needs half as much, and nothing else is then there.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

LOCK, DEV_LOCK = Path("requirements.lock"), Path("requirements-dev.lock")
VENV = Path(".venv")
STAMP = VENV / ".installed"
PYTHON = VENV / "bin" / "python"
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
_CHOOSE = "--choose"
_WIDTH = 24


_OLDEST, _NEWEST = (3, 11), (3, 13)
_NAMES = ("python3", *(f"python3.{minor}" for minor in range(_OLDEST[1], _NEWEST[1] + 1)))
_OF_THE_SYSTEM = "/usr/bin/"
_TELL = """
import importlib.util, json, os, sys, sysconfig
print(json.dumps({
    "version": sys.version_info[:3],
    "path": os.path.realpath(sys.executable),
    "built_with": sysconfig.get_config_var("CONFIG_ARGS") or "",
    "has_venv": importlib.util.find_spec("ensurepip") is not None,
}))
"""


class Python(NamedTuple):
    """A Python of this machine, as it tells of itself. The one to be preferred is the greatest."""

    is_quick: bool
    version: "list[int]"
    path: str

    @classmethod
    def at(cls, path: str) -> "Python | None":
        """Ask it; ``None`` where it does not answer, is none that Breakwater runs on, or cannot make a ``.venv``."""
        try:
            said = subprocess.run(
                [path, "-I", "-c", _TELL], capture_output=True, text=True, check=True, timeout=20
            ).stdout
            told = json.loads(said)
        except (OSError, ValueError, subprocess.SubprocessError):
            return None
        if not told["has_venv"] or not _OLDEST <= tuple(told["version"][:2]) <= _NEWEST:
            return None
        # Debian builds its own for speed and does not say so.
        is_quick = "--enable-optimizations" in told["built_with"] or told["path"].startswith(_OF_THE_SYSTEM)
        return cls(is_quick, told["version"], told["path"])


def main(lock: Path = LOCK, *, may_choose: bool = False) -> int:
    """Have ``.venv`` as the lock says. Returns the exit code."""
    if is_installed(lock, by_any=may_choose):
        return 0
    if may_choose and (quicker := quicker_than(sys.executable)):
        sys.stderr.write(
            f"{sys.executable} was built without optimization, and would take a fifth longer for every page."
            f" Going on with {quicker}; make PYTHON=… takes the one you name.\n"
        )
        rest = [one for one in sys.argv[1:] if one != _CHOOSE]
        return subprocess.run([quicker, "-I", __file__, *rest], check=False).returncode
    return _install(lock)


def quicker_than(path: str) -> "str | None":
    """The newest Python on the path that was built for speed; ``None`` where the one given was, or none.

    Nor is one looked for where the one given lacks only the means for a ``.venv``: those can be installed.

    Source that is built as it comes, as by pyenv, has neither the profile nor the linking that distributions use.
    """
    mine = Python.at(path)
    if mine is None or mine.is_quick:
        return None
    places = {str(Path(folder, name).resolve()) for folder in os.get_exec_path() for name in _NAMES}
    found = [one for place in places if os.access(place, os.X_OK) and (one := Python.at(place))]
    best = max(found, default=None)
    return best.path if best and best.is_quick else None


def is_installed(lock: Path = LOCK, *, by_any: bool = False) -> bool:
    """Whether ``.venv`` is as the lock says, made by the Python that runs this, or by whichever.

    With what tests need, all is there that running needs.
    """
    if not STAMP.exists() or not PYTHON.exists():
        return False
    made_by, _, followed = STAMP.read_text().rpartition("\n")
    enough = {fingerprint(one) for one in (lock, DEV_LOCK)}
    return followed in enough and (by_any or made_by == sys.version)


def fingerprint(lock: Path) -> str:
    """What the installed dependencies follow from."""
    whole = hashlib.sha256()
    for path in (lock, Path("pyproject.toml")):
        whole.update(path.read_bytes())
    return whole.hexdigest()


def _install(lock: Path) -> int:
    if not _has_venv():
        return 1
    for command, says in (
        (
            [*PIP, "install", "--require-hashes", "--requirement", str(lock)],
            "Installing what Breakwater needs" + (" and its tests" if lock == DEV_LOCK else ""),
        ),
        ([*PIP, "install", "--no-deps", "--no-build-isolation", "--editable", "."], "Installing Breakwater"),
    ):
        if not _watched(command, says, of=_locked(lock) if "--requirement" in command else 1):
            return 1
    STAMP.write_text(f"{sys.version}\n{fingerprint(lock)}")
    return 0


def _has_venv() -> bool:
    """Make the virtual environment; Debian's Python brings the means for it in a package of its own."""
    made = _make_venv()
    if (
        made.returncode
        and "ensurepip" in made.stdout + made.stderr
        and os.geteuid() == 0
        and shutil.which("apt-get")
    ):
        sys.stderr.write("Installing python3-venv …\n")
        for way in ("update",), ("install", "--yes", "--no-install-recommends", "python3-venv"):
            subprocess.run(
                ["apt-get", *way], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
            )
        made = _make_venv()
    if made.returncode:
        sys.stderr.write(
            "Python cannot make a virtual environment here. On Debian and Ubuntu: apt-get install python3-venv."
            f"\n{(made.stderr or made.stdout).strip()[-600:]}\n"
        )
    return made.returncode == 0


def _make_venv() -> "subprocess.CompletedProcess[str]":
    if not _is_of_this_python():
        shutil.rmtree(VENV, ignore_errors=True)
    return subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )


def _is_of_this_python() -> bool:
    try:
        said = subprocess.run(
            [str(PYTHON), "-c", "import sys; print(sys.version)"], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return False
    return said.strip() == sys.version


def _watched(command: "list[str]", says: str, *, of: int) -> bool:
    """Run pip, drawing one line from what it says; its own words only when it fails."""
    done, heard = 0, []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout or ():
        heard.append(line)
        done += bool(re.match(r"(Collecting|Requirement already satisfied|Obtaining)", line))
        _draw(says, min(done, of), of)
    failed = process.wait()
    _draw(says, of, of, is_over=True)
    if failed:
        sys.stderr.write(
            "".join(heard[-20:]) + "\nThe dependencies could not be installed; pip's last words are above.\n"
        )
    return not failed


def _draw(says: str, done: int, of: int, *, is_over: bool = False) -> None:
    if not sys.stderr.isatty():
        if is_over:
            sys.stderr.write(f"{says}\n")
        return
    bar = "█" * (_WIDTH * done // of)
    sys.stderr.write(f"\r{says} {bar:<{_WIDTH}} {done} of {of}" + ("\n" if is_over else ""))
    sys.stderr.flush()


def _locked(lock: Path) -> int:
    """How many dependencies the lock names for a machine like this one: those for Windows alone are left out."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return sum("==" in line and "win32" not in line and not line.startswith(" ") for line in lines) or 1


if __name__ == "__main__":
    sys.exit(main(DEV_LOCK if "--dev" in sys.argv else LOCK, may_choose=_CHOOSE in sys.argv))
