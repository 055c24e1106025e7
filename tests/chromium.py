"""Finds a Chromium for the journeys, installing one where there is none; stops with one sentence where it cannot."""

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_CACHES = (Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright")
_PROGRAMS = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium")


def find() -> str | None:
    """The path of a Chromium on this machine, or ``None``."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    for cache in _CACHES:
        for pattern in _PROGRAMS:
            if found := sorted(glob.glob(str(cache / pattern))):
                return found[-1]
    return None


def install() -> None:
    """Install one: from the system's packages as root, else Playwright's own."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update"], env=environment, check=False, **quiet)
        subprocess.run(
            ["apt-get", "install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
            env=environment, check=False, **quiet,
        )  # fmt: skip
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Have a Chromium. Returns the exit code."""
    if not find():
        sys.stderr.write("Installing Chromium for the journeys …\n")
        install()
    if not find():
        sys.stderr.write("The journeys need Chromium: install it, or say where it is with CHROMIUM=/path/to/it.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
