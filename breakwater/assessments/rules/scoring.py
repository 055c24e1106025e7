"""What answers come to: a score, what it stands for, and what must be heard at once."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from breakwater.assessments.rules.answering import check, states_of
from breakwater.assessments.rules.definition import (
    COUNT,
    MEAN,
    NO_PROFILE,
    PATTERN,
    TIERS,
    Alert,
    Band,
    Definition,
    Item,
    Scale,
)
from breakwater.assessments.rules.predicates import ASKED, DECLINED, SKIPPED, Said, truth

COMPLETE, INCOMPLETE = "complete", "incomplete"


@dataclass(frozen=True, kw_only=True)
class Score:
    """What one scale came to.

    Args:
        value: the number; ``None`` for a pattern, and while too much is missing.
        band: what it stands for; ``None`` while too much is missing.
        status: whether everything that is asked was answered.
        missing: the items that would still count.
        at_least: in a pattern that is not finished, the band that is certain already.
        reason: why nothing more was asked.
    """

    scale: Scale
    value: Decimal | None = None
    band: Band | None = None
    status: str = COMPLETE
    missing: tuple[str, ...] = ()
    at_least: Band | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """What all the answers came to."""

    scores: tuple[Score, ...]
    alerts: tuple[Alert, ...]

    @property
    def tier(self) -> str:
        """The most urgent that any score or alert stands for; empty when nothing is known."""
        tiers = [one.tier for one in self._parts if one.tier]
        return max(tiers, key=TIERS.index, default="")

    @property
    def is_complete(self) -> bool:
        """Whether every scale has all it needs."""
        return all(one.status == COMPLETE for one in self.scores)

    @property
    def proposes(self) -> tuple[str, ...]:
        """What is proposed, each once, the urgent first."""
        return tuple(dict.fromkeys(code for one in self._parts for code in one.proposes))

    @property
    def _parts(self) -> list[Alert | Band]:
        bands = [found for one in self.scores if (found := one.band or one.at_least)]
        return [*self.alerts, *bands]


def score(definition: Definition, answers: Said, *, profile: str = NO_PROFILE) -> Scored:
    """What the answers come to. Alerts are heard even when nearly everything is blank.

    Args:
        profile: which cut-offs count; the more sensitive ones when nobody says.

    Raises:
        WrongAnswer: an answer cannot be taken as it is.
        ValueError: the instrument has no such cut-offs.
    """
    check(definition, answers)
    if profile and profile not in definition.profiles:
        raise ValueError(f"{definition.key} has no cut-offs for {profile!r}")
    states = states_of(definition, answers)
    chosen = profile or definition.unknown
    return Scored(
        scores=tuple(_score(definition, one, answers, states, chosen) for one in definition.scales),
        alerts=tuple(one for one in definition.alerts if truth(one.when, answers, states)),
    )


def band_of(scale: Scale, value: Decimal, profile: str = NO_PROFILE) -> Band | None:
    """What a number stands for; ``None`` in a scale that draws no such line."""
    for band in scale.bands.get(profile, ()):
        if band.low is not None and band.high is not None and band.low <= value <= band.high:
            return band
    return None


def _score(
    definition: Definition, scale: Scale, answers: Said, states: dict[str, str], profile: str
) -> Score:
    if scale.stop and truth(scale.stop.when, answers, states):
        value = scale.stop.value
        return Score(scale=scale, value=value, band=band_of(scale, value, profile), reason=scale.stop.reason)
    missing = tuple(
        one for one in scale.items if states[one] != SKIPPED and answers.get(one, DECLINED) == DECLINED
    )
    if scale.method == PATTERN:
        return _pattern(scale, answers, states, profile, missing)
    found = [_worth(definition.item(one), scale, answers) for one in scale.items if states[one] == ASKED]
    counts = [one for one in found if one is not None]
    if _is_too_little(scale, counts, missing):
        return Score(scale=scale, status=INCOMPLETE, missing=missing)
    value = _number(scale, counts, missing)
    return Score(scale=scale, value=value, band=band_of(scale, value, profile), missing=missing)


def _pattern(
    scale: Scale, answers: Said, states: dict[str, str], profile: str, missing: tuple[str, ...]
) -> Score:
    """The first band whose pattern is there. While one before it might still come true, it is only a lower bound."""
    unheard = tuple(one for one in missing if one not in answers)
    is_certain = True
    for band in scale.bands.get(profile, ()):
        holds = truth(band.when, answers, states) if band.when else (is_certain and not unheard) or None
        if holds and is_certain:
            status = INCOMPLETE if unheard else COMPLETE
            return Score(scale=scale, band=band, status=status, missing=unheard)
        if holds:
            return Score(scale=scale, status=INCOMPLETE, missing=missing, at_least=band)
        is_certain = is_certain and holds is False
    return Score(scale=scale, status=INCOMPLETE, missing=missing)


def _worth(item: Item | None, scale: Scale, answers: Said) -> int | None:
    """What an item counts; ``None`` when it says nothing, or does not apply."""
    said = answers.get(item.key) if item else None
    if item is None or not isinstance(said, str) or said == DECLINED:
        return None
    if scale.method == COUNT:
        return int(said in scale.counted)
    worth = item.worth(said)
    return None if worth is None else worth * scale.weights.get(item.key, 1)


def _is_too_little(scale: Scale, counts: list[int], missing: tuple[str, ...]) -> bool:
    if scale.method == MEAN:
        return not counts or (len(counts) < scale.at_least if scale.at_least else bool(missing))
    return len(missing) > scale.max_missing or (bool(missing) and not counts)


def _number(scale: Scale, counts: list[int], missing: tuple[str, ...]) -> Decimal:
    total = Decimal(sum(counts))
    if scale.method == MEAN:
        total /= len(counts)
    elif missing:
        total = total * (len(counts) + len(missing)) / len(counts)
    return (total / scale.step).quantize(Decimal(1), ROUND_HALF_UP) * scale.step
