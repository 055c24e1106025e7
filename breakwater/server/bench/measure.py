"""Builds a size, starts the server that serves on it, and measures every line against its floor."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from breakwater.server import schema
from breakwater.server.bench import floor, trust
from breakwater.server.bench.build import without_walls
from breakwater.server.bench.lines import Line, Target, lines
from breakwater.server.bench.load import Request, Timing, joined, run
from breakwater.server.bench.recall import recall
from breakwater.server.bench.trust import Cost
from breakwater.server.embedded import ADMIN, APP, OWNER, Cluster
from breakwater.server.home import web_command
from breakwater.server.processes import end_group, living
from breakwater.server.supervisor import free_port, wait_for_port

MANY = 16
_SETTINGS, _UNWALLED = "breakwater.server.bench.settings", "breakwater.server.bench.unwalled"
_WARM, _TURNS = 160, 3
_COUNTED = 2
_MOST_SECONDS = 15.0
_PORT = 18_500


@dataclass(frozen=True)
class Measured:
    """One line at one size."""

    line: Line
    alone: Timing
    together: Timing
    floor_alone: Timing
    floor_together: Timing
    processor: tuple[float, float]
    queries: int
    recall: float | None
    asked: int
    """Nobody has asked by this number yet, nor by one that comes after it."""

    @property
    def of_a_processor(self) -> float:
        """How many times the floor with sixteen connections, by the processor of the server and of what works for it.

        By the clock a turn also tells how the connections fell on the workers, and what else the machine did.
        """
        ours, floor = self.processor
        return ours / floor

    @property
    def ratios(self) -> tuple[float, float]:
        """How many times the floor: by median with one connection, by requests a second with sixteen."""
        return self.alone.at(0.5) / self.floor_alone.at(0.5), self.floor_together.rate / self.together.rate


@dataclass(frozen=True)
class Site:
    """What serves one size, where it lies; and from which number on nobody has asked for each line, by its name."""

    size: int
    cluster: Cluster
    variables: dict[str, str]
    targets: list[Target]
    asked: dict[str, int]


def measure(
    size: int, folder: Path, *, quick: bool, say: Callable[[str], None]
) -> tuple[list[Measured], list[Cost], Site]:
    """Everything at one size, on a database cluster of its own that really waits for the disk."""
    cluster = Cluster(folder / f"bench-{size}").start()
    try:
        say(f"Building {size:,} cases …")
        variables = made(cluster)
        targets = filled(cluster, size, variables, folder / f"targets-{size}.json")
        wanted = lines(targets)
        queries = _queries(wanted, variables)
        with serving(variables) as port:
            found = []
            for line in wanted:
                say(f"{size:,} cases: {line.name} …")
                found.append(_measured(port, line, queries[line.name], targets, cluster, quick=quick))
            say(f"{size:,} cases: what trust costs …")
            asked = {one.line.name: one.asked for one in found}
            costs = _trust(port, wanted, targets, variables, cluster)
            return found, costs, Site(size, cluster, variables, targets, asked)
    finally:
        cluster.stop()


def made(cluster: Cluster) -> dict[str, str]:
    """The tables, the runtime role that may work on them, and the environment of what serves."""
    owner = cluster.url(OWNER)
    variables = os.environ | {"DJANGO_SETTINGS_MODULE": _SETTINGS, "BREAKWATER_DEBUG": "0"}
    _django("migrate", "--skip-checks", "--verbosity", "0", variables=variables | {"DATABASE_URL": owner})
    schema.grant_runtime(owner, APP)
    return variables | {"DATABASE_URL": cluster.url(APP), floor.URL: owner}


def filled(cluster: Cluster, size: int, variables: dict[str, str], notes: Path) -> list[Target]:
    """The cases, built in a process of its own whose memory is given back."""
    url = cluster.url(ADMIN, "breakwater")
    _bench("fill", str(size), str(notes), variables=variables | {"DATABASE_URL": url})
    return [Target(**one) for one in json.loads(notes.read_text())]


def _queries(wanted: list[Line], variables: dict[str, str]) -> dict[str, int]:
    """How many statements each line asks, counted in a process of its own."""
    asked = {line.name: [_spelled(line.make(number)) for number in range(_COUNTED)] for line in wanted}
    said = _bench("count", json.dumps(asked), variables=variables)
    counted: dict[str, int] = json.loads(said.splitlines()[-1])
    return counted


def _spelled(request: Request) -> tuple[str, str, dict[str, str], str]:
    method, path, headers, body = request
    return method, path, headers, body.decode()


def _trust(
    port: int, wanted: list[Line], targets: list[Target], variables: dict[str, str], cluster: Cluster
) -> list[Cost]:
    """What the walls, the journal and its verification cost."""
    pages = {line.name: line for line in wanted if line.name in trust.PAGES}
    root = variables | {"DATABASE_URL": cluster.url(ADMIN, "breakwater")}
    without_walls(root["DATABASE_URL"])
    # both begin alike: the server that is measured otherwise has answered all lines of the bench by now
    with serving(variables) as behind, serving(root, application=_UNWALLED) as unwalled:
        arms = {"walled": walled(behind, cluster), "unwalled": _arm(unwalled, cluster, ADMIN)}
        found = [cost for line in pages.values() for cost in trust.lost_to_walls(line, **arms)]
    beneath = pages[trust.PAGES[1]]
    with ThreadPoolExecutor(1) as beside:
        written = beside.submit(_bench, "append", targets[0].agency, variables=variables)
        while not written.done():
            run(port, beneath.make, expects=beneath.expects, connections=4, requests=range(200), at_most=1)
    found.append(trust.appended(float(written.result())))
    owner = cluster.url(OWNER)
    return [*found, Cost(**json.loads(_bench("verify", owner, variables=variables)))]


def walled(port: int, cluster: Cluster) -> trust.Arm:
    """What serves at a port as it serves everybody, behind its walls."""
    return _arm(port, cluster, APP)


def _arm(port: int, cluster: Cluster, role: str) -> trust.Arm:
    """What serves at a port, with what works for it in PostgreSQL."""
    return trust.Arm(port, lambda: sum(map(spent, _at_work(port, cluster, role))))


def _at_work(port: int, cluster: Cluster, role: str) -> set[psutil.Process]:
    """What serves at a port just now, with what works for it in PostgreSQL."""
    behind = f"{cluster.name}: {role} "

    def is_theirs(one: psutil.Process) -> bool:
        said = one.cmdline()
        return str(port) in said or behind in " ".join(said)

    leaders = living(is_theirs)
    return {*leaders, *(child for leader in leaders for child in _below(leader))}


def _below(leader: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):  # a connection that nobody needed was given back just now
        return leader.children(recursive=True)
    return []


def spent(one: psutil.Process) -> float:
    """Seconds of processor: by the scheduler where it tells of each thread; else in hundredths, coarse for a turn."""
    tasks = Path(f"/proc/{one.pid}/task")
    with suppress(psutil.NoSuchProcess, OSError):
        if (tasks / str(one.pid) / "schedstat").exists():
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
        return float(one.cpu_times().user + one.cpu_times().system)
    return 0.0


@contextmanager
def serving(variables: dict[str, str], *, application: str = floor.__name__) -> Iterator[int]:
    """The server that serves, with two workers; the floor stands in front of it and leaves everything else to it."""
    port = free_port(None, usual=_PORT)
    command = web_command(port, application=f"{application}:application")
    server = subprocess.Popen(command, env=variables, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        if not wait_for_port(port, until=lambda: server.poll() is not None):
            raise RuntimeError("the server does not come up")
        yield port
    finally:
        end_group(server)


def _measured(
    port: int, line: Line, queries: int, targets: list[Target], cluster: Cluster, *, quick: bool
) -> Measured:
    """One line and its floor by turns, so that a noisy minute falls on both."""
    count = line.count // 4 if quick else line.count
    ours, theirs = _Turns(port, line.make, line.expects), _Turns(port, line.make, 200)
    ours.go(MANY, _WARM)
    size = ours.go(1, 4).size
    theirs.make = lambda number: line.floor(number, size)
    theirs.go(MANY, _WARM)
    timings = []
    for connections, many in ((1, count), (MANY, count * 3)):
        if connections == MANY:
            ours.watched, theirs.watched = (_at_work(port, cluster, role) for role in (APP, OWNER))
        mine, least = [], []
        for _ in range(_TURNS):
            mine.append(ours.go(connections, many // _TURNS))
            least.append(theirs.go(connections, many // _TURNS))
        timings.append((joined(mine), joined(least)))
    (alone, floor_alone), (together, floor_together) = timings
    processor = ours.took / len(together.seconds), theirs.took / len(floor_together.seconds)
    found = recall(port, line, targets, cluster.url(ADMIN, "breakwater"))
    return Measured(line, alone, together, floor_alone, floor_together, processor, queries, found, ours.next)


class _Turns:
    """Requests of one kind, each with a number of its own; and the seconds of processor of whom is watched meanwhile.

    Who is watched is looked for beforehand: to go through everything that runs, before and after each turn, is work of
    its own right beside what is measured.
    """

    def __init__(self, port: int, make: Callable[[int], Request], expects: int) -> None:
        self.port, self.make, self.expects, self.next = port, make, expects, _COUNTED
        self.watched, self.took = set[psutil.Process](), 0.0

    def go(self, connections: int, requests: int) -> Timing:
        """So many more."""
        numbers = range(self.next, self.next + requests)
        self.next += requests
        before = sum(map(spent, self.watched))
        timing = run(
            self.port, self.make, expects=self.expects, connections=connections, requests=numbers,
            at_most=_MOST_SECONDS,
        )  # fmt: skip
        self.took += sum(map(spent, self.watched)) - before
        return timing


def _django(*arguments: str, variables: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "django", *arguments], env=variables, check=True, process_group=0)


def _bench(*arguments: str, variables: dict[str, str]) -> str:
    command = [sys.executable, "-m", __package__, *arguments]
    return subprocess.run(
        command, env=variables, check=True, stdout=subprocess.PIPE, text=True, process_group=0
    ).stdout


def spelled(targets: list[Target]) -> str:
    """The targets, for another process."""
    return json.dumps([asdict(one) for one in targets])
