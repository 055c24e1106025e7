"""How much longer a page or an act takes with ten times as many cases: both sizes are served at once, by turns.

Measured one after the other, minutes lie between the two, and by then the machine is another one. Both were started a
moment ago, and what is asked first is read from the files, at the larger size long after all of the smaller is at hand.
What people meet is a server at work: pages that only read are asked for a while before they are compared.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from breakwater.server.bench.lines import Line, Target, lines
from breakwater.server.bench.load import run
from breakwater.server.bench.measure import MANY, Site, serving, walled
from breakwater.server.bench.trust import Cost, between

MOST_GROWTH = 1.25
TURNS, _EACH, _WARM, _AT_WORK = 21, 12, 48, 600


@dataclass
class _Asked:
    """One line at one size: its median of each turn, and what each of its requests took of a processor."""

    port: int
    line: Line
    spent: Callable[[], float]
    next: int
    medians: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def turn(self, many: int = _EACH) -> None:
        """One after another, over one connection."""
        numbers = range(self.next, self.next + many)
        self.next += many
        before = self.spent()
        timing = run(self.port, self.line.make, expects=self.line.expects, connections=1, requests=numbers)
        self.medians.append(timing.at(0.5))
        self.processor.append((self.spent() - before) / len(timing.seconds))


def grown(sites: Iterable[Site], *, say: Callable[[str], None]) -> list[Cost]:
    """What each line takes at each size, over what it takes at the size before."""
    found = []
    for small, large in pairwise(sites):
        say(f"From {small.size:,} to {large.size:,} cases, by turns …")
        with _served(small) as few, _served(large) as many:
            as_many = large.targets[-len(small.targets) :]
            found += [_in_the_same_state(*pair, as_many) for pair in zip(few, many, strict=True)]
    return found


def _in_the_same_state(small: _Asked, large: _Asked, targets: list[Target]) -> Cost:
    """Both compared; before it, as many cases of the larger size are brought as far as those of the smaller are."""
    if small.line.is_used_up:
        large.line = next(one for one in lines(targets) if one.name == large.line.name)
        run(
            large.port,
            large.line.make,
            expects=large.line.expects,
            connections=MANY,
            requests=range(small.next),
        )
        large.next = small.next
    return compared(small, large)


@contextmanager
def _served(site: Site) -> Iterator[list[_Asked]]:
    """The lines of one size, from the first number on that nobody has asked by."""
    with ExitStack() as until:
        site.cluster.start()
        until.callback(site.cluster.stop)
        port = until.enter_context(serving(site.variables))
        arm = walled(port, site.cluster)
        yield [_Asked(port, line, arm.processor, site.asked[line.name]) for line in lines(site.targets)]


def compared(small: _Asked, large: _Asked) -> Cost:
    """How many times as long it takes. Each turn is a pair, so that a busy minute falls on both of it."""
    both = (small, large)
    for one in both:
        one.turn(_WARM if one.line.is_used_up else _AT_WORK)
        one.medians.clear()
        one.processor.clear()
    for turn in range(TURNS):
        for one in both if turn % 2 else reversed(both):
            one.turn()
    by_clock, by_processor = (
        between([two / one for one, two in zip(*each, strict=True)])
        for each in ((small.medians, large.medians), (small.processor, large.processor))
    )
    told = f"{_told(*by_clock)}, of a processor {_told(*by_processor)}"
    return Cost(small.line.name, told, f"≤ {MOST_GROWTH:g} ×", by_clock[0] <= MOST_GROWTH)


def _told(median: float, low: float, high: float) -> str:
    return f"{median:.2f} ({low:.2f} to {high:.2f})"
