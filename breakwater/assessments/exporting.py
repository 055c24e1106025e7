"""An assessment as plain values that may leave: codes always, words only where their owner lets them leave."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from breakwater.assessments.library import CROSSWALK, INSTRUMENTS, LICENSES
from breakwater.assessments.models import Assessment, Override, Result
from breakwater.assessments.rules.answering import asked, from_kept
from breakwater.assessments.rules.definition import SEVERAL, WORDS, Definition, Item, Option
from breakwater.assessments.rules.licensing import words_may_leave
from breakwater.assessments.rules.predicates import DECLINED, Said
from breakwater.formats.fhir import Coding
from breakwater.formats.fhir.bundle import Measured, Offered, Risk, Sheet, Told
from breakwater.trust.models import Agency, Circle
from breakwater.trust.sealed import keyed

LOINC = "http://loinc.org"
_TIERS = "urn:breakwater:tier"
_LAWS = {"part2": "42CFRPart2", "sud-counseling-notes": "42CFRPart2"}
"""What a law that protects a record is called among the codes of v3-ActCode, where it has one."""


@dataclass(frozen=True, kw_only=True)
class Leaves:
    """What of it leaves.

    Args:
        with_words: what was written in the person's own words too.
        with_score: the agency tells this instrument's scores.
    """

    with_words: bool
    with_score: bool
    notices: tuple[str, ...] = ()


def sheet_of(
    assessment: Assessment, definition: Definition, result: Result, leaves: Leaves, *, at: datetime
) -> Sheet:
    """All that leaves of an assessment, as it was told then."""
    circle, told = result.circle, result.document
    laws = sorted({*circle.segments, *assessment.segments})
    number = f"{assessment.pk}:{result.number}:{leaves.with_words}"
    return Sheet(
        id=UUID(keyed(number, what="exported assessment")[:32]), canonical=definition.canonical,
        version=definition.version, title=definition.title, license=definition.license.notice,
        subject=pseudonym_of(circle, assessment.case.agency), status="amended" if result.number > 1 else "completed",
        answered_at=assessment.ends_at or result.at, made_at=at,
        told=tuple(questions_of(definition, from_kept(told["codes"]), with_words=leaves.with_words)),
        measured=tuple(_measured(definition, told["scores"])) if leaves.with_score else (),
        risks=tuple(_risks(assessment, definition, result)) if leaves.with_score else (),
        by_themselves=assessment.mode == Assessment.Mode.SELF, notices=leaves.notices,
        policies=tuple(dict.fromkeys(_LAWS[one] for one in laws if one in _LAWS)),
    )  # fmt: skip


def pseudonym_of(circle: Circle, agency: Agency) -> str:
    """One name for one person in all that an agency exports; it leads nobody else back to them."""
    return keyed(f"{agency.pk}:{circle.pk}", what="exported subject")[:32]


def questions_of(definition: Definition, answers: Said, *, with_words: bool = True) -> Iterator[Told]:
    """Each question that was asked, with what was answered; its words only where they may leave."""
    spoken = sayable(definition)
    keys = {one.key for one in asked(definition, answers)}
    for item in definition.items:
        if item.key in keys:
            yield _told(definition, item, spoken, answers.get(item.key), with_words=with_words)


def sayable(definition: Definition) -> Mapping[str, Item]:
    """The items in the words that may leave: the owner's where they let them, else our own, else none."""
    if words_may_leave(definition, LICENSES):
        return {one.key: one for one in definition.items}
    ours = INSTRUMENTS.get(definition.key)
    return {one.key: one for one in ours.items} if ours else {}


def _told(
    definition: Definition,
    item: Item,
    spoken: Mapping[str, Item],
    said: str | Collection[str] | None,
    *,
    with_words: bool,
) -> Told:
    given = (said,) if isinstance(said, str) else tuple(said or ())
    words = spoken.get(item.key)
    labels = {one.code: one.label for one in words.options} if words else {}
    codes = {one.code: _code_of(definition, item, one, labels) for one in item.options}
    is_declined = DECLINED in given
    if item.kind == WORDS:
        values: tuple[Coding | str, ...] = given if with_words and not is_declined else ()
    else:
        values = tuple(codes[one] for one in given if one in codes)
    return Told(
        link_id=item.key, kind="text" if item.kind == WORDS else "choice",
        text=(words.text or words.label) if words else "", code=Coding(LOINC, item.loinc) if item.loinc else None,
        offered=tuple(Offered(code=codes[one.code], weight=one.value) for one in item.options),
        repeats=item.kind == SEVERAL, said=values, is_declined=is_declined,
    )  # fmt: skip


def _code_of(definition: Definition, item: Item, option: Option, labels: Mapping[str, str]) -> Coding:
    """The code of LOINC where it tells the answer from the others; else the instrument's own."""
    same = [one for one in item.options if one.loinc == option.loinc]
    if option.loinc and len(same) == 1:
        return Coding(LOINC, option.loinc)
    return Coding(definition.canonical, option.code, labels.get(option.code, ""))


def _measured(definition: Definition, scores: list[dict[str, Any]]) -> Iterator[Measured]:
    """What each scale came to then. What is only a lower bound is told as no band: it is not what they came to."""
    system = definition.canonical
    for one in scores:
        has_band = one["band"] and not one["is_least"]
        others = (
            f"{by}: {says}" for by, says, counts in one.get("readings", []) if counts and says != one["band"]
        )
        yield Measured(
            key=one["key"], text=one["label"],
            code=Coding(LOINC, one["loinc"]) if one["loinc"] else Coding(system, one["key"], one["label"]),
            value=None if one["value"] is None else Decimal(one["value"]),
            band=Coding(system, one["band_code"], one["band"]) if has_band else None,
            also=next(others, ""),
        )  # fmt: skip


def _risks(assessment: Assessment, definition: Definition, result: Result) -> Iterator[Risk]:
    """The tier that the answers came to; and beside it what a person judged, without their reasons."""
    if result.tier:
        method = f"{definition.title}, version {definition.version}: what the answers come to"
        yield _risk(definition, result.tier, method, result.at)
    judged = (
        Override.objects.filter(assessment=assessment).select_related("circle").order_by("-at", "-pk").first()
    )
    if judged:
        yield _risk(definition, judged.tier, "The judgment of whoever asked", judged.at)


def _risk(definition: Definition, tier: str, method: str, at: datetime) -> Risk:
    known = CROSSWALK.codes.get(definition.family)
    levels = [Coding(_TIERS, tier, CROSSWALK.tiers[tier])]
    if known and tier in known.levels:
        levels.append(Coding(LOINC, known.levels[tier]))
    return Risk(
        levels=tuple(levels), method=method, judged_at=at, code=Coding(LOINC, known.risk) if known else None
    )
