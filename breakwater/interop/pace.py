"""How often one address asks: as often as a program needs at once, and then as often as a minute gives it back.

It is counted in the memory of one process and forgotten there: nothing is written down of who reads the directory.
"""

from collections.abc import Callable
from functools import wraps
from math import ceil

from django.conf import settings
from django.http import HttpResponse

from breakwater.trust.access import Request
from breakwater.trust.pace import Pace, address_of

View = Callable[..., HttpResponse]

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
