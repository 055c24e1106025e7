"""Finding help: one page of services by need, words, distance, language, openness and room, in seven queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q

from breakwater.resources import rules
from breakwater.resources.given import given_since_told
from breakwater.resources.library import FRESHNESS
from breakwater.resources.models import (
    Capacity,
    Holiday,
    Hours,
    Phone,
    Place,
    Point,
    Program,
    Service,
    ServiceAt,
)
from breakwater.resources.models.capacity import services_with_room
from breakwater.resources.rules import Freshness
from breakwater.trust.models import Agency

_DAY = timedelta(days=1)
PER_PAGE = 25


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What help is looked for. ``within`` is miles from ``near``."""

    need: str = ""
    words: str = ""
    near: Point | None = None
    within: int = 25
    language: str = ""
    open_now: bool = False
    with_room: bool = False
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class Openness:
    """Whether somebody is there now. ``is_open`` is ``None`` when no hours are known; the moments are local.

    ``closes_at`` is ``None`` for what is open day and night.
    """

    is_open: bool | None = None
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    closes_on: str = ""
    """The day it closes, where that is more than a day ahead."""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where a service is given, and whether it is open there."""

    place: Place
    openness: Openness
    miles: float | None = None
    hours: list[Hours] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of room, how far it is trusted at its age, and how many were given since it was told."""

    capacity: Capacity
    freshness: Freshness
    given: int = 0

    @property
    def free(self) -> int | None:
        """How many would be taken, less what was given since; ``None`` is unknown."""
        told = self.capacity
        free = rules.open_places(free=told.free, ready=told.ready, staffed=told.staffed)
        return None if free is None else max(free - self.given, 0)

    @property
    def unit(self) -> str:
        """What is counted."""
        return self.capacity.program.get_kind_display() if self.capacity.program else self.capacity.unit


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A service as it is shown: where, when, and with how much room."""

    service: Service
    spots: list[Spot]
    openness: Openness
    phones: list[Phone]
    hours: list[Hours]
    figures: list[Figure]
    miles: float | None = None
    is_by_phone: bool = False
    """Others learn only whether it is worth a call: neither how much room there is nor where."""


def find(wanted: Wanted, *, at: datetime, zone: ZoneInfo) -> list[Offer]:
    """One page of what was looked for, and one more when there is a next page.

    Nearest first where a point is given; else what says the words best; else by name.
    """
    found = Service.objects.offered().select_related("organization__agency")
    if wanted.need:
        found = found.for_need(wanted.need)
    if wanted.language:
        found = found.in_language(wanted.language)
    if wanted.open_now:
        found = found.open_at(at, zone.key)
    if wanted.with_room:
        found = found.filter(services_with_room())
    skip = (wanted.page - 1) * PER_PAGE
    return offers(_ordered(found, wanted)[skip : skip + PER_PAGE + 1], at=at, zone=zone, near=wanted.near)


def offers(
    services: Iterable[Service], *, at: datetime, zone: ZoneInfo, near: Point | None = None
) -> list[Offer]:
    """Services with everything that is shown of them, in the same order."""
    services = list(services)
    if not services:
        return []
    details = _Details(services, at=at, zone=zone, near=near)
    return [details.offer(service) for service in services]


def _ordered(found: Any, wanted: Wanted) -> Any:
    if wanted.words:
        found = found.in_words(wanted.words)
    if wanted.near:
        return found.near(wanted.near, wanted.within).nearest_first()
    if wanted.words:
        asked = SearchQuery(wanted.words, config="english", search_type="websearch")
        return found.annotate(rank=SearchRank(F("search"), asked)).order_by("-rank", "name", "pk")
    return found.order_by("name", "pk")


class _Details:
    """Where, when, by which number and with how much room, read at once for many services."""

    def __init__(self, services: list[Service], *, at: datetime, zone: ZoneInfo, near: Point | None) -> None:
        self.at, self.zone, self.near = at, zone, near
        ids = [one.pk for one in services]
        given = (
            ServiceAt.objects.listed().filter(service__in=ids, place__retired_at=None).select_related("place")
        )
        self.given: dict[UUID, list[ServiceAt]] = defaultdict(list)
        for one in given.order_by("place__name", "pk"):
            self.given[one.service_id].append(one)
        places = [one.place_id for some in self.given.values() for one in some]
        mine = Q(service__in=ids) | Q(service=None, place__in=places)
        self.hours = _by_owner(Hours.objects.filter(mine).order_by("weekday", "opens_at", "pk"))
        self.holidays = _by_owner(Holiday.objects.filter(mine))
        organizations = [one.organization_id for one in services]
        whose = mine | Q(service=None, place=None, organization__in=organizations)
        self.phones = _by_owner(
            Phone.objects.filter(whose).order_by("kind", "number"), with_organization=True
        )
        mine_or_theirs = Q(service__in=ids) | Q(program__service__in=ids) | Q(program__place__in=places)
        told = Capacity.objects.standing().filter(mine_or_theirs).annotate(given=given_since_told())
        self.told = [
            Figure(capacity=one, freshness=rules.freshness(one.as_of, at, FRESHNESS), given=one.given)
            for one in told.select_related("place", "program__place").order_by("-as_of")
        ]

    def offer(self, service: Service) -> Offer:
        """A service with all of it. The nearest place comes first."""
        spots = [self._spot(service, one) for one in self.given[service.pk]]
        spots.sort(key=lambda spot: (spot.miles is None, spot.miles or 0.0, spot.place.name))
        key = (service.pk, None, None)
        own = self._openness(self.hours[key], self.holidays[key], self.zone)
        known = [spot.openness for spot in spots if spot.openness.is_open is not None]
        best = next((one for one in known if one.is_open), known[0] if known else own)
        return Offer(
            service=service,
            spots=spots,
            openness=best if own.is_open is None or best.is_open else own,
            phones=self.phones[key] or self.phones[(None, None, service.organization_id)],
            hours=self.hours[key],
            figures=self._figures(service, spots),
            miles=getattr(service, "miles", None),
            is_by_phone=_is_by_phone(service, spots),
        )

    def _figures(self, service: Service, spots: list[Spot]) -> list[Figure]:
        """What the house itself told of it, the newest first; a figure of the directory where none is newer."""
        listed = [one for one in self.told if one.capacity.service_id == service.pk]
        here = {spot.place.pk for spot in spots} if listed else set()
        own = [one for one in self.told if _tells_of(one.capacity.program, service, here)]
        newest = max((one.capacity.as_of for one in own), default=None)
        return [*own, *(one for one in listed if newest is None or one.capacity.as_of > newest)]

    def _spot(self, service: Service, given: ServiceAt) -> Spot:
        place = given.place
        owners: dict[str, _Owner] = {
            ServiceAt.HoursFrom.HERE: (service.pk, place.pk, None),
            ServiceAt.HoursFrom.SERVICE: (service.pk, None, None),
        }
        owner = owners.get(given.hours_from, (None, place.pk, None))
        zone = ZoneInfo(place.time_zone) if place.time_zone else self.zone
        hours = self.hours[owner] if given.hours_from else []
        off = self.holidays[owner] or self.holidays[(None, place.pk, None)]
        return Spot(
            place=place,
            openness=self._openness(hours, off, zone),
            miles=self._miles(place),
            hours=hours,
            phones=self.phones[(service.pk, place.pk, None)] or self.phones[(None, place.pk, None)],
        )

    def _openness(self, hours: list[Hours], off: list[Holiday], zone: ZoneInfo) -> Openness:
        local = self.at.astimezone(zone)
        is_open = rules.is_open(hours, off, local)
        closes_at = rules.closes_at(hours, off, local) if is_open else None
        return Openness(
            is_open=is_open,
            closes_at=closes_at,
            closes_on=f"{closes_at:%a} "
            if closes_at and closes_at - local.replace(tzinfo=None) > _DAY
            else "",
            opens_at=rules.opens_next(hours, off, local) if is_open is False else None,
        )

    def _miles(self, place: Place) -> float | None:
        if self.near is None or place.latitude is None or place.longitude is None or place.is_confidential:
            return None
        return rules.miles_between(self.near.latitude, self.near.longitude, place.latitude, place.longitude)


def _tells_of(program: Program | None, service: Service, here: set[UUID]) -> bool:
    """Whether a program is what a service gives: it says so, or is given where the service has a figure."""
    if program is None or program.retired_at is not None:
        return False
    return program.service_id == service.pk or (program.service_id is None and program.place_id in here)


def _is_by_phone(service: Service, spots: list[Spot]) -> bool:
    agency = service.organization.agency if service.organization else None
    is_for_victims = agency is not None and agency.kind == Agency.Kind.VICTIM_SERVICE
    return is_for_victims or any(spot.place.is_confidential for spot in spots)


_Owner = tuple[UUID | None, UUID | None, UUID | None]


def _by_owner(rows: Iterable[Any], *, with_organization: bool = False) -> dict[_Owner, list[Any]]:
    found: dict[_Owner, list[Any]] = defaultdict(list)
    for row in rows:
        whole = row.organization_id if with_organization and not (row.service_id or row.place_id) else None
        found[(row.service_id, row.place_id, whole)].append(row)
    return found
