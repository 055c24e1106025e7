"""The reader: it reads one program and no more, and each who runs that program is born of it, to do it once.

Run alone by ``alone``, which takes away first, for ``read_once``, which asks: by a line that passes what somebody is to
read from, where they write, and where it is told how they ended. The reader opens none of it, so what one was asked
and said stays in no memory that lasts. It imports nothing of ours, keeps no thread, and says nothing.
"""

import gc
import os
import resource
import runpy
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle

_BROKEN = 1
"""How a program ends that raised what it did not expect, as Python has it."""


class _Reader:
    """It waits until its owner ends, it is asked, one who was born has ended, or nobody waits for one any more."""

    def __init__(self, line: Connection, owner: int, processor: int, main: Callable[[], int]) -> None:
        self._line, self._owner, self._processor, self._main = line, owner, processor, main
        self._born: dict[int, tuple[int, int]] = {}
        self._waits = select.poll()
        self._waits.register(owner, select.POLLIN)
        self._waits.register(line.fileno(), select.POLLIN)

    def bear(self) -> None:
        """Until its owner ends, or asks no more and the last has ended."""
        is_asked = True
        while is_asked or self._born:
            # one at a time: what is closed for one may be another's number next
            of, _ = self._waits.poll()[0]
            if of == self._owner:
                self._end_all()
                return
            if of == self._line.fileno():
                is_asked = self._asked()
            elif of in self._born:
                self._bury(of)
            else:
                self._end_who_tells(of)

    def _asked(self) -> bool:
        """Bear somebody; False when nobody asks any more."""
        try:
            args = self._line.recv_bytes().decode().split("\0")[1:]
            reads, writes, ended = (recv_handle(self._line) for _ in range(3))
        except (EOFError, OSError):
            self._waits.unregister(self._line.fileno())
            return False
        pid = os.fork()
        if not pid:
            self._do(args, reads, writes, ended)
        os.close(reads)
        os.close(writes)
        alive = os.pidfd_open(pid)
        self._born[alive] = (pid, ended)
        self._waits.register(alive, select.POLLIN)
        self._waits.register(ended, 0)  # it is heard when nobody waits at the other end
        return True

    def _do(self, args: list[str], reads: int, writes: int, ended: int) -> None:
        """Be the program, with the two files that are its own and none besides."""
        code = _BROKEN
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (self._processor, self._processor))
            os.dup2(reads, 0)
            os.dup2(writes, 1)
            others = (one for alive, (_, told) in self._born.items() for one in (alive, told))
            for one in (reads, writes, ended, self._owner, self._line.fileno(), *others):
                os.close(one)
            sys.argv = [sys.argv[0], *args]
            done = self._main()
            sys.stdout.flush()
            code = done
        finally:
            os._exit(code)

    def _bury(self, alive: int) -> None:
        """Say how they ended."""
        pid, ended = self._born.pop(alive)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(BrokenPipeError):  # nobody waits
            os.write(ended, str(code).encode())
        for one in (alive, ended):
            with suppress(KeyError):
                self._waits.unregister(one)
            os.close(one)

    def _end_who_tells(self, unheard: int) -> None:
        """They were not done in time, and nobody waits for them: they are buried when they are heard to have ended."""
        for alive, (_, ended) in self._born.items():
            if ended == unheard:
                signal.pidfd_send_signal(alive, signal.SIGKILL)
                self._waits.unregister(ended)

    def _end_all(self) -> None:
        for alive in self._born:
            signal.pidfd_send_signal(alive, signal.SIGKILL)


def main() -> None:
    """Read the program, and bear whoever is to do it."""
    line, owner, processor, path = (*map(int, sys.argv[1:4]), sys.argv[4])
    alive = os.pidfd_open(owner)
    if os.getppid() != owner:
        return  # it ended before this began
    sys.argv = [path]
    program = runpy.run_path(path)["main"]
    gc.freeze()
    _Reader(Connection(line), alive, processor, program).bear()


if __name__ == "__main__":
    main()
