"""Room at its full size: figures told all at once, whom to ask for one person, and sixty-four that say yes together.

Each stands on a cluster of its own that really waits for the disk: ``bench --only room``, ``match``, ``first-yes``.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone

from breakwater.server.bench.lines import DONE, Target, post_of
from breakwater.server.bench.load import Request, Timing, WrongAnswer, answered, on_the_wire, run
from breakwater.server.bench.measure import filled, made, serving
from breakwater.server.bench.places import ASKED_FOR, HOUSES, PROGRAMS, Directory, furnished
from breakwater.server.bench.trust import Cost
from breakwater.server.embedded import ADMIN, Cluster

Say = Callable[[str], None]

LEAST_UPDATES, MOST_TO_RANK, MOST_TO_DECIDE = 200.0, 60.0, 100.0
"""Updates a second; milliseconds, of 95 in 100 rankings and of 99 in 100 first answers."""

_CASES, _ROUNDS, _WARM_ROUNDS = 400, 30, 3
_AT_ONCE, _SECONDS, _WARM = 16, 15.0, 160
_RANKED, _WARM_PAGES = 200, 20
_NOT_SENT = 422
"""What the page answers that shows whom one could ask: nothing was sent to anybody yet."""
_MANY = 1_000_000
_REFUSED = (409, 422)


@dataclass(frozen=True)
class _Site:
    """A server with the whole directory, and the cases for which somebody looks."""

    port: int
    variables: dict[str, str]
    directory: Directory
    targets: list[Target]


def told(folder: Path, say: Say) -> list[Cost]:
    """Figures told by taps from all over, as fast as they are taken."""
    with _site(folder, say) as site:
        say(f"{_SECONDS:.0f} seconds of taps …")
        make = _taps(site.directory)
        run(site.port, make, expects=DONE, connections=_AT_ONCE, requests=range(_WARM))
        timing = run(
            site.port,
            make,
            expects=DONE,
            connections=_AT_ONCE,
            requests=range(_WARM, _MANY),
            at_most=_SECONDS,
        )
    found = f"{timing.rate:.0f} a second, p95 {timing.at(0.95):.0f} ms"
    wanted = f"≥ {LEAST_UPDATES:.0f} a second"
    return [Cost(f"Figures told by {PROGRAMS:,} programs", found, wanted, timing.rate >= LEAST_UPDATES)]


def matched(folder: Path, say: Say) -> list[Cost]:
    """Match and rank for one person, and the page that shows it."""
    with _site(folder, say) as site:
        say(f"{_RANKED} rankings …")
        ranked = [
            float(one) for one in _bench("rank", site.targets[0].user, variables=site.variables).split()
        ]
        make = _asking(site.targets)
        run(site.port, make, expects=_NOT_SENT, connections=1, requests=range(_WARM_PAGES))
        asked = range(_WARM_PAGES, _WARM_PAGES + _RANKED)
        page = run(site.port, make, expects=_NOT_SENT, connections=1, requests=asked)
    took = Timing(ranked, 1, 0)
    return [
        Cost(f"Match and rank for one person, {PROGRAMS:,} programs", _spread(took), f"p95 ≤ {MOST_TO_RANK:g} ms",
             took.at(0.95) <= MOST_TO_RANK),
        Cost("The page that shows the first sixty", _spread(page), "told only", True),
    ]  # fmt: skip


def decided(folder: Path, say: Say) -> list[Cost]:
    """Sixty-four press yes in the same moment, round after round: until the first has its bed, and until all know."""
    with _site(folder, say) as site:
        say(f"{_ROUNDS} rounds of {HOUSES} that say yes at once …")
        asked = json.loads(
            _bench("ask", json.dumps(_wanted(site)), variables=site.variables).splitlines()[-1]
        )
        rounds = [asyncio.run(_all_at_once(site.port, list(_yeses(site, asks, number))))
                  for number, asks in enumerate(asked)]  # fmt: skip
    first, last = (Timing(list(took), 1, 0) for took in zip(*rounds[_WARM_ROUNDS:], strict=True))
    return [
        Cost(f"The first yes of {HOUSES}", _spread(first, 0.99), f"p99 ≤ {MOST_TO_DECIDE:g} ms",
             first.at(0.99) <= MOST_TO_DECIDE),
        Cost(f"Until the last of {HOUSES} knows", _spread(last, 0.99), "told only", True),
    ]  # fmt: skip


@contextmanager
def _site(folder: Path, say: Say) -> Iterator[_Site]:
    cluster = Cluster(folder / "bench-room").start()
    try:
        say(f"Building {PROGRAMS:,} programs and {_CASES} cases …")
        variables = made(cluster)
        targets = filled(cluster, _CASES, variables, folder / "targets-room.json")
        directory = furnished(cluster.url(ADMIN, "breakwater"), rounds=_ROUNDS, now=timezone.now())
        with serving(variables) as port:
            yield _Site(port, variables, directory, targets)
    finally:
        cluster.stop()


def _taps(directory: Directory) -> Callable[[int], Request]:
    """Each program in turn tells another figure."""

    def make(number: int) -> Request:
        keeper = directory.keepers[number * 7 % PROGRAMS]
        fields = {"accepting": str(number // PROGRAMS % 5 + number % 2)}
        return post_of(keeper.target, f"/find-help/programs/{keeper.program}/count/", fields)

    return make


def _asking(targets: list[Target]) -> Callable[[int], Request]:
    """Whom to ask for one person, one case after another."""

    def make(number: int) -> Request:
        target = targets[number % len(targets)]
        fields = {"kind": str(ASKED_FOR), "age": str(18 + number % 60), "gender": "woman", "pet": "on"}
        return post_of(target, f"/referrals/{target.case}/asking/", fields)

    return make


def _wanted(site: _Site) -> dict[str, Any]:
    """For whom the houses are asked, which houses, and how often."""
    return {
        "cases": [(one.case, one.user) for one in site.targets],
        "programs": [one.program for one in site.directory.houses],
        "rounds": _ROUNDS,
    }


def _yeses(site: _Site, asks: dict[str, str], number: int) -> Iterator[Request]:
    """The yes of each house to its ask in one round, with a bed that nobody has taken."""
    for house in site.directory.houses:
        fields = {"bed": house.beds[number]}
        yield post_of(house.target, f"/referrals/asks/{asks[house.program]}/acceptance/", fields)


async def _all_at_once(port: int, requests: list[Request]) -> tuple[float, float]:
    """Seconds until the one that wins is answered, and until all are.

    Raises:
        WrongAnswer: not one wins, or somebody hears something else than that another was faster.
    """
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in requests]
    begun = time.perf_counter()

    async def press(number: int) -> tuple[int, float]:
        reader, writer = lines[number]
        writer.write(on_the_wire(requests[number]))
        status, _ = await answered(reader)
        writer.close()
        return status, time.perf_counter() - begun

    answers = await asyncio.gather(*(press(number) for number in range(len(requests))))
    won = [took for status, took in answers if status == DONE]
    if len(won) != 1 or any(status not in (DONE, *_REFUSED) for status, _ in answers):
        raise WrongAnswer(f"{len(won)} of {len(answers)} won: {sorted({status for status, _ in answers})}")
    return won[0], max(took for _, took in answers)


def _bench(*arguments: str, variables: dict[str, str]) -> str:
    command = [sys.executable, "-m", __package__, *arguments]
    return subprocess.run(
        command, env=variables, check=True, stdout=subprocess.PIPE, text=True, process_group=0
    ).stdout


def _spread(took: Timing, most: float = 0.95) -> str:
    return f"p50 {took.at(0.5):.0f} ms, p{most:.0%}".rstrip("%") + f" {took.at(most):.0f} ms"
