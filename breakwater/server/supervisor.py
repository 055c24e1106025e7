"""Keeps the web server, the worker and the embedded database alive while ``breakwater run`` runs."""

import fcntl
import http.client
import json
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from breakwater.server.embedded.places import make_folder
from breakwater.server.env import MARK
from breakwater.server.processes import end, end_group, marked

_BEAT = 0.2
_HEAL_EVERY = 1.0
_LIVED_WELL = 10.0
_LONGEST_REST = 10.0
_HOPELESS = 5


class RunTrouble(Exception):
    """It cannot run; the message says why."""


class Child:
    """One program we keep alive, in a session of its own."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0
        self._born_at = 0.0
        self._rests_until = 0.0

    def start(self) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self._born_at = time.monotonic()

    def look_after(self, say: Callable[[str], None]) -> None:
        """Start it again if it ended: at once the first time, then after ever longer rests."""
        now = time.monotonic()
        if self.process and self.process.poll() is not None:
            how = self.process.returncode
            end_group(self.process)
            self.process = None
            self.deaths = 1 if now - self._born_at > _LIVED_WELL else self.deaths + 1
            self._rests_until = now + min(0.25 * 2 ** (self.deaths - 1), _LONGEST_REST)
            say(f"The {self.name} ended ({_in_words(how)}); starting it again.")
        if self.process is None and now >= self._rests_until:
            self.start()

    def end(self) -> None:
        """End it, with everything it started."""
        if self.process:
            end_group(self.process)


class Farewell:
    """Hears Ctrl-C, a request to end and a closed terminal, also where whoever started us would have them ignored.

    While things start it interrupts them; from then on it is only noted. It is noted in any case: an interruption that
    gets lost in somebody's clean-up still ends the run.
    """

    def __init__(self) -> None:
        self.is_said = False
        self._interrupts = True
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._hear)

    def only_note(self) -> None:
        """Everything has started: whoever keeps it alive looks up from time to time."""
        self._interrupts = False

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.is_said = True
        if self._interrupts:
            raise KeyboardInterrupt


class Supervisor:
    """Starts children, restarts those that die, and ends all of them at the end.

    Args:
        children: what to keep alive.
        farewell: says when it is time to end.
        say: tells whoever watches what happened, in a sentence.
        heal: looks after the database, about once a second.
    """

    def __init__(
        self,
        children: list[Child],
        *,
        farewell: Farewell,
        say: Callable[[str], None],
        heal: Callable[[], None] = lambda: None,
    ) -> None:
        self.children = children
        self.farewell = farewell
        self.say = say
        self.heal = heal

    def run(self, *, port: int, when_ready: Callable[[], None]) -> None:
        """Run until Ctrl-C or a signal to end.

        Raises:
            RunTrouble: a child dies again and again before anything was served.
        """
        self.farewell.only_note()
        try:
            for child in self.children:
                child.start()
            self._keep_alive(port, when_ready)
        finally:
            for child in self.children:
                child.end()

    def _keep_alive(self, port: int, when_ready: Callable[[], None]) -> None:
        is_ready, heal_at = False, 0.0
        while not self.farewell.is_said:
            if time.monotonic() >= heal_at:
                self.heal()
                heal_at = time.monotonic() + _HEAL_EVERY
            for child in self.children:
                child.look_after(self.say)
                if not is_ready and child.deaths >= _HOPELESS:
                    raise RunTrouble(f"The {child.name} does not start; its own words are above.")
            if not is_ready and answers(port):
                is_ready = True
                when_ready()
            time.sleep(_BEAT)


@contextmanager
def only_run(folder: Path) -> Iterator[dict[str, str]]:
    """Be the only run of a data folder, and end what an earlier one left behind when it was killed.

    The kernel gives the lock back however a run ends. Its children carry its mark in their environment, which proves
    whose they are. Yields that mark, for the environment of ours.

    Raises:
        RunTrouble: another run of the same folder is under way.
    """
    make_folder(folder)
    book = folder / "run.json"
    with (folder / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as trouble:
            raise RunTrouble(
                f"Breakwater runs already: {_noted(book, 'url') or 'it is starting'}"
            ) from trouble
        if left_behind := _noted(book, MARK):
            end(marked(MARK, left_behind))
        mark = {MARK: secrets.token_hex(16)}
        write_down(folder, mark)
        try:
            yield mark
        finally:
            book.unlink(missing_ok=True)


def write_down(folder: Path, notes: dict[str, str]) -> None:
    """Keep notes about this run, for the next one."""
    part = folder / "run.json.part"
    part.write_text(json.dumps(notes))
    part.replace(folder / "run.json")


def free_port(wanted: int | None, *, usual: int) -> int:
    """The port that was asked for, or the next free one after the usual.

    Raises:
        RunTrouble: the one asked for, or every one of fifty, is taken.
    """
    if wanted:
        if not is_free(wanted):
            raise RunTrouble(
                f"Port {wanted} is taken by another program. Choose another with BREAKWATER_PORT."
            )
        return wanted
    for port in range(usual, usual + 50):
        if is_free(port):
            return port
    raise RunTrouble(f"Every port from {usual} to {usual + 49} is taken. Choose one with BREAKWATER_PORT.")


def wait_for_port(port: int, *, until: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait until the web server answers with a page. ``False`` when time runs out or ``until`` says so."""
    stop_at = time.monotonic() + seconds
    while time.monotonic() < stop_at and not until():
        if answers(port):
            return True
        time.sleep(0.05)
    return False


def is_free(port: int) -> bool:
    """Whether nobody answers on a port and we may listen on it."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether the web server answers with a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/sign-in/", headers={"Host": "localhost"})
        return connection.getresponse().status < 500  # noqa: PLR2004 - HTTP: the server's own mistakes
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _noted(book: Path, name: str) -> str:
    with suppress(OSError, ValueError):
        return str(json.loads(book.read_text()).get(name, ""))
    return ""


def _in_words(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
