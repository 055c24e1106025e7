"""What somebody drew with a finger, as numbers: strokes of points on a field. Plain values in, plain values out."""

import re
from collections.abc import Sequence
from itertools import pairwise

WIDTH, HEIGHT = 1000, 300
"""The field that is drawn on, in units of its own: the same on every screen and on paper."""
MOST_STROKES, MOST_POINTS, LEAST_INK = 80, 2500, 40
"""More is no signature but a picture; less ink than this, as far as the pen went, is a slip of the finger."""
LONGEST = MOST_POINTS * len("1000,300 ")
_STROKE = re.compile(r"[0-9]{1,4},[0-9]{1,3}( [0-9]{1,4},[0-9]{1,3})*")

Stroke = tuple[tuple[int, int], ...]


def strokes_in(text: str) -> tuple[Stroke, ...]:
    """The strokes that a text holds, as ``"10,20 30,40;50,60 …"``.

    Raises:
        ValueError: it is nothing that a pen can draw here. Says nothing of what it holds.
    """
    if len(text) > LONGEST:
        raise ValueError("more than a signature")
    drawn = text.split(";")
    if len(drawn) > MOST_STROKES or not all(map(_STROKE.fullmatch, drawn)):
        raise ValueError("no strokes")
    strokes = tuple(tuple(_point(one) for one in stroke.split(" ")) for stroke in drawn)
    points = [point for stroke in strokes for point in stroke]
    if len(points) > MOST_POINTS or any(x > WIDTH or y > HEIGHT for x, y in points):
        raise ValueError("beside the field, or too many points")
    return strokes


def why_not_drawn(text: str) -> str:
    """The sentence that says why this is no signature, or ``""`` when it is one, or nothing was drawn."""
    if not text:
        return ""
    try:
        strokes = strokes_in(text)
    except ValueError:
        return "What was drawn did not arrive whole. Let them draw it again, or type their name."
    return "" if _ink(strokes) >= LEAST_INK else "Let them draw a little more than a dot, or type their name."


def polylines(text: str) -> list[str]:
    """The strokes as the points of polylines; a stroke of one point is drawn as a dot."""
    strokes = strokes_in(text) if text else ()
    return [
        " ".join(f"{x},{y}" for x, y in (stroke if len(stroke) > 1 else stroke * 2)) for stroke in strokes
    ]


def _point(text: str) -> tuple[int, int]:
    x, _, y = text.partition(",")
    return int(x), int(y)


def _ink(strokes: Sequence[Stroke]) -> int:
    """How far the pen went."""
    return sum(
        abs(x - before_x) + abs(y - before_y)
        for stroke in strokes
        for (before_x, before_y), (x, y) in pairwise(stroke)
    )
