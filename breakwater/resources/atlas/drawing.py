"""One map: what lies in a piece of the earth, in whole pixels, with a numbered marker for each spot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians

from breakwater.resources.atlas.outlines import Box, Outline, outlines

WIDTH, HEIGHT = 480, 400
_LEAST = 0.25
"""Degrees from edge to edge at least, so that one place is shown in its county and not in a field."""
_MARGIN = 0.12
_MOST_COUNTIES = 150
_MOST_NAMES = 18
_MILES_A_DEGREE = 69.0
_CLOSE = 22
"""Pixels: markers nearer than this are one, and say all their numbers."""

Spot = tuple[str, float, float]
"""What stands on a marker, its latitude and its longitude."""


@dataclass(frozen=True, kw_only=True)
class Marker:
    """Where something is on the map. ``label`` says the numbers of all that lie there."""

    label: str
    first: str
    x: int
    y: int

    @property
    def width(self) -> int:
        """As wide as what stands on it."""
        return 26 if len(self.label) <= 2 else 12 + 8 * len(self.label)  # noqa: PLR2004 - two digits fit a circle


@dataclass(frozen=True, kw_only=True)
class Map:
    """A map as a picture of lines: paths in the words of SVG, names of what they enclose, markers on top."""

    paths: list[str]
    names: list[tuple[str, int, int]]
    markers: list[Marker]
    width: int = WIDTH
    height: int = HEIGHT


def draw(spots: Sequence[Spot], *, around: tuple[float, float] | None = None, within: int = 25) -> Map | None:
    """The map of some spots; around a point as far as was asked, or else as far as they lie. Without any, none."""
    box = _around(*around, within) if around else _of(spots)
    if box is None:
        return None
    paper = _Paper(box)
    drawn = _drawn(box)
    return Map(
        paths=[path for one in drawn if (path := paper.path(one))],
        names=list(paper.names(drawn)) if len(drawn) <= _MOST_NAMES else [],
        markers=_markers([(label, *paper.at(east, north)) for label, north, east in spots]),
    )


def _around(latitude: float, longitude: float, miles: int) -> Box:
    high = miles / _MILES_A_DEGREE
    wide = high / max(0.1, cos(radians(latitude)))
    return _shaped(
        Box(west=longitude - wide, south=latitude - high, east=longitude + wide, north=latitude + high)
    )


def _of(spots: Sequence[Spot]) -> Box | None:
    if not spots:
        return None
    up, across = [one[1] for one in spots], [one[2] for one in spots]
    return _shaped(Box(west=min(across), south=min(up), east=max(across), north=max(up)))


def _shaped(box: Box) -> Box:
    """As wide to high as the paper is, with some room around."""
    middle, center = (box.west + box.east) / 2, (box.south + box.north) / 2
    narrow = max(0.1, cos(radians(center)))
    high = max(box.north - box.south, _LEAST) * (1 + 2 * _MARGIN)
    wide = max(box.east - box.west, _LEAST / narrow) * (1 + 2 * _MARGIN)
    high = max(high, wide * narrow * HEIGHT / WIDTH)
    wide = high * WIDTH / HEIGHT / narrow
    return Box(
        west=middle - wide / 2, south=center - high / 2, east=middle + wide / 2, north=center + high / 2
    )


def _drawn(box: Box) -> list[Outline]:
    """The counties of a piece of the earth; its states where there are too many."""
    states, counties = outlines()
    found = [one for one in counties if one.box.meets(box)]
    return found if len(found) <= _MOST_COUNTIES else [one for one in states if one.box.meets(box)]


class _Paper:
    """Turns degrees into pixels."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._wide = WIDTH / (box.east - box.west)
        self._high = HEIGHT / (box.north - box.south)

    def at(self, east: float, north: float) -> tuple[int, int]:
        return round((east - self._box.west) * self._wide), round((self._box.north - north) * self._high)

    def path(self, outline: Outline) -> str:
        """Its lines, without the points that fall on one pixel; nothing when it is all outside."""
        return "".join(self._line([self.at(*point) for point in ring]) for ring in outline.rings)

    def _line(self, points: list[tuple[int, int]]) -> str:
        is_seen = any(-WIDTH <= x <= 2 * WIDTH and -HEIGHT <= y <= 2 * HEIGHT for x, y in points)
        kept = [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]
        if not is_seen or len(kept) < 3:  # noqa: PLR2004 - fewer points enclose nothing
            return ""
        return "M" + "L".join(f"{x} {y}" for x, y in kept) + "Z"

    def names(self, outlined: Sequence[Outline]) -> Iterator[tuple[str, int, int]]:
        """What each is called, in the middle of what is seen of it."""
        for one in outlined:
            west, east = max(one.box.west, self._box.west), min(one.box.east, self._box.east)
            south, north = max(one.box.south, self._box.south), min(one.box.north, self._box.north)
            if east - west > (self._box.east - self._box.west) / 8:
                yield one.name, *self.at((west + east) / 2, (south + north) / 2)


def _markers(spots: Sequence[tuple[str, int, int]]) -> list[Marker]:
    """One marker for all that lie so close together that they would hide each other."""
    groups: list[tuple[int, int, list[str]]] = []
    for label, x, y in spots:
        if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
            continue
        near = next((one for one in groups if abs(one[0] - x) < _CLOSE and abs(one[1] - y) < _CLOSE), None)
        if near:
            near[2].append(label)
        else:
            groups.append((x, y, [label]))
    return [Marker(label=_said(labels), first=labels[0], x=x, y=y) for x, y, labels in groups]


def _said(labels: list[str]) -> str:
    return ", ".join(labels) if len(labels) <= 3 else f"{labels[0]} +{len(labels) - 1}"  # noqa: PLR2004 - as fits
