"""Finds a Chromium for the journeys, installing one where there is none; stops with one sentence where it cannot."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# What is built to have no window draws the same pages for two thirds of the work, so it goes first.
_NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_APPLICATIONS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
_IN_CACHE = (
    "chromium_headless_shell-*/chrome-*/*headless*shell",
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/Chromium",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/Google Chrome for Testing",
)


@cache
def find() -> str | None:
    """The path of a Chromium of this machine that really starts, or ``None``."""
    return next((str(path) for path in _candidates() if _starts(path)), None)


def main() -> int:
    """Have a Chromium. Returns the exit code."""
    if not find():
        sys.stderr.write("Installing Chromium for the journeys …\n")
        for way in _ways_to_install():
            subprocess.run(
                way,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            find.cache_clear()
            if find():
                break
    if not find():
        sys.stderr.write(
            "The journeys need Chromium, and it could not be installed: install it yourself, or say where it is with"
            " CHROMIUM=/path/to/chromium.\n"
        )
        return 1
    return 0


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("CHROMIUM"):
        yield Path(chosen)
        return
    yield from (Path(path) for name in _NAMES if (path := shutil.which(name)))
    yield from (Path("/Applications", name) for name in _APPLICATIONS)
    home = Path.home()
    caches = (home / ".cache" / "ms-playwright", home / "Library" / "Caches" / "ms-playwright")
    for cache_folder in (Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")), *caches):
        for pattern in _IN_CACHE:
            yield from sorted(cache_folder.glob(pattern), reverse=True)


def _starts(program: Path) -> bool:
    """Whether it is more than a stub: it finds its libraries and says its version."""
    try:
        said = subprocess.run(
            [str(program), "--version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and "Chrom" in said.stdout


def _ways_to_install() -> Iterator[list[str]]:
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
        yield ["apt-get", "update"]
        for package in ("chromium-headless-shell", "chromium"):
            yield ["apt-get", "install", "--yes", "--no-install-recommends", package, "fonts-dejavu-core"]
        yield [*playwright, "--with-deps"]
    yield playwright


if __name__ == "__main__":
    sys.exit(main())
