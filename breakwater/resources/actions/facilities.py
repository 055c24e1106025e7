"""The places that a report of room tells of: known again, or added to the directory."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models.functions import Lower

from breakwater.formats.capacity import Facility
from breakwater.kernel.text import without_nul
from breakwater.resources.library import HIDING_NAMES
from breakwater.resources.models import Organization, Place
from breakwater.resources.rules import miles_between, says_any

_NEAR = 0.6
"""Miles: a hospital and its own position in another list lie so far apart, two of one name do not."""
_LONGEST_ID = 200
A_BATCH = 500
"""How many rows one statement writes: PostgreSQL is told no more than 65,535 values in one."""


@dataclass
class Facilities:
    """Finds the place of each facility of a source. ``made`` counts those that were added."""

    source: str
    made: int = 0
    _known: dict[str, Place] = field(default_factory=dict)
    _named: dict[str, list[Place]] = field(default_factory=dict)

    def places(self, facilities: Iterable[Facility]) -> dict[Facility, Place]:
        """The place of each, in a handful of queries. Whoever is told of twice is one place."""
        by_key: dict[str, list[Facility]] = {}
        for one in facilities:
            by_key.setdefault(key_of(one), []).append(one)
        self._look_up(by_key)
        found = {key: self._place(key, max(alike, key=_detail)) for key, alike in by_key.items()}
        self._add([place for place in found.values() if place._state.adding])
        return {one: found[key] for key, alike in by_key.items() for one in alike}

    def _look_up(self, by_key: dict[str, list[Facility]]) -> None:
        ours = Place.objects.filter(source=self.source, external_id__in=by_key)
        self._known = {place.external_id: place for place in ours}
        names = {one.name.casefold() for alike in by_key.values() for one in alike if one.name}
        open_ones = Place.objects.filter(is_confidential=False, retired_at=None)
        for place in open_ones.annotate(plain=Lower("name")).filter(plain__in=names):
            self._named.setdefault(place.name.casefold(), []).append(place)

    def _place(self, key: str, one: Facility) -> Place:
        if known := self._known.get(key):
            return known
        alike = [place for place in self._named.get(one.name.casefold(), []) if _is_there(place, one)]
        return alike[0] if len(alike) == 1 else self._listed(key, one)

    def _listed(self, key: str, one: Facility) -> Place:
        name = without_nul(one.name) or f"Facility {one.id}"
        is_hidden = says_any(f"{name} . {one.organization}", HIDING_NAMES)
        there = not is_hidden and one.latitude is not None
        owner = without_nul(one.organization) or name
        return Place(
            source=self.source, external_id=key, name=name, is_confidential=is_hidden,
            organization=Organization(source=self.source, external_id=key, name=owner),
            address="" if is_hidden else without_nul(one.address),
            city="" if is_hidden else without_nul(one.city), state=without_nul(one.state),
            latitude=one.latitude if there else None, longitude=one.longitude if there else None,
            located_by=Place.LocatedBy.FILE if there else "",
        )  # fmt: skip

    def _add(self, places: list[Place]) -> None:
        owners = filter(None, (place.organization for place in places))
        Organization.objects.bulk_create(owners, batch_size=A_BATCH)
        Place.objects.bulk_create(places, batch_size=A_BATCH)
        self.made += len(places)


def key_of(one: Facility) -> str:
    """By what a facility is known again: the report's own id, or its name, town and position to about a mile."""
    if one.id:
        return without_nul(one.id)[:_LONGEST_ID]
    there = "" if one.latitude is None else f"{one.latitude:.2f} {one.longitude:.2f}"
    return without_nul(" | ".join(filter(None, (one.name, one.city, one.state, there))))[:_LONGEST_ID]


def _detail(one: Facility) -> tuple[bool, bool, str]:
    return one.latitude is not None, bool(one.name), one.name


def _is_there(place: Place, one: Facility) -> bool:
    """Whether a place of the same name is the same: it lies there, or in the same town where no position is told."""
    if one.latitude is not None and one.longitude is not None and place.latitude is not None:
        apart = miles_between(one.latitude, one.longitude, place.latitude, place.longitude or 0.0)
        return apart <= _NEAR
    return bool(one.city) and one.city.casefold() == place.city.casefold()
