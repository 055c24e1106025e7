"""An instrument by some of its cut-offs: what is asked by those alone, and what else its score would stand for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from breakwater.assessments.rules.definition import PATTERN, Band, Definition, Scale


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a score stands for by one of several cut-offs.

    Args:
        counts: the level comes from this one.
    """

    label: str
    says: str
    counts: bool = False


def by_profile(definition: Definition, profile: str) -> Definition:
    """The instrument as it is asked by these cut-offs: without the items that belong to others."""
    chosen = profile or definition.first
    gone = {one.key for one in definition.items if one.profiles and chosen not in one.profiles}
    if not gone:
        return definition
    left = tuple(
        replace(one, items=tuple(key for key in one.items if key not in gone)) for one in definition.scales
    )
    return replace(
        definition, items=tuple(one for one in definition.items if one.key not in gone), scales=left
    )


def profile_of(definition: Definition, answered: Iterable[str]) -> str:
    """By which cut-offs somebody was asked, as far as the items say that were answered; empty where any will do."""
    items = (item for key in answered if (item := definition.item(key)))
    return next((one.profiles[0] for one in items if one.profiles), "")


def band_of(scale: Scale, value: Decimal, profile: str = "") -> Band | None:
    """What a number stands for; ``None`` in a scale that draws no such line."""
    for band in scale.bands.get(profile, ()):
        if band.low is not None and band.high is not None and band.low <= value <= band.high:
            return band
    return None


def readings_of(definition: Definition, scale: Scale, value: Decimal, counting: str) -> Iterator[Reading]:
    """A number by each of its cut-offs, the first one first; then by each line that is drawn beside the bands.

    Args:
        counting: the profile that the level comes from.
    """
    first = definition.first
    for code in sorted(definition.profiles, key=lambda one: one != first) if scale.method != PATTERN else ():
        if band := band_of(scale, value, code):
            yield Reading(label=definition.profiles[code], says=band.label, counts=code == counting)
    for cut in scale.cuts:
        yield Reading(label=cut.label, says="At or above it" if value >= cut.at else "Below it")
