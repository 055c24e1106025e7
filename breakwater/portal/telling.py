"""Who tells how much room a place has: a phone or a program let in by a standing link, for that one place only."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q
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
        """What it may tell of: what is given there by those who handed the link out, or by nobody with accounts."""
        return list(told_of(self.place.pk, self.agency.pk))


def told_of(place_id: UUID, agency_id: UUID) -> Iterator[Program]:
    """What a place gives, by kind, as far as an agency itself or nobody with accounts keeps it."""
    nobodys_or_ours = Q(agency=None) | Q(agency=agency_id)
    given = Program.objects.running().filter(nobodys_or_ours, place=place_id)
    yield from given.select_related("place").order_by("kind", "pk")


@contextmanager
def telling(request: HttpRequest) -> Iterator[Teller | None]:
    """Behind the wall of the device whose key the browser brings; ``None`` when it holds none that may tell now.

    Whoever else is signed in with the same browser has no part in this.
    """
    key = request.COOKIES.get(settings.ROOM_COOKIE, "")
    with _behind(mark_of(key) if key else "") as teller:
        yield teller


@contextmanager
def telling_by_key(request: HttpRequest) -> Iterator[Teller | None]:
    """Behind the wall of the program whose key stands in the request; ``None`` when it may tell nothing now."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    with _behind(mark_of_program(key) if scheme == "Bearer" and key else "") as teller:
        yield teller


def mark_of(key: str) -> str:
    """How the key of a device is kept."""
    return keyed(key, what="room device")


def mark_of_program(key: str) -> str:
    """How the key of a program is kept: no browser gets in by it, and no program by what a browser holds."""
    return keyed(key, what="room program")


@contextmanager
def _behind(mark: str) -> Iterator[Teller | None]:
    with as_nobody():
        run_sql("SELECT set_config('breakwater.copy', %s, true)", (mark,))
        yield _teller()
        run_sql("SELECT set_config('breakwater.copy', '', true)")


def _teller() -> Teller | None:
    row = one_row(_TELLER)
    if row is None:
        return None
    device_id, link_id, agency_id, place_id, expires_at = row
    return Teller(
        device_id=device_id, link_id=link_id, agency=Agency.objects.get(pk=agency_id),
        place=Place.objects.get(pk=place_id), expires_at=expires_at,
    )  # fmt: skip
