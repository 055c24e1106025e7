"""Room for a deep call, taken once and not at each step over an edge.

Python keeps the frames of its calls in pieces of 16 kB, and gives a piece back as soon as nothing stands on it. A page
is built some sixty calls deep: whatever goes to and fro over the edge of a piece asks the kernel for memory at each
call, is given a page of zeros for it, and gives it back. How deep the edges lie is chance. A frame that says it needs
much gets one large piece, and all that it calls stands on the rest of that.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_SLOTS = 2**15
"""How many values the frame says it may hold: with its own few, more than a quarter of a megabyte. A piece is doubled
until that fits, so that nearly half of half a megabyte is left. What nothing stands on costs nothing."""


def in_one_piece(function: Callable[P, R]) -> Callable[P, R]:
    """The function, with room for some five hundred calls within it. It answers and raises as before."""

    def roomy(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    roomy.__code__ = roomy.__code__.replace(co_stacksize=_SLOTS)
    return wraps(function)(roomy)
