"""The instruments that an agency can ask by: those that are here, in the words it may show, and those it brought."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from breakwater.assessments.importing import own_definition, pack_of, with_words
from breakwater.assessments.library import INSTRUMENTS, LICENSES, REPEATS
from breakwater.assessments.models import AgencyDefault, Assessment, Attestation, Import
from breakwater.assessments.rules.definition import Definition
from breakwater.assessments.rules.licensing import OF_WORDS, may_show_words, why_no_score, why_not_begun
from breakwater.assessments.rules.own_bands import with_bands
from breakwater.assessments.rules.profiles import by_profile
from breakwater.assessments.rules.repeating import NOT_AGAIN, Repeat
from breakwater.formats.fhir import questionnaire_from
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor


@dataclass(frozen=True, kw_only=True)
class Offered:
    """An instrument as an agency has it.

    Args:
        words_of: the import that its words come from.
        closed: why it cannot be begun; empty when it can.
        untold: why its score is not told; empty when it is.
    """

    definition: Definition
    words_of: Import | None
    closed: str
    untold: str


def offered_to(by: Actor) -> Mapping[str, Offered]:
    """Every instrument, by key, as the actor's agency has it."""
    attested: dict[str, set[str]] = defaultdict(set)
    today = by.now.astimezone(by.zone).date()
    said = Attestation.objects.visible_to(by).holding(today).values_list("instrument", "kind")
    for instrument, kind in said:
        attested[instrument].add(kind)
    imports: list[Any] = list(Import.objects.visible_to(by).standing())
    brought = {one.instrument: one for one in imports}
    keys = [*INSTRUMENTS, *(one for one in brought if one not in INSTRUMENTS)]
    return {key: _offered(key, brought.get(key), attested[key]) for key in keys}


def definition_of(assessment: Assessment) -> Definition:
    """The instrument that an assessment asks by, in the version with which it was begun.

    Raises:
        Refused: that version is not here any more.
    """
    found = INSTRUMENTS.get(assessment.instrument)
    if assessment.words_of is not None:
        found = _in_words(assessment.words_of, found)
    if found is None or found.version != assessment.version:
        raise Refused(
            f"{assessment.title} has another version now. What was answered stays as it is; begin it anew to go on."
        )
    return by_profile(found, assessment.profile)


def usual_of(instrument: str, by: Actor) -> tuple[Repeat, str]:
    """When the actor's agency asks again, and its cut-offs where nobody chooses: as it said, or as practice does."""
    practice = REPEATS.get(instrument, Repeat(how=NOT_AGAIN))
    kept = _default_of(instrument, by)
    if kept is None:
        return practice, ""
    return (Repeat(how=kept.again, from_days=kept.days or 0) if kept.again else practice), kept.profile


def in_their_bands(definition: Definition, by: Actor) -> Definition:
    """The instrument with the bands of the manual that the actor's agency holds, where none are shipped."""
    kept = _default_of(definition.key, by)
    return with_bands(definition, kept.bands) if kept and kept.bands else definition


def _default_of(instrument: str, by: Actor) -> AgencyDefault | None:
    found: Any = AgencyDefault.objects.visible_to(by).standing().filter(instrument=instrument)
    kept: AgencyDefault | None = found.first()
    return kept


def _offered(key: str, brought: Import | None, attested: set[str]) -> Offered:
    definition = INSTRUMENTS.get(key)
    words_of = brought
    if brought is not None and definition is not None:
        words_of = brought if may_show_words(definition, LICENSES, attested=attested) else None
    if words_of is not None:
        definition = _in_words(words_of, definition)
    if definition is None:
        raise LookupError(f"{key} is neither here nor brought")
    own_words = {OF_WORDS} if brought is not None and key not in INSTRUMENTS else attested
    return Offered(
        definition=definition, words_of=words_of, closed=why_not_begun(definition, LICENSES, attested=own_words),
        untold=why_no_score(definition, attested=attested),
    )  # fmt: skip


def _in_words(brought: Import, known: Definition | None) -> Definition:
    asked = questionnaire_from(json.loads(brought.document))
    if known is not None:
        return with_words(known, pack_of(asked, known))
    day: date = brought.starts_at.date()
    return own_definition(
        asked, key=brought.instrument, state=brought.state, holder=brought.holder, read_on=day
    )
