"""In which order the modules of the suite begin, so that two processors are busy from its first minute to its last."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest

_WAITS = (
    "tests/journeys/", "tests/luck/test_killed", "tests/luck/test_streams", "tests/luck/test_disks",
    "breakwater/server/tests/",
)  # fmt: skip
_WORKS = ("tests/matrix/", "tests/luck/", "tests/architecture/")


def by_turns(modules: Iterable[str]) -> Iterator[str]:
    """One module that mostly waits for others, and one that keeps a processor busy; the short ones come last.

    So no processor stands still while every worker waits for a browser, and none ends alone with a long one.
    """
    named = list(dict.fromkeys(modules))
    waits = [one for one in named if one.startswith(_WAITS)]
    works = [one for one in named if one.startswith(_WORKS) and not one.startswith(_WAITS)]
    for pair in zip_longest(waits, works):
        yield from filter(None, pair)
    yield from (one for one in named if not one.startswith((*_WAITS, *_WORKS)))
