"""Who tells how much room a place has: a device that was let in by a standing link, for one place and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from breakwater.kernel.db import one_row, run_sql
from breakwater.resources.models import Place, Program
from breakwater.trust.access import as_nobody
from breakwater.trust.models import Agency
from breakwater.trust.sealed import keyed

_TELLER = "SELECT device_id, link_id, agency_id, place_id, expires_at FROM portal_room()"


@dataclass(frozen=True, kw_only=True)
class Teller:
    """A device that may tell the figures of one place, for those who handed its link out."""

    device_id: UUID
    link_id: UUID
    agency: Agency
    place: Place
    expires_at: datetime

    def programs(self) -> list[Program]:
        """What it may tell of: what the place gives, as far as nobody who works with Breakwater keeps it."""
        return list(told_of(self.place.pk))


def told_of(place_id: UUID) -> Iterator[Program]:
    """What a place without accounts gives, by kind."""
    kept_by_nobody = Program.objects.running().filter(place=place_id, agency=None)
    yield from kept_by_nobody.select_related("place").order_by("kind", "pk")


@contextmanager
def telling(request: HttpRequest) -> Iterator[Teller | None]:
    """Behind the wall of the device whose key the browser brings; ``None`` when it holds none that may tell now.

    Whoever else is signed in with the same browser has no part in this.
    """
    key = request.COOKIES.get(settings.ROOM_COOKIE, "")
    with as_nobody():
        run_sql("SELECT set_config('breakwater.copy', %s, true)", (mark_of(key) if key else "",))
        yield _teller()
        run_sql("SELECT set_config('breakwater.copy', '', true)")


def mark_of(key: str) -> str:
    """How the key of a device is kept."""
    return keyed(key, what="room device")


def _teller() -> Teller | None:
    row = one_row(_TELLER)
    if row is None:
        return None
    device_id, link_id, agency_id, place_id, expires_at = row
    return Teller(
        device_id=device_id, link_id=link_id, agency=Agency.objects.get(pk=agency_id),
        place=Place.objects.get(pk=place_id), expires_at=expires_at,
    )  # fmt: skip
