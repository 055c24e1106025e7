"""What is wrong with a definition, before anybody is asked anything by it. Every place is named."""

from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal

from breakwater.assessments.rules.definition import (
    CHOICE,
    COUNT,
    LEVELS,
    MEAN,
    METHODS,
    NO_PROFILE,
    OWN,
    PATTERN,
    STATES,
    SUM,
    TIERS,
    WORDS,
    Alert,
    Band,
    Definition,
    Item,
    Scale,
)
from breakwater.assessments.rules.predicates import DECLINED, Predicate, items_of
from breakwater.assessments.rules.profiles import by_profile


def wrong_with(definition: Definition, *, proposals: Collection[str]) -> list[str]:
    """Everything that is wrong with a definition, each with its place."""
    found = [*_wrong_items(definition), *_wrong_license(definition), *_wrong_profiles(definition)]
    for scale in definition.scales:
        found += _wrong_scale(definition, scale)
    for remark in definition.remarks:
        found += _wrong_condition(definition, f"remark {remark.label}", remark.when)
    for alert in definition.alerts:
        found += _wrong_condition(definition, f"alert {alert.key}", alert.when)
        if alert.tier not in TIERS:
            found.append(f"alert {alert.key}: {alert.tier!r} is no tier")
    bands = [band for scale in definition.scales for _, band in _bands(scale)]
    parts: list[Alert | Band] = [*definition.alerts, *bands]
    asked_for = {code for one in parts for code in one.proposes}
    found += [f"{code!r} is no proposal that is known" for code in sorted(asked_for - set(proposals))]
    return found


def _wrong_items(definition: Definition) -> Iterator[str]:
    if not definition.items:
        yield "it asks nothing"
    yield from _twice("item", (one.key for one in definition.items))
    before: set[str] = set()
    for item in definition.items:
        yield from _twice(f"item {item.key}: answer", (one.code for one in item.options))
        if (item.kind == WORDS) == bool(item.options):
            yield f"item {item.key}: it takes words, or has answers to choose from"
        if any(one.code == DECLINED for one in item.options):
            yield f"item {item.key}: “prefer not to say” belongs to every item, and is not one of its answers"
        if item.shown_when is not None:
            asks = {key for key, _ in items_of(item.shown_when)}
            yield from (
                f"item {item.key}: it waits for {key}, which does not come before it" for key in asks - before
            )
            yield from _wrong_condition(definition, f"item {item.key}", item.shown_when)
        before.add(item.key)


def _wrong_license(definition: Definition) -> Iterator[str]:
    if definition.level not in LEVELS:
        yield f"level {definition.level!r} is not one of {', '.join(LEVELS)}"
    if definition.license.state not in STATES:
        yield f"license {definition.license.state!r} is not one of {', '.join(STATES)}"
    if definition.license.state != OWN and any(one.text for one in definition.items):
        yield "it brings words of others: those come as a pack, which an agency imports"


def _wrong_profiles(definition: Definition) -> Iterator[str]:
    strange = {code for one in definition.items for code in one.profiles} - set(definition.profiles)
    yield from (f"{one!r} is none of its profiles, and an item is asked by it" for one in sorted(strange))
    if definition.first not in (definition.profiles or (NO_PROFILE,)):
        yield f"{definition.first!r} is none of its profiles, and it is read by it first"
    if definition.unknown not in (definition.profiles or (NO_PROFILE,)):
        yield f"{definition.unknown!r} is none of its profiles, so nobody knows what counts when nobody knows"
        return
    wanted = set(definition.profiles) or {NO_PROFILE}
    for scale in definition.scales:
        if scale.bands and set(scale.bands) != wanted:
            yield f"scale {scale.key}: its bands are not those of {', '.join(sorted(wanted)) or 'one profile'}"
        elif scale.bands and definition.profiles and scale.method != PATTERN:
            yield from _less_sensitive(definition, scale)


def _less_sensitive(definition: Definition, scale: Scale) -> Iterator[str]:
    """Where nobody knows whose cut-off counts, no score may be taken more lightly than it would be for anybody."""
    value = scale.low
    while value <= scale.high:
        tiers = {code: _tier(scale, code, value) for code in definition.profiles}
        if tiers[definition.unknown] < max(tiers.values()):
            yield f"scale {scale.key}: at {value}, {definition.unknown!r} is not the more sensitive profile"
            return
        value += scale.step


def _tier(scale: Scale, profile: str, value: Decimal) -> int:
    found = [one for one in scale.bands[profile] if one.low is not None and one.low <= value]
    return TIERS.index(found[-1].tier) if found and found[-1].tier in TIERS else 0


def _wrong_scale(definition: Definition, scale: Scale) -> Iterator[str]:
    where = f"scale {scale.key}"
    if scale.method not in METHODS:
        yield f"{where}: {scale.method!r} is not one of {', '.join(METHODS)}"
        return
    items = [item for one in scale.items if (item := definition.item(one))]
    if len(items) < len(scale.items) or not items:
        yield f"{where}: it counts items that are not there"
    if scale.stop:
        yield from _wrong_condition(definition, where, scale.stop.when)
    if scale.method == PATTERN:
        for profile, bands in scale.bands.items():
            asked = by_profile(definition, profile)
            yield from _wrong_pattern(asked, f"{where} {profile}".strip(), bands)
        if not scale.bands:
            yield f"{where}: a pattern without bands says nothing"
        return
    yield from (f"{where}: {one.key} has answers without a number" for one in _not_counted(scale, items))
    if scale.bands or scale.method == SUM:
        yield from _wrong_range(scale, items)
    for profile, bands in scale.bands.items():
        yield from _wrong_bands(f"{where} {profile}".strip(), scale, bands)


def _not_counted(scale: Scale, items: list[Item]) -> list[Item]:
    if scale.method == COUNT:
        return []
    return [one for one in items if one.kind != CHOICE or all(option.value is None for option in one.options)]


def _wrong_range(scale: Scale, items: list[Item]) -> Iterator[str]:
    """The range that is stated must be the one that the answers give: a wrong one hides a gap."""
    if scale.method == MEAN:
        low = min((Decimal(one.least) for one in items), default=scale.low)
        high = max((Decimal(one.most) for one in items), default=scale.high)
    elif scale.method == COUNT:
        low, high = Decimal(0), Decimal(len(items))
    else:
        ends = [_ends(scale, one) for one in items]
        low, high = Decimal(sum(least for least, _ in ends)), Decimal(sum(most for _, most in ends))
    low = min(low, scale.stop.value) if scale.stop else low
    if (low, high) != (scale.low, scale.high):
        yield f"scale {scale.key}: it says {scale.low} to {scale.high}, and its answers give {low} to {high}"


def _ends(scale: Scale, item: Item) -> tuple[int, int]:
    weight = scale.weights.get(item.key, 1)
    ends = sorted((item.least * weight, item.most * weight))
    return (min(0, ends[0]), max(0, ends[1])) if item.shown_when is not None else (ends[0], ends[1])


def _wrong_bands(where: str, scale: Scale, bands: tuple[Band, ...]) -> Iterator[str]:
    """Every score has one band: no gap, and none twice."""
    yield from _twice(f"{where}: band", (one.code for one in bands))
    expected = scale.low
    for band in bands:
        if band.tier and band.tier not in TIERS:
            yield f"{where}: {band.tier!r} is no tier"
        if band.low is None or band.high is None or band.low > band.high:
            yield f"{where}: band {band.code} has no lowest and highest score"
            return
        if band.low > expected:
            yield f"{where}: nothing stands for {expected}; band {band.code} begins at {band.low}"
        if band.low < expected:
            yield f"{where}: band {band.code} begins at {band.low}, where another still stands"
        expected = band.high + scale.step
    if expected != scale.high + scale.step:
        yield f"{where}: the last band ends at {expected - scale.step}, and the scale at {scale.high}"


def _wrong_pattern(definition: Definition, where: str, bands: tuple[Band, ...]) -> Iterator[str]:
    """Read from the top, a pattern is total when its last band asks nothing, and unambiguous when no other does."""
    yield from _twice(f"{where}: band", (one.code for one in bands))
    if not bands or bands[-1].when is not None:
        yield f"{where}: the last band of a pattern is for everything else"
    for band in bands[:-1]:
        if band.when is None:
            yield f"{where}: band {band.code} leaves nothing for those below it"
        else:
            yield from _wrong_condition(definition, f"{where}: band {band.code}", band.when)
    for band in bands:
        if band.low is not None or band.high is not None:
            yield f"{where}: a pattern is no sum; band {band.code} has numbers"
        if band.tier and band.tier not in TIERS:
            yield f"{where}: {band.tier!r} is no tier"


def _wrong_condition(definition: Definition, where: str, condition: Predicate) -> Iterator[str]:
    for key, code in items_of(condition):
        item = definition.item(key)
        if item is None:
            yield f"{where}: it asks about {key}, which is not there"
        elif code != DECLINED and item.option(code) is None:
            yield f"{where}: {key} has no answer {code!r}"


def _twice(what: str, keys: Iterator[str]) -> Iterator[str]:
    yield from (f"{what} {key!r} is there twice" for key, count in Counter(keys).items() if count > 1)


def _bands(scale: Scale) -> Iterator[tuple[str, Band]]:
    for profile, bands in scale.bands.items():
        yield from ((profile, one) for one in bands)
