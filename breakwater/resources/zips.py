"""Where a ZIP code and a city lie."""

import re
from collections import Counter
from functools import lru_cache
from string import capwords
from typing import Any, NamedTuple
from zoneinfo import available_timezones

import zipcodes

_STATES = (
    "alabama AL, alaska AK, arizona AZ, arkansas AR, california CA, colorado CO, connecticut CT, delaware DE, "
    "district of columbia DC, florida FL, georgia GA, hawaii HI, idaho ID, illinois IL, indiana IN, iowa IA, "
    "kansas KS, kentucky KY, louisiana LA, maine ME, maryland MD, massachusetts MA, michigan MI, minnesota "
    "MN, mississippi MS, missouri MO, montana MT, nebraska NE, nevada NV, new hampshire NH, new jersey NJ, "
    "new mexico NM, new york NY, north carolina NC, north dakota ND, ohio OH, oklahoma OK, oregon OR, "
    "pennsylvania PA, puerto rico PR, rhode island RI, south carolina SC, south dakota SD, tennessee TN, "
    "texas TX, utah UT, vermont VT, virginia VA, washington WA, west virginia WV, wisconsin WI, wyoming WY"
)
_STATE_NAMES = dict(pair.rsplit(" ", 1) for pair in _STATES.split(", "))
_DIGITS, _AREA = 5, 3


class Spot(NamedTuple):
    """The middle of a ZIP code or a city."""

    latitude: float
    longitude: float
    city: str
    state: str
    time_zone: str


def of_zip(written: str) -> Spot | None:
    """The middle of a ZIP code; ``ZIP+4`` counts as its ZIP."""
    digits = written.strip()[:_DIGITS]
    if len(digits) < _DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    return _of_area(digits[:_AREA]).get(digits)


def of_city(written: str, near_state: str = "") -> Spot | None:
    """The middle of a city: ``Springfield, IL``; without a state the one near, or the one with most ZIP codes."""
    name, _, state = (part.strip() for part in written.partition(","))
    found = _cities(name.casefold())
    wanted = state_code(state) or near_state
    best = next((spot for spot in found if spot.state == wanted), None)
    return best or (None if state else next(iter(found), None))


def zone_of_state(state: str) -> str:
    """The time zone of most ZIP codes of a state."""
    return _zone(state_code(state))


def state_code(written: str) -> str:
    """The two letters of a state, from its letters or its name; empty when it is none."""
    plain = written.strip().casefold()
    code = _STATE_NAMES.get(plain, plain.upper())
    return code if code in _STATE_NAMES.values() else ""


@lru_cache(maxsize=1000)
def _of_area(first_digits: str) -> dict[str, Spot]:
    """The ZIP codes that begin with three digits: looking up one at a time would read the whole table each time."""
    return {
        row["zip_code"]: _spot(row) for row in zipcodes.similar_to(first_digits) if row["lat"] and row["long"]
    }


@lru_cache(maxsize=500)
def _cities(name: str) -> tuple[Spot, ...]:
    """The cities of a name, one a state; the city with the most ZIP codes comes first."""
    found = (zipcodes.filter_by(city=way) for way in _ways_to_write(name))
    rows: list[dict[str, Any]] = next(filter(None, found), [])
    by_state: dict[str, list[Spot]] = {}
    for row in rows:
        if row["lat"] and row["long"]:
            by_state.setdefault(row["state"], []).append(_spot(row))
    return tuple(_middle(spots) for spots in sorted(by_state.values(), key=len, reverse=True))


def _ways_to_write(name: str) -> list[str]:
    plain = capwords(name)
    saint = re.sub(r"^St\.? ", "Saint ", plain)
    return [
        plain,
        saint,
        re.sub(r"\b(Mc)(\w)", lambda found: found[1] + found[2].upper(), plain),
        name.title(),
    ]


def _middle(spots: list[Spot]) -> Spot:
    latitude = sum(spot.latitude for spot in spots) / len(spots)
    return spots[0]._replace(latitude=latitude, longitude=sum(spot.longitude for spot in spots) / len(spots))


def _spot(row: dict[str, str]) -> Spot:
    return Spot(
        float(row["lat"]), float(row["long"]), row["city"], row["state"], _known_zone(row["timezone"])
    )


def _known_zone(name: str | None) -> str:
    """A zone that PostgreSQL knows too; the table holds a few that are none."""
    return name if name in _all_zones() else ""


@lru_cache(maxsize=1)
def _all_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=60)
def _zone(code: str) -> str:
    rows = zipcodes.filter_by(state=code) if code else []
    counted = Counter(zone for row in rows if (zone := _known_zone(row["timezone"])))
    return counted.most_common(1)[0][0] if counted else ""
