"""How much room a service has, as it goes out: by the word of the house, and by the directory where none is newer."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from breakwater.interop.filing import Entry, told
from breakwater.resources.given import given_since_told
from breakwater.resources.models import Capacity, Program, Service, ServiceAt
from breakwater.resources.models.beds import BY_PHONE
from breakwater.resources.rules import open_places
from breakwater.trust.models import Agency

_UNITS = UUID("5a9bb3b0-7c5a-4a1e-9d39-0f1d4a0c2e11")
"""Units of room have no row of their own: their ids are made of their names."""
_FOR_VICTIMS = Agency.Kind.VICTIM_SERVICE
_UNTOLD = (
    Q(place__is_confidential=True)
    | Q(service__organization__agency__kind=_FOR_VICTIMS)
    | Q(service__given_at__place__is_confidential=True)
)
"""Figures that others never learn."""
_MIND, _BODY = ("mental_health", "medical"), ("medical",)
_HELPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "meal": ("food",), "detox": ("substance_use",), "safe_house": ("safety", "housing"), "intensive": _BODY,
        "respite": ("housing", *_MIND), "crisis": _MIND, "crisis_chair": _MIND, "inpatient": _MIND,
        "inpatient_adult": _MIND, "inpatient_child": _MIND, "inpatient_older": _MIND, "appointment": (),
    }
)  # fmt: skip
"""With which needs each kind of room helps; a shelter of any kind with housing."""
_HOUSING = ("housing",)


def with_room(asked: QuerySet[Service]) -> QuerySet[Service]:
    """Services with the figures that are told of them. What is given by phone only is not even read."""
    figures = Capacity.objects.standing()
    kept = Program.objects.running().exclude(BY_PHONE).order_by("pk")
    counted = figures.annotate(given=given_since_told())
    here = ServiceAt.objects.listed().filter(place=OuterRef("place"), service__retired_at=None)
    services_there = here.order_by().values("place").annotate(many=Count("pk")).values("many")
    places = ServiceAt.objects.listed().filter(place__retired_at=None, place__is_confidential=False)
    hidden = ServiceAt.objects.filter(service=OuterRef("pk"), place__is_confidential=True)
    return asked.select_related("organization__agency").annotate(is_hidden=Exists(hidden)).prefetch_related(
        Prefetch("capacities", figures.exclude(_UNTOLD).exclude(free=None), "listed_room"),
        Prefetch("programs", kept, "own_programs"),
        Prefetch("own_programs__capacities", counted, "room"),
        Prefetch("given_at", places.annotate(services_there=services_there).select_related("place"), "places_of_it"),
        Prefetch("places_of_it__place__programs", kept.filter(service=None), "programs_there"),
        Prefetch("places_of_it__place__programs_there__capacities", counted, "room"),
    )  # fmt: skip


def capacities(service: Any) -> Iterator[Entry]:
    """How much room there is, where somebody knows: how many would be taken now, less what was given since."""
    own = list(_own(service))
    newest = max((figure.as_of for _, figure in own), default=None)
    for figure in service.listed_room:
        if newest is None or figure.as_of > newest:
            yield _capacity(figure.pk, figure, figure.unit, figure.free)
    for program, figure in own:
        free = open_places(free=figure.free, ready=figure.ready, staffed=figure.staffed)
        if free is not None:
            key = figure.pk if program.service_id else uuid5(figure.pk, str(service.pk))
            yield _capacity(key, figure, program.get_kind_display(), max(free - figure.given, 0))


def _own(service: Any) -> Iterator[tuple[Program, Any]]:
    """The figures of the house itself; of what it gives at a place, those of the service that it belongs to."""
    for program in service.own_programs:
        yield from ((program, figure) for figure in program.room)
    agency = service.organization.agency if service.organization else None
    if service.is_hidden or (agency and agency.kind == _FOR_VICTIMS):
        return
    for given in service.places_of_it:
        for program in given.place.programs_there:
            if given.services_there == 1 or set(_HELPS.get(program.kind, _HOUSING)) & set(service.needs):
                yield from ((program, figure) for figure in program.room)


def _capacity(key: UUID, figure: Capacity, unit: str, available: int | None) -> Entry:
    return told(
        id=key, unit={"id": str(uuid5(_UNITS, unit)), "name": unit}, available=available, maximum=figure.total,
        updated=figure.as_of.isoformat(),
    )  # fmt: skip
