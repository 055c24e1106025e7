"""Keeps the web server, the worker and the embedded database alive while ``breakwater run`` runs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

_BEAT = 0.5
_PATIENCE = 8.0


class Child:
    """One program we keep alive, in a process group of its own."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts = 0

    def start(self) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def is_dead(self) -> bool:
        """Whether it ended."""
        return self.process is None or self.process.poll() is not None

    def end(self) -> None:
        """Ask its whole group to end; insist after a while."""
        if self.process is None:
            return
        end_group(self.process.pid, self.process)


class Supervisor:
    """Starts children, restarts those that die, and ends all of them at the end."""

    def __init__(self, children: list[Child], *, folder: Path, heal: Callable[[], None] | None = None) -> None:
        self.children = children
        self.book = folder / "running.json"
        self.heal = heal
        self.is_over = False

    def run(self, when_ready: Callable[[], None], *, port: int) -> None:
        """Run until Ctrl-C or a signal to end."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._finish)
        try:
            for child in self.children:
                child.start()
            self._write_down()
            if wait_for_port(port, until=lambda: self.is_over):
                when_ready()
            while not self.is_over:
                time.sleep(_BEAT)
                self._look_after()
        finally:
            for child in self.children:
                child.end()
            self.book.unlink(missing_ok=True)

    def _look_after(self) -> None:
        if self.heal:
            self.heal()
        for child in self.children:
            if child.is_dead() and not self.is_over:
                child.end()
                child.restarts += 1
                time.sleep(min(0.2 * child.restarts, 5))
                child.start()
                self._write_down()

    def _write_down(self) -> None:
        groups = [child.process.pid for child in self.children if child.process]
        self.book.write_text(json.dumps({"program": sys.executable, "groups": groups}))

    def _finish(self, number: int, frame: FrameType | None) -> None:
        self.is_over = True


def clear_orphans(folder: Path) -> None:
    """End the children that an earlier run left behind when it was killed; nobody else's."""
    book = folder / "running.json"
    try:
        noted = json.loads(book.read_text())
    except (OSError, ValueError):
        return
    mine = {str(noted.get("program")), sys.executable}
    for group in noted.get("groups", []):
        listing = subprocess.run(
            ["ps", "-eo", "pgid=,args="], capture_output=True, text=True, check=False
        ).stdout.splitlines()
        members = [line.split(None, 1)[1] for line in listing if line.split(None, 1)[0] == str(group)]
        if members and all(any(args.startswith(program) for program in mine) for args in members):
            end_group(int(group))
    book.unlink(missing_ok=True)


def end_group(group: int, leader: subprocess.Popen[bytes] | None = None) -> None:
    """Ask a process group to end; insist after a while."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, sign)
        stop_at = time.monotonic() + _PATIENCE
        while time.monotonic() < stop_at:
            if leader is not None:
                leader.poll()
            try:
                os.killpg(group, 0)
            except (ProcessLookupError, PermissionError):
                return
            time.sleep(0.05)


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_for_port(port: int, *, until: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait until somebody answers on a port. ``False`` when time runs out or ``until`` says so."""
    stop_at = time.monotonic() + seconds
    while time.monotonic() < stop_at and not until():
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False
