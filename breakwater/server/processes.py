"""Which processes live, and how to end them: never by a bare process id, which may be a zombie's or a stranger's."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil

GENTLY = ((signal.SIGTERM, 8.0), (signal.SIGKILL, 2.0))
_POLL = 0.02
_CLEANING_UP = 30.0


def is_living(process: psutil.Process) -> bool:
    """Whether it runs and is no zombie."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def living(is_wanted: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    """The living processes that a question is true of; those that may not be asked are left out."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if is_wanted(process) and is_living(process):
                found.append(process)
    return found


def marked(name: str, value: str) -> list[psutil.Process]:
    """The living processes that carry this variable in the environment they were started with."""
    return living(lambda process: process.pid != os.getpid() and process.environ().get(name) == value)


def end(processes: Iterable[psutil.Process], *, signs: tuple[tuple[int, float], ...] = GENTLY) -> None:
    """Ask processes to end, ever more firmly: each signal with the seconds it is given."""
    remaining = [process for process in processes if is_living(process)]
    for sign, patience in signs:
        for process in remaining:
            with suppress(psutil.Error):
                process.send_signal(sign)
        stop_at = time.monotonic() + patience
        while remaining and time.monotonic() < stop_at:
            time.sleep(_POLL)
            remaining = [process for process in remaining if is_living(process)]


def run_to_its_end(command: list[str]) -> int:
    """Run a command that clears up behind itself, and give it the time for that at Ctrl-C. Returns its exit code."""
    process = subprocess.Popen(command)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait(_CLEANING_UP)
        raise


def end_group(leader: subprocess.Popen[bytes]) -> None:
    """End a process we started in a session of its own, with everything it started."""
    for sign, patience in GENTLY:
        if leader.poll() is None:
            leader.send_signal(sign)
        with suppress(subprocess.TimeoutExpired):
            leader.wait(patience)
    end(living(lambda process: os.getpgid(process.pid) == leader.pid))
