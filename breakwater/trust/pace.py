"""How often somebody asks: as often as work needs at once, and then as often as time gives it back.

It is counted in the memory of one process and forgotten there: nothing is written down of who asked how often.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from ipaddress import ip_address, ip_network
from math import ceil
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from breakwater.kernel import tables
from breakwater.kernel.errors import Refused
from breakwater.kernel.tables import Table
from breakwater.trust.elsewhere import heard_by

MOST_KNOWN = 10_000
"""Of how many is remembered how often they asked; those who asked least lately are forgotten."""
_MINUTE = timedelta(minutes=1)
_SUBNET_OF_ONE = 64

View = Callable[..., HttpResponse]


class TooOften(Refused):
    """Somebody asked for more than one person at work does; the message says when they may ask again."""

    status = 429


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How often one person may do something, and what they read who did it oftener."""

    often: int
    over: timedelta
    says: str

    def why_not(self, wait: float) -> str:
        """The sentence for somebody who has to wait so many seconds."""
        seconds = ceil(wait)
        return self.says.format(wait="a second" if seconds == 1 else f"{seconds} seconds")


class Pace:
    """Who asked how often. What somebody asked wears off with time, evenly."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, who: str, *, often: float, at: float, over: timedelta = _MINUTE) -> float:
        """How many seconds somebody has to wait before they may ask; ``0``, and they have asked.

        Args:
            often: how often anybody may ask ``over`` so long.
            at: now, in seconds.
        """
        comes_back = often / over.total_seconds()
        with self._lock:
            many, since = self._asked.pop(who, (0.0, at))
            many = max(0.0, many - max(0.0, at - since) * comes_back)
            is_too_many = many + 1 > often
            self._asked[who] = (many if is_too_many else many + 1, at)
            while len(self._asked) > MOST_KNOWN:
                self._asked.popitem(last=False)
        return (many + 1 - often) / comes_back if is_too_many else 0.0


def load(path: Path) -> Mapping[str, Limit]:
    """Read how often one person may do what.

    Raises:
        WrongTable: a limit, or its sentence, is missing.
    """
    raw = tables.read(path)
    raw.text("source")
    raw.day("date")
    raw.flag("verified")
    found = {name: _limit(table) for name, table in raw.tables()}
    raw.close()
    return MappingProxyType(found)


def _limit(table: Table) -> Limit:
    made = Limit(often=table.whole("often"), over=table.length("over"), says=table.text("says"))
    table.close()
    return made


PACES = load(Path(__file__).parent / "paces.toml")
_PACE = Pace()


def paced(act: str, *, verb: str = "", with_files: bool = False) -> Callable[[View], View]:
    """Declare that one person does this as often as the table says, and no oftener; a stranger is an address.

    Args:
        verb: only what is asked in this way counts; a page that is opened, or asks by itself, does not search.
        with_files: only what brings a file counts.
    """
    limit = PACES[act]

    def around(view: View) -> View:
        @wraps(view)
        def asked(request: Any, *args: Any, **ids: Any) -> HttpResponse:
            is_counted = verb in ("", request.method) and (request.FILES or not with_files)
            if is_counted and not heard_by(request):
                who = request.actor.user_id if request.actor else address_of(request)
                often, who = limit.often * settings.PERSON_PACE, f"{act} {who}"
                if wait := _PACE.wait(who, often=often, over=limit.over, at=request.now.timestamp()):
                    raise TooOften(limit.why_not(wait))
            return view(request, *args, **ids)

        asked.pace = act  # type: ignore[attr-defined]  # a mark on a function
        return asked

    return around


def address_of(request: HttpRequest) -> str:
    """The caller's address; of the newer protocol the network, of which one caller has many addresses."""
    said = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(said)
    except ValueError:
        return said
    return str(ip_network((address, _SUBNET_OF_ONE), strict=False)) if address.version == 6 else said  # noqa: PLR2004
