"""What the comparison came to, computed once and kept beside the code. A test computes some of it again."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from breakwater.simulation.comparing.running import MEASURES, Estimate, Found, Measure
from breakwater.simulation.comparing.ways import WAYS, Way

PLACE = Path(__file__).with_name("figures.json")
_DIGITS = 4


@dataclass(frozen=True)
class Compared:
    """Of one measure: a row for each staleness, with the estimate of each way in their order."""

    measure: Measure
    ways: tuple[Way, ...]
    rows: tuple[tuple[int, tuple[Estimate, ...]], ...]


def write(found: list[Found], place: Path = PLACE) -> None:
    """Keep it, a line for each way at each staleness."""
    lines = ",\n".join(json.dumps(asdict(rounded(one))) for one in found)
    place.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def read(place: Path = PLACE) -> list[Found]:
    """What was kept."""
    return [_found(one) for one in json.loads(place.read_text(encoding="utf-8"))]


def rounded(one: Found) -> Found:
    """As it is kept: more digits would say nothing."""
    return Found(one.way, one.staleness, {
        code: Estimate(*(round(value, _DIGITS) for value in (it.mean, it.low, it.high)))
        for code, it in one.estimates.items()
    })  # fmt: skip


def by_measure(found: list[Found]) -> list[Compared]:
    """The same, as it is shown."""
    known = {(one.way, one.staleness): one.estimates for one in found}
    stale = sorted({one.staleness for one in found})
    return [
        Compared(measure, WAYS, tuple(
            (hours, tuple(known[way.code, hours][measure.code] for way in WAYS)) for hours in stale
        ))
        for measure in MEASURES
    ]  # fmt: skip


def _found(told: dict[str, Any]) -> Found:
    estimates = {code: Estimate(**it) for code, it in told["estimates"].items()}
    return Found(told["way"], told["staleness"], estimates)
