"""Questions to the directory. Distances are in miles, along the surface of the earth."""

from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import F, Min, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt

from breakwater.resources.rules import EARTH_ACROSS

_MILES_IN_A_DEGREE = 69.0
_LEAST_WIDTH = 0.01


@dataclass(frozen=True, kw_only=True)
class Point:
    """A point to measure from, and the state it lies in where that is known."""

    latitude: float
    longitude: float
    state: str = ""


class ListedQuerySet(models.QuerySet[Any]):
    """Questions about what a source lists."""

    def listed(self) -> Self:
        """What has not been retired."""
        return self.filter(retired_at=None)


class ServiceQuerySet(ListedQuerySet):
    """Questions about services."""

    def offered(self) -> Self:
        """Listed, and to be had now as far as the source knows."""
        return self.listed().filter(status="active")

    def for_need(self, need: str) -> Self:
        """Those that help with a need."""
        return self.filter(needs__contains=[need])

    def in_language(self, language: str) -> Self:
        """Those that list a language."""
        return self.filter(languages__contains=[language])

    def in_words(self, words: str) -> Self:
        """Those that say these words, or are named nearly so."""
        asked = SearchQuery(words, config="english", search_type="websearch")
        return self.filter(Q(search=asked) | Q(names__trigram_word_similar=words.casefold()))

    def open_at(self, at: datetime, zone: str) -> Self:
        """Those known to be open; ``zone`` is used where the source tells none. Unknown hours are not open."""
        return self.filter(pk__in=RawSQL("SELECT resources_open_services(%s, %s)", (at, zone)))

    def near(self, point: Point, within: float) -> Self:
        """Those with a place at most so many miles away, each with its ``miles``.

        Confidential places take no part. Services without any position come too, with no miles, when they are in the
        state of the point or nobody knows where: a hotline is near everyone.
        """
        box = _in_box(point, within)
        here = _shown() & Q(**{f"given_at__place__{lookup}": value for lookup, value in box.items()})
        in_box = self.model.given_at.rel.related_model.objects.filter(
            retired_at=None,
            place__retired_at=None,
            **{f"place__{lookup}": value for lookup, value in box.items()},
        )
        without = Q(is_placed=False) & (Q(states=[]) | Q(states__contains=[point.state]))
        miles = miles_from(point, "given_at__place__latitude", "given_at__place__longitude")
        return (
            self.filter(Q(is_placed=True, pk__in=in_box.values("service")) | without)
            .annotate(miles=Min(miles, filter=here))
            .filter(Q(miles__lte=within) | Q(is_placed=False))
        )

    def nearest_first(self) -> Self:
        """After ``near``: by distance, those without a position last."""
        return self.order_by(F("miles").asc(nulls_last=True), "name", "pk")


def miles_from(point: Point, latitude: str, longitude: str) -> Any:
    """The distance between a point and a position in two columns (haversine)."""
    up = Power(Sin(Radians(F(latitude) - point.latitude) / 2), 2)
    across = Power(Sin(Radians(F(longitude) - point.longitude) / 2), 2)
    width = Cos(Radians(F(latitude))) * cos(radians(point.latitude))
    return ASin(Sqrt(Least(up + width * across, 1.0))) * EARTH_ACROSS


def _shown() -> Q:
    return Q(given_at__retired_at=None, given_at__place__retired_at=None)


def _in_box(point: Point, within: float) -> dict[str, Any]:
    """A box that holds the circle: cheap to test before the distance is worked out."""
    up = within / _MILES_IN_A_DEGREE
    across = up / max(cos(radians(point.latitude)), _LEAST_WIDTH)
    return {
        "latitude__range": (point.latitude - up, point.latitude + up),
        "longitude__range": (point.longitude - across, point.longitude + across),
        "is_confidential": False,
    }
