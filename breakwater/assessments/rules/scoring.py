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
    Remark,
    Scale,
)
from breakwater.assessments.rules.predicates import ASKED, DECLINED, SKIPPED, Said, truth
from breakwater.assessments.rules.profiles import Reading, band_of, by_profile, readings_of

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
        counting: the band that the level comes from, where nobody chose and the more sensitive cut-offs say another.
        readings: what the number stands for by each of its cut-offs.
    """

    scale: Scale
    value: Decimal | None = None
    band: Band | None = None
    status: str = COMPLETE
    missing: tuple[str, ...] = ()
    at_least: Band | None = None
    reason: str = ""
    counting: Band | None = None
    readings: tuple[Reading, ...] = ()

    @property
    def leads(self) -> Band | None:
        """The band that its level and its proposals come from."""
        return self.counting or self.band or self.at_least


@dataclass(frozen=True, kw_only=True)
class Scored:
    """What all the answers came to."""

    scores: tuple[Score, ...]
    alerts: tuple[Alert, ...]
    remarks: tuple[Remark, ...] = ()

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
        bands = [found for one in self.scores if (found := one.leads)]
        return [*self.alerts, *bands]


def score(definition: Definition, answers: Said, *, profile: str = NO_PROFILE) -> Scored:
    """What the answers come to. Alerts are heard even when nearly everything is blank.

    Args:
        profile: which cut-offs count; when nobody says, the level is that of the more sensitive ones.

    Raises:
        WrongAnswer: an answer cannot be taken as it is.
        ValueError: the instrument has no such cut-offs.
    """
    if profile and profile not in definition.profiles:
        raise ValueError(f"{definition.key} has no cut-offs for {profile!r}")
    definition = by_profile(definition, profile)
    check(definition, answers)
    states = states_of(definition, answers)
    return Scored(
        scores=tuple(_score(definition, one, answers, states, profile) for one in definition.scales),
        alerts=tuple(one for one in definition.alerts if truth(one.when, answers, states)),
        remarks=tuple(one for one in definition.remarks if truth(one.when, answers, states)),
    )


def _score(
    definition: Definition, scale: Scale, answers: Said, states: dict[str, str], profile: str
) -> Score:
    if scale.stop and truth(scale.stop.when, answers, states):
        return _read(definition, scale, scale.stop.value, profile, reason=scale.stop.reason)
    missing = tuple(
        one for one in scale.items if states[one] != SKIPPED and answers.get(one, DECLINED) == DECLINED
    )
    if scale.method == PATTERN:
        return _pattern(scale, answers, states, profile or definition.first, missing)
    found = [_worth(definition.item(one), scale, answers) for one in scale.items if states[one] == ASKED]
    counts = [one for one in found if one is not None]
    if _is_too_little(scale, counts, missing):
        return Score(scale=scale, status=INCOMPLETE, missing=missing)
    return _read(definition, scale, _number(scale, counts, missing), profile, missing=missing)


def _read(
    definition: Definition,
    scale: Scale,
    value: Decimal,
    profile: str,
    *,
    missing: tuple[str, ...] = (),
    reason: str = "",
) -> Score:
    """What a number stands for: by the cut-offs chosen; else by the first, and its level by the more sensitive."""
    counting = profile or definition.unknown
    return Score(
        scale=scale, value=value, band=band_of(scale, value, profile or definition.first), missing=missing,
        reason=reason, counting=band_of(scale, value, counting),
        readings=tuple(readings_of(definition, scale, value, counting)),
    )  # fmt: skip


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
