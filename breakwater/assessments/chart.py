"""A few scores through time as the points of a small picture. The table beside it says the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from breakwater.assessments.models import Result

WIDTH, HEIGHT, MARGIN = 320, 120, 12
_TWO = 2


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What is drawn: points from left to right, in their order and not in their distance."""

    points: tuple[tuple[float, float], ...]
    low: str
    high: str

    @property
    def line(self) -> str:
        """The points as a picture takes them."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One time: when, what it came to, and what that stood for then.

    Args:
        change: since the time before, with its sign; empty where there is nothing to compare with.
        counts: a source calls so much a change.
    """

    at: datetime
    value: str
    band: str
    version: str
    change: str = ""
    counts: bool = False


def trend(results: Sequence[Result], *, least: Decimal | None = None) -> tuple[list[Row], Chart | None]:
    """The rows of a table, and the picture of those with numbers when there are at least two.

    Args:
        least: from how much on a change says something; ``None`` where no source says.
    """
    rows: list[Row] = []
    numbers: list[float] = []
    before: Decimal | None = None
    low = high = 0.0
    for one in results:
        first: dict[str, Any] = next(iter(one.document["scores"]), {})
        value = None if first.get("value") is None else Decimal(first["value"])
        change = None if value is None or before is None else value - before
        rows.append(
            Row(
                at=one.at, value=first.get("value") or "", band=first.get("band", ""), version=one.assessment.version,
                change="" if change is None else f"{change:+}", counts=bool(change and least and abs(change) >= least),
            )
        )  # fmt: skip
        before = before if value is None else value
        if first.get("value") is not None:
            numbers.append(float(first["value"]))
            low, high = float(first["low"]), float(first["high"])
    if len(numbers) < _TWO or high <= low:
        return rows, None
    step = (WIDTH - 2 * MARGIN) / (len(numbers) - 1)
    tall = HEIGHT - 2 * MARGIN
    points = tuple(
        (round(MARGIN + place * step, 1), round(HEIGHT - MARGIN - (one - low) / (high - low) * tall, 1))
        for place, one in enumerate(numbers)
    )
    return rows, Chart(points=points, low=f"{low:g}", high=f"{high:g}")
