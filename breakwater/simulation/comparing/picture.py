"""One measure as the lines of a small picture. The table beside it says the same in numbers."""

from dataclasses import dataclass
from math import ceil, floor

from breakwater.simulation.comparing.kept import Compared

WIDTH, HEIGHT = 340, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 10, 24
_STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
_MOST_RULES = 5

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One way: its means from left to right, and the band that its intervals make."""

    code: str
    label: str
    line: str
    band: str


@dataclass(frozen=True)
class Picture:
    """What is drawn. ``rules`` are heights with their number, ``marks`` places along the bottom with their hours."""

    lines: tuple[Line, ...]
    rules: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...]


def picture(compared: Compared) -> Picture:
    """Draw a measure: hours of staleness in their order from left to right, not in their distance."""
    lows = [one.low for _, row in compared.rows for one in row]
    highs = [one.high for _, row in compared.rows for one in row]
    step = next(one for one in _STEPS if (max(highs) - min(lows)) / one <= _MOST_RULES - 1)
    bottom, top = floor(min(lows) / step) * step, ceil(max(highs) / step) * step

    def height(value: float) -> float:
        return round(HEIGHT - _BOTTOM - (value - bottom) / (top - bottom) * (HEIGHT - _TOP - _BOTTOM), 1)

    across = [round(_LEFT + number * (WIDTH - _LEFT - _RIGHT) / (len(compared.rows) - 1), 1)
              for number in range(len(compared.rows))]  # fmt: skip
    lines = []
    for number, way in enumerate(compared.ways):
        told = [row[number] for _, row in compared.rows]
        upper = [(x, height(one.high)) for x, one in zip(across, told, strict=True)]
        lower = [(x, height(one.low)) for x, one in zip(across, told, strict=True)]
        means = [(x, height(one.mean)) for x, one in zip(across, told, strict=True)]
        lines.append(Line(way.code, way.label, _spelled(means), _spelled([*upper, *reversed(lower)])))
    rules = [round(bottom + number * step, 3) for number in range(round((top - bottom) / step) + 1)]
    return Picture(
        tuple(lines),
        tuple((height(one), f"{one:g}") for one in rules),
        tuple((x, str(hours)) for x, (hours, _) in zip(across, compared.rows, strict=True)),
    )


def _spelled(points: list[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
