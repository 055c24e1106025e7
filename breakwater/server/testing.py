"""A whole Breakwater in the hands of a test: started as ``make run`` starts it, killed as bad luck kills it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from breakwater.server import env
from breakwater.server.embedded import APP, OWNER, Cluster
from breakwater.server.processes import end, living
from breakwater.server.supervisor import answers

KEEPER, WEB, WEB_PROCESS, WORKER, DATABASE = "keeper", "web server", "web process", "worker", "database"
_FORKS, _SPAWNS = "multiprocessing.forkserver", "multiprocessing.spawn"


class Run:
    """``breakwater run`` on a data folder of its own, and every process it started.

    Args:
        data: the data folder.
        port: where it serves.
        more: further variables of its environment.
    """

    def __init__(self, data: Path, *, port: int, more: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.port = port
        self.log = data.with_name(f"{data.name}.log")
        self.environment = {name: value for name, value in os.environ.items() if name not in env.VARIABLES}
        self.environment |= {"BREAKWATER_DATA": str(data), "BREAKWATER_PORT": str(port), **(more or {})}
        self.keeper: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://localhost:{self.port}"

    @property
    def said(self) -> str:
        """Everything it has said so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def cluster(self) -> Cluster:
        """Its database."""
        return Cluster(self.data / "postgres")

    def start(self, command: str = "run") -> "Run":
        """Start it, as a terminal would: in a process group of its own."""
        with self.log.open("ab") as log:
            self.keeper = subprocess.Popen(
                [sys.executable, "-m", "breakwater", command], env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self

    def is_ready(self) -> bool:
        """Whether it serves pages; a run that gave up says why."""
        if self.keeper is not None and self.keeper.poll() is not None:
            raise AssertionError(f"it ended with {self.keeper.returncode}: {self.said[-2000:]}")
        return answers(self.port)

    def press_ctrl_c(self, *, seconds: float = 120) -> int:
        """Interrupt everything in the foreground, as a terminal does. Returns the exit code."""
        if self.keeper is None:
            raise LookupError("it was never started")
        os.killpg(self.keeper.pid, signal.SIGINT)
        return self.keeper.wait(seconds)

    def processes(
        self, is_wanted: Callable[[psutil.Process], bool] = lambda one: True
    ) -> list[psutil.Process]:
        """Every living process of it, the database's too, or those a question is true of; none that ends meanwhile."""
        data, title = str(self.data), f"postgres: {self.cluster.name}: "

        def is_of_it(one: psutil.Process) -> bool:
            if one.environ().get("BREAKWATER_DATA") == data:
                return True
            words = one.cmdline()
            return title in " ".join(words) or f"{data}/postgres/data" in words

        return living(lambda one: is_of_it(one) and is_wanted(one))

    def parts(self) -> dict[str, psutil.Process]:
        """Those of its processes that have a name here, in one look at all that live: whoever waits looks often."""
        said = [(one, _command(one)) for one in self.processes()]
        found, known_by = dict[str, psutil.Process](), self._known_by
        web = next((one for one, words in said if "uvicorn" in words), None)
        reader = next(
            (one for one, words in said if _begun(words) == _FORKS and web and _parent(one) == web.pid), web
        )
        for one, words in said:
            if one == web:
                what = WEB
            elif reader and _begun(words) and _parent(one) == reader.pid:
                what = WEB_PROCESS
            else:
                what = next((name for name, is_it in known_by.items() if is_it(words)), "")
            if what:
                found.setdefault(what, one)
        return found

    @property
    def _known_by(self) -> dict[str, Callable[[list[str]], bool]]:
        """By what each part that is told from its command is known."""
        data = str(self.data / "postgres" / "data")
        return {
            KEEPER: lambda words: words[-2:] == ["breakwater", "run"],
            WORKER: lambda words: words[-2:] == ["django", "work"],
            DATABASE: lambda words: data in words,
        }

    def find(self, what: str) -> psutil.Process | None:
        """One of its processes, by what it does."""
        return self.parts().get(what)

    def kill(self, what: str, *, when: Callable[[], object] = lambda: None) -> bool:
        """``kill -9`` one of its processes, once ``when`` comes back. ``False`` when it is not there to be killed."""
        process = self.find(what)
        if process is None:
            return False
        when()
        with suppress(psutil.Error):
            process.kill()
        if what == KEEPER and self.keeper is not None:
            self.keeper.wait(60)
        return True

    def end(self) -> None:
        """End every process of it, however it stands."""
        if self.keeper is not None and self.keeper.poll() is None:
            self.keeper.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.keeper.wait(20)
        end(self.processes())

    @contextmanager
    def as_owner(self) -> Iterator["psycopg.Connection[Any]"]:
        """A connection for which there are no walls: to count what is there."""
        with psycopg.connect(self.cluster.url(OWNER), autocommit=True) as connection:
            yield connection

    def url(self, role: str = APP) -> str:
        """The address of its database."""
        return self.cluster.url(role)


def _begun(words: list[str]) -> str:
    """How Python began a process of the web server: by forking from one that had read everything, or anew."""
    return next((one for one in (_FORKS, _SPAWNS) if one in " ".join(words)), "")


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []


def _parent(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.ppid())
    return 0
