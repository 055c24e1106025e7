"""What an agency keeps: bring a questionnaire, and say what may be done with an instrument."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from breakwater.assessments.events import InstrumentAttested, InstrumentDefaulted, InstrumentImported
from breakwater.assessments.importing import matched, own_definition, pack_of
from breakwater.assessments.library import INSTRUMENTS, LICENSES, PROPOSALS
from breakwater.assessments.models import AgencyDefault, Attestation, Import
from breakwater.assessments.rules.checks import wrong_with
from breakwater.assessments.rules.licensing import ATTESTATIONS, NEVER
from breakwater.assessments.rules.own_bands import with_bands
from breakwater.assessments.rules.repeating import DATE, NOT_AGAIN, WAYS, Repeat
from breakwater.formats.fhir import Unreadable, document, questionnaire_from
from breakwater.kernel.db import not_before
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

OWN = "own-"
MOST_DAYS = 3_650


@transaction.atomic
def import_instrument(content: bytes, *, state: str, holder: str, at: datetime, by: Actor) -> Import:
    """Bring a Questionnaire: the words of an instrument that is here, or one of the agency's own.

    Raises:
        Refused: it cannot be read within limits, it is not what its code says, or its license does not let it be shown.
    """
    by.must("assessments.keep")
    try:
        raw = document(content)
        asked = questionnaire_from(raw)
        known = matched(asked, INSTRUMENTS.values())
        key = known.key if known else f"{OWN}{slugify(asked.title or asked.url)[:50]}"
        if known is None:
            _refuse_own(state, holder)
            made = own_definition(asked, key=key, state=state, holder=holder, read_on=at.date())
            _refuse_wrong(wrong_with(made, proposals=PROPOSALS))
        elif not any(pack_of(asked, known).texts.values()):
            raise Refused(f"It holds no words for {known.title}.")
    except Unreadable as wrong:
        raise Refused(f"{wrong}.") from wrong
    Import.objects.visible_to(by).standing().filter(instrument=key).update(ends_at=not_before(at))
    kept = Import.objects.create(
        agency=by.agency, instrument=key, is_pack=known is not None,
        state=known.license.state if known else state, holder=known.license.holder if known else holder,
        document=json.dumps(raw, ensure_ascii=False), by=by.user, starts_at=at,
    )  # fmt: skip
    record(InstrumentImported(import_id=kept.pk, instrument=key), about=kept.pk, by=by, at=at)
    return kept


@transaction.atomic
def attest(
    *, instrument: str, kind: str, words: str, until: date | None = None, at: datetime, by: Actor
) -> Attestation:
    """Say for the agency that it may use an instrument, or that its raters are trained.

    Args:
        until: the last day on which it holds, as a certificate says; ``None`` where it says none.

    Raises:
        Refused: there is no such instrument or word, or nobody says how it is known.
    """
    by.must("assessments.keep")
    if instrument not in INSTRUMENTS or kind not in ATTESTATIONS:
        raise Refused("Say about which instrument that is here: its license, or its training.")
    if not words.strip():
        raise Refused("Say how that is known: which contract, letter or certificate.")
    Attestation.objects.visible_to(by).standing().filter(instrument=instrument, kind=kind).update(
        ends_at=not_before(at)
    )
    made = Attestation.objects.create(
        agency=by.agency,
        instrument=instrument,
        kind=kind,
        words=words,
        holds_until=until,
        by=by.user,
        starts_at=at,
    )
    record(
        InstrumentAttested(attestation_id=made.pk, instrument=instrument, kind=kind),
        about=made.pk,
        by=by,
        at=at,
    )
    return made


@dataclass(frozen=True, kw_only=True)
class Usual:
    """How an agency usually asks by an instrument.

    Args:
        repeat: when it asks again; ``None``: as practice does.
        profile: the cut-offs that count where nobody chooses others; empty: none are chosen for all.
        bands: of the manual that the agency holds, where none are shipped; as ``own_bands`` reads them.
    """

    repeat: Repeat | None = None
    profile: str = ""
    bands: str = ""


@transaction.atomic
def set_default(instrument: str, usual: Usual, *, at: datetime, by: Actor) -> AgencyDefault:
    """Say how the agency usually asks by an instrument, from now on. What was completed keeps its day and its band.

    Raises:
        Refused: there is no such instrument, way or cut-off, its cut-offs go by who is asked, or bands have a gap.
    """
    by.must("assessments.keep")
    repeat = usual.repeat
    _refuse_default(instrument, usual)
    AgencyDefault.objects.visible_to(by).standing().filter(instrument=instrument).update(
        ends_at=not_before(at)
    )
    made = AgencyDefault.objects.create(
        agency=by.agency, instrument=instrument, again=repeat.how if repeat else "",
        days=repeat.from_days if repeat and repeat.how == DATE else None, profile=usual.profile, bands=usual.bands,
        by=by.user, starts_at=at,
    )  # fmt: skip
    said = InstrumentDefaulted(
        default_id=made.pk, instrument=instrument, again=made.again, days=made.days or 0
    )
    record(said, about=made.pk, by=by, at=at)
    return made


def _refuse_default(instrument: str, usual: Usual) -> None:
    definition, repeat, profile = INSTRUMENTS.get(instrument), usual.repeat, usual.profile
    if definition is None:
        raise Refused("Say for which instrument that is here.")
    if repeat and (
        repeat.how not in (*WAYS, NOT_AGAIN) or (repeat.how == DATE) != (0 < repeat.from_days <= MOST_DAYS)
    ):
        raise Refused(f"Say after how many days, at most {MOST_DAYS:,}; or at what one asks again.")
    if profile and profile not in definition.profiles:
        raise Refused(f"{definition.title} has no such cut-offs.")
    if profile and definition.of_person:
        raise Refused(f"The cut-offs of {definition.title} go by who is asked. Nobody chooses them for all.")
    if usual.bands:
        try:
            _refuse_wrong(wrong_with(with_bands(definition, usual.bands), proposals=PROPOSALS))
        except ValueError as wrong:
            raise Refused(f"{wrong}.") from wrong


def _refuse_own(state: str, holder: str) -> None:
    if state not in LICENSES or not holder.strip():
        raise Refused(
            "It is no instrument that is known. Say under which license it may be used, and who holds it."
        )
    if LICENSES[state].words == NEVER:
        raise Refused("Words under such a license are never shown here. Nothing was imported.")


def _refuse_wrong(wrong: list[str]) -> None:
    found = [one for one in wrong if "words of others" not in one]
    if found:
        raise Refused(f"{found[0][:1].upper()}{found[0][1:]}.")
