"""What an assessment costs: working out what answers come to, and keeping one. Run alone: ``bench answers``."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import psycopg
from django.utils import timezone

from breakwater.assessments.library import INSTRUMENTS
from breakwater.assessments.rules.answering import unanswered
from breakwater.assessments.rules.definition import WORDS, Definition
from breakwater.assessments.rules.scoring import score
from breakwater.kernel.ids import new_id
from breakwater.server import env
from breakwater.server.bench.lines import SHOWN, Target, post_of
from breakwater.server.bench.load import Request, run
from breakwater.server.bench.measure import filled, made, serving
from breakwater.server.bench.trust import Cost
from breakwater.server.embedded import ADMIN, Cluster

MOST_TO_SCORE, MOST_TO_KEEP = 1.0, 40.0
"""Milliseconds that were promised: for any instrument, and for nineteen of twenty answers."""
_CASES, _WARM, _ANSWERS, _TURNS, _SEED = 400, 40, 400, 200, 5
_INSTRUMENT = "phq-9"

_BEGIN = """
    INSERT INTO assessments_assessment
        (id, circle_id, case_id, instrument, version, by_id, starts_at, title, mode, profile, language, interpreter,
        ended_how, segments, again)
    VALUES (%s, %s, %s, %s, %s, %s, %s, 'PHQ-9', 'interview', '', '', '', '', '{}', '')
"""


def scored() -> Cost:
    """The slowest instrument of all that are here, everything answered; the quickest of three turns."""
    slowest, worst = 0.0, ""
    for definition in INSTRUMENTS.values():
        answers = _answered(definition, Random(_SEED))  # noqa: S311 - the same answers in every run
        took = min(_timed(lambda d=definition, a=answers: score(d, a)) for _ in range(3))  # type: ignore[misc]
        slowest, worst = max((slowest, worst), (took, definition.key))
    return Cost(
        f"Work out a score ({worst})",
        f"{slowest:.3f} ms",
        f"≤ {MOST_TO_SCORE:g} ms",
        slowest <= MOST_TO_SCORE,
    )


def kept(say: Callable[[str], None]) -> Cost:
    """Keeping one answer of a sheet over one connection, on a cluster of its own that really waits for the disk."""
    data = env.read().data
    data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=data))
    folder.chmod(0o711)
    cluster = Cluster(folder / "answers").start()
    try:
        say(f"Building {_CASES} cases …")
        variables = made(cluster)
        targets = filled(cluster, _CASES, variables, folder / "targets.json")
        begun = _begun(cluster.url(ADMIN, "breakwater"), targets)
        say("Keeping answers …")
        with serving(variables) as port:
            make = _answering(targets, begun)
            run(port, make, expects=SHOWN, connections=1, requests=range(_WARM))
            timing = run(port, make, expects=SHOWN, connections=1, requests=range(_WARM, _WARM + _ANSWERS))
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
    took = timing.at(0.95)
    return Cost("Keep one answer, p95", f"{took:.1f} ms", f"≤ {MOST_TO_KEEP:g} ms", took <= MOST_TO_KEEP)


def _answered(definition: Definition, chance: Random) -> dict[str, str | tuple[str, ...]]:
    """Everything that is asked, answered by chance."""
    answers: dict[str, str | tuple[str, ...]] = {}
    while left := unanswered(definition, answers):
        item = left[0]
        answers[item.key] = "Some words." if item.kind == WORDS else chance.choice(item.options).code
    return answers


def _timed(act: Callable[[], object]) -> float:
    """The mean of many turns, in milliseconds."""
    began = time.perf_counter()
    for _ in range(_TURNS):
        act()
    return (time.perf_counter() - began) / _TURNS * 1000


def _begun(url: str, targets: list[Target]) -> list[str]:
    """One open assessment on each case."""
    ids, version = [str(new_id()) for _ in targets], INSTRUMENTS[_INSTRUMENT].version
    with psycopg.connect(url) as connection:
        connection.cursor().executemany(
            _BEGIN,
            [
                (pk, one.circle, one.case, _INSTRUMENT, version, one.user, timezone.now())
                for pk, one in zip(ids, targets, strict=True)
            ],
        )
    return ids


def _answering(targets: list[Target], begun: list[str]) -> Callable[[int], Request]:
    """One answer after another: each case, then the next item of each."""
    items = [one.key for one in INSTRUMENTS[_INSTRUMENT].items]

    def make(number: int) -> Request:
        at = number % len(targets)
        item = items[number // len(targets) % len(items)]
        return post_of(
            targets[at], f"/assessments/{begun[at]}/one/", {"item": item, f"item-{item}": str(number % 2)}
        )

    return make
