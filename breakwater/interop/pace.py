"""How often one address asks: as often as a program needs at once, and then as often as a minute gives it back.

It is counted in the memory of one process and forgotten there: nothing is written down of who reads the directory.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from math import ceil
from threading import Lock

from django.conf import settings
from django.http import HttpResponse

from breakwater.trust.access import Request
from breakwater.trust.knocks import address_of

_MINUTE = 60.0
MOST_KNOWN = 10_000
"""Of how many addresses is remembered how often they asked; the ones that asked least lately are forgotten."""

View = Callable[..., HttpResponse]


class Pace:
    """Who asked how often. What somebody asked wears off with time, evenly."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, who: str, *, often: int, at: float) -> float:
        """How many seconds somebody has to wait before they may ask; ``0``, and they have asked.

        Args:
            often: how often anybody may ask in a minute.
            at: now, in seconds.
        """
        with self._lock:
            many, since = self._asked.pop(who, (0.0, at))
            many = max(0.0, many - max(0.0, at - since) * often / _MINUTE)
            is_too_many = many + 1 > often
            self._asked[who] = (many if is_too_many else many + 1, at)
            while len(self._asked) > MOST_KNOWN:
                self._asked.popitem(last=False)
        return (many + 1 - often) * _MINUTE / often if is_too_many else 0.0


_PACE = Pace()


def paced(slowed: Callable[[str], HttpResponse]) -> Callable[[View], View]:
    """A view that one address asks so often and no oftener; ``slowed`` is how it is told to wait."""

    def around(view: View) -> View:
        @wraps(view)
        def asked(request: Request, **ids: object) -> HttpResponse:
            often = settings.PUBLIC_PACE
            wait = _PACE.wait(address_of(request), often=often, at=request.now.timestamp())
            if not wait:
                return view(request, **ids)
            seconds = ceil(wait)
            answer = slowed(f"One address may ask {often} times a minute. Ask again in {seconds} s.")
            answer["Retry-After"] = str(seconds)
            return answer

        return asked

    return around
