"""Bands that stand in a manual which an agency holds: entered by it, and read like any others."""

import re
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from breakwater.assessments.rules.definition import NO_PROFILE, TIERS, Band, Definition, Scale

_BAND = re.compile(r"(?P<low>-?\d+)(?: to (?P<high>-?\d+))? (?P<tier>\w+): (?P<label>.{1,80})")
_SOURCE = "{source}. Bands as the agency entered them from its manual"


def with_bands(definition: Definition, told: str) -> Definition:
    """The instrument with bands for its one score: ``0 none: Small; 1 to 3 low: Moderate``.

    Raises:
        ValueError: it has bands, or other than one score; or what is told is no band.
    """
    if len(definition.scales) != 1 or definition.scales[0].bands or definition.profiles:
        raise ValueError(f"{definition.title} has its bands, or more than one score")
    (scale,) = definition.scales
    bands = tuple(_band(number, one.strip()) for number, one in enumerate(told.split(";"), start=1))
    made: Scale = replace(
        scale,
        bands=MappingProxyType({NO_PROFILE: bands}),
        source=_SOURCE.format(source=scale.source),
        verified=False,
    )
    return replace(definition, scales=(made,))


def _band(number: int, told: str) -> Band:
    found = _BAND.fullmatch(told)
    if found is None or found["tier"] not in TIERS:
        raise ValueError(
            f"{told[:60]!r} is no band such as “1 to 3 low: Moderate”; levels are {', '.join(TIERS)}"
        )
    low = Decimal(found["low"])
    high = Decimal(found["high"]) if found["high"] else low
    return Band(code=f"band-{number}", label=found["label"], tier=found["tier"], low=low, high=high)
