"""Makes ``.venv`` and installs the locked dependencies, telling how far it is. Needs nothing but Python itself.

Run by ``make`` with the machine's own Python, from the root of the project, before anything else is there.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = Path("requirements.lock")
VENV = Path(".venv")
STAMP = VENV / ".installed"
PYTHON = VENV / "bin" / "python"
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
_WIDTH = 24


def main() -> int:
    """Have ``.venv`` as the lock says. Returns the exit code."""
    if not _has_venv():
        return 1
    for command, says in (
        (
            [*PIP, "install", "--require-hashes", "--requirement", str(LOCK)],
            "Installing what Breakwater needs",
        ),
        ([*PIP, "install", "--no-deps", "--no-build-isolation", "--editable", "."], "Installing Breakwater"),
    ):
        if not _watched(command, says, of=_locked() if "--requirement" in command else 1):
            return 1
    STAMP.write_text(fingerprint())
    return 0


def fingerprint() -> str:
    """What the installed dependencies follow from."""
    whole = hashlib.sha256(sys.version.encode())
    for path in (LOCK, Path("pyproject.toml")):
        whole.update(path.read_bytes())
    return whole.hexdigest()


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


def _locked() -> int:
    """How many dependencies the lock names for a machine like this one: those for Windows alone are left out."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    return sum("==" in line and "win32" not in line and not line.startswith(" ") for line in lines) or 1


if __name__ == "__main__":
    sys.exit(0 if STAMP.exists() and STAMP.read_text() == fingerprint() else main())
