"""A program of its own for what is heavy, or may be hostile: with so much memory and processor and no more.

Imported, it starts one and waits for it. Run, it is what stands between: it takes away what the program may not have,
and then is that program. What the program says is what comes out of it, and the number it ends with; it writes no file.
"""

import os
import resource
import runpy
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore

_SELF = Path(__file__)


class Late(Exception):
    """It was not done in time, or too many wanted the same at once. Worth trying again."""


class Program:
    """A program that is run alone.

    Args:
        path: the file that it is.
        memory: how many bytes it may take for itself, besides its own code.
        processor: how many seconds of a processor.
        at_once: how many of them may run in this process.
        environment: all that it is told of its surroundings.
    """

    def __init__(
        self,
        path: Path,
        *,
        memory: int,
        processor: int,
        at_once: int,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._path, self._environment = path, dict(environment or {})
        self._memory, self._processor = memory, processor
        self._places = BoundedSemaphore(at_once)

    def run(self, asked: bytes, *args: str, within: float) -> tuple[int, bytes]:
        """The number it ended with, and what it said. The number is negative when it was stopped.

        Raises:
            Late: it did not come to an end, or to its beginning, within so many seconds.
        """
        if not self._places.acquire(timeout=within):
            raise Late
        try:
            return self._ran(asked, args, within)
        finally:
            self._places.release()

    def _ran(self, asked: bytes, args: tuple[str, ...], within: float) -> tuple[int, bytes]:
        try:
            ran = subprocess.run(
                self._begins(self._processor, self._path, *args), input=asked,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self._environment, cwd=self._path.parent,
                timeout=within, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as late:
            raise Late from late
        return ran.returncode, ran.stdout

    def _begins(self, processor: int, path: Path, *args: str) -> list[str]:
        """How a program is started from which all is taken away."""
        return [sys.executable, "-I", str(_SELF), str(self._memory), str(processor), str(path), *args]


def main() -> None:
    """Take away, and become the program."""
    memory, processor, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for what, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.umask(0o077)
    sys.argv = sys.argv[3:]
    runpy.run_path(path, run_name="__main__")


if __name__ == "__main__":
    main()
