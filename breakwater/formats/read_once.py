"""A program that is run alone, again and again: it is read once, and whoever does it is born of the one that read it.

To start Python and read a library costs more than most of what is asked of it. What is taken away stays taken away, and
each is a process of its own that ends. They have their places in memory in common with the one before, though, which
helps whoever breaks in by a fault in memory: what decodes what strangers send is started anew each time, by ``alone``.
"""

import atexit
import os
import subprocess
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from multiprocessing.reduction import send_handle
from pathlib import Path
from select import POLLIN, poll
from sys import platform
from threading import Lock
from typing import Any, BinaryIO

from breakwater.formats.alone import Late, Program

_BEARING = Path(__file__).parent / "bearing.py"
_MOST_BORN = 1_000
"""Then another reads anew, with other places in memory."""
_PIECE, _GONE_WITHIN = 1 << 16, 1.0
_UNBOUNDED = -1
"""A reader may take as much processor as it bears others; each of them is bounded from its birth."""


def _may_bear() -> bool:
    """Whether processes may be born of others here, and be held by more than a number that another may have next."""
    if platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


_BEARS = _may_bear()


@dataclass
class _Reader:
    process: subprocess.Popen[bytes]
    line: Connection
    born: int = 0

    def bears(self, args: tuple[str, ...], files: tuple[BinaryIO, ...]) -> bool:
        """Ask it for one who does it; False when it is not there any more."""
        try:
            self.line.send_bytes("\0".join(("", *args)).encode())
            for one in files:
                send_handle(self.line, one.fileno(), self.process.pid)
        except OSError:
            return False
        self.born += 1
        return True


class ReadOnce(Program):
    """A program whose reader is started when it is first wanted, and ends with this process.

    Of its file ``main`` is what is done each time; what stands outside is read for all of them. Its bounds are those of
    any program.
    """

    def __init__(self, path: Path, **bounds: Any) -> None:
        super().__init__(path, **bounds)
        self._one_asks = Lock()
        self._reader: _Reader | None = None
        self._leaving: list[subprocess.Popen[bytes]] = []
        if _BEARS:
            os.register_at_fork(after_in_child=self._forget)
            atexit.register(self.close)

    def close(self) -> None:
        """Let the reader go, and wait for it; the next who wants it done has another."""
        with self._one_asks:
            self._let_go()
            leaving, self._leaving = self._leaving, []
        for one in leaving:
            one.wait()

    def _ran(self, asked: bytes, args: tuple[str, ...], within: float) -> tuple[int, bytes]:
        if not _BEARS:
            return super()._ran(asked, args, within)
        until = time.monotonic() + within
        for _ in ("the first time", "once more, if its reader was killed meanwhile"):
            code, answer = self._ran_once(asked, args, until)
            if code:
                return int(code), answer
        raise Late

    def _ran_once(self, asked: bytes, args: tuple[str, ...], until: float) -> tuple[bytes, bytes]:
        """How it ended, and what it said. Nobody knows how it ended when its reader did."""
        with ExitStack() as files:
            theirs, (said, says), (ended, ends) = _memory(files), _pipe(files), _pipe(files)
            theirs.write(asked)
            theirs.seek(0)
            self._bear(args, (theirs, says, ends))
            says.close()
            ends.close()
            try:
                answer = _all(said, until)
                return _all(ended, until), answer
            except Late:
                ended.close()  # nobody waits: it is killed
                with suppress(Late):
                    _all(said, time.monotonic() + _GONE_WITHIN)
                raise

    def _bear(self, args: tuple[str, ...], files: tuple[BinaryIO, ...]) -> None:
        with self._one_asks:
            for _ in ("the one that is there", "another, if it was killed"):
                reader = self._reader or self._started()
                bears = reader.bears(args, files)
                if not bears or reader.born >= _MOST_BORN:
                    self._let_go()
                if bears:
                    return
        raise Late

    def _started(self) -> _Reader:
        ours, theirs = Pipe()
        told = (str(theirs.fileno()), str(os.getpid()), str(self._processor), str(self._path))
        with theirs:
            process = subprocess.Popen(
                self._begins(_UNBOUNDED, _BEARING, *told), pass_fds=[theirs.fileno()], env=self._environment,
                cwd=self._path.parent, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        self._reader = _Reader(process, ours)
        return self._reader

    def _let_go(self) -> None:
        """It ends with the last who was born of it. Nobody waits here, and none of them stays a number."""
        if self._reader is not None:
            self._reader.line.close()
            self._leaving.append(self._reader.process)
            self._reader = None
        self._leaving = [one for one in self._leaving if one.poll() is None]

    def _forget(self) -> None:
        """A process that was forked has a reader of its own when it wants one: it does not speak on another's line."""
        self._one_asks = Lock()
        for one in (*self._leaving, *([self._reader.process] if self._reader else ())):
            one.returncode = 0  # no child of this one
        if self._reader is not None:
            self._reader.line.close()
        self._reader, self._leaving = None, []


def _memory(files: ExitStack) -> BinaryIO:
    """A file that stands in no folder."""
    return files.enter_context(os.fdopen(os.memfd_create("asked"), "w+b", buffering=0))


def _pipe(files: ExitStack) -> tuple[BinaryIO, BinaryIO]:
    reads, writes = os.pipe()
    return (
        files.enter_context(os.fdopen(reads, "rb", buffering=0)),
        files.enter_context(os.fdopen(writes, "wb", buffering=0)),
    )


def _all(said: BinaryIO, until: float) -> bytes:
    """Everything until its other end is closed.

    Raises:
        Late: it was not closed in time.
    """
    waits = poll()
    pieces: list[bytes] = []
    waits.register(said.fileno(), POLLIN)
    while waits.poll(max(0.0, until - time.monotonic()) * 1_000):
        piece = os.read(said.fileno(), _PIECE)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
    raise Late
