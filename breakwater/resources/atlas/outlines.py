"""Outlines of states and counties, read once from a TopoJSON file that is kept here (see VENDORED.md)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "outlines.json"

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class Box:
    """A piece of the earth, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def meets(self, other: "Box") -> bool:
        """Whether two pieces have something in common."""
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
        )


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A state or a county. Rings are longitude and latitude."""

    name: str
    rings: tuple[Ring, ...]
    box: Box


@lru_cache(maxsize=1)
def outlines() -> tuple[tuple[Outline, ...], tuple[Outline, ...]]:
    """All states, and all counties."""
    told = json.loads(_FILE.read_text(encoding="utf-8"))
    arcs = [tuple(_unfolded(arc, told["transform"])) for arc in told["arcs"]]
    states, counties = (
        tuple(_outline(one, arcs) for one in told["objects"][kind]["geometries"])
        for kind in ("states", "counties")
    )
    return states, counties


def _unfolded(arc: list[list[int]], transform: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """The points of an arc, of which each is told as a step from the last."""
    (wide, high), (left, low) = transform["scale"], transform["translate"]
    x = y = 0
    for across, up in arc:
        x, y = x + across, y + up
        yield x * wide + left, y * high + low


def _outline(told: dict[str, Any], arcs: list[Ring]) -> Outline:
    shapes = told["arcs"] if told["type"] == "MultiPolygon" else [told["arcs"]]
    rings = tuple(_ring(ring, arcs) for shape in shapes for ring in shape)
    across = [x for ring in rings for x, _ in ring]
    up = [y for ring in rings for _, y in ring]
    box = Box(west=min(across), south=min(up), east=max(across), north=max(up))
    return Outline(name=told["properties"]["name"], rings=rings, box=box)


def _ring(numbers: list[int], arcs: list[Ring]) -> Ring:
    """Arcs one after another; a negative number is the arc run backwards, and each begins where the last ended."""
    points: list[tuple[float, float]] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points.extend(arc[1:] if points else arc)
    return tuple(points)
