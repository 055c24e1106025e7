"""An assessment as a FHIR R4 Bundle: its questions, its answers, what they came to, and the risk.

Plain values to bytes. Nobody is named in it: its subject is a pseudonym, and whoever asked is not there. What goes with
it by law stands in it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any
from uuid import UUID, uuid5

from breakwater.formats.fhir.questionnaire import Coding
from breakwater.formats.fhir.responses import DECLINED, NOT_SAID

MEDIA_TYPE = "application/fhir+json"
SUBJECTS = "urn:breakwater:subject"

_WEIGHT = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_SURVEY = {"coding": [{"system": f"{_TERMS}/observation-category", "code": "survey"}]}
_POINTS = {"unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}
_KEPT_CLOSE = (
    {"system": f"{_TERMS}/v3-Confidentiality", "code": "R", "display": "restricted"},
    {"system": f"{_TERMS}/v3-ActCode", "code": "NORDSCLCD"},
)
_TAKES = {"choice": "valueCoding", "text": "valueString"}


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One answer that a question offers, and what it counts."""

    code: Coding
    weight: int | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """One question and what was answered. ``text`` is empty where its words may not leave.

    Args:
        said: a code or words for each answer; none when nothing was answered.
        is_declined: they preferred not to say.
    """

    link_id: str
    kind: str
    text: str = ""
    code: Coding | None = None
    offered: tuple[Offered, ...] = ()
    repeats: bool = False
    said: tuple[Coding | str, ...] = ()
    is_declined: bool = False


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one scale came to. Without a ``value`` too much was missing, or the scale counts nothing.

    Args:
        also: in words, what it stands for by the more sensitive cut-offs, where that is something else.
    """

    key: str
    code: Coding
    text: str
    value: Decimal | None = None
    band: Coding | None = None
    also: str = ""


@dataclass(frozen=True, kw_only=True)
class Risk:
    """How urgent it is, as the answers say or as somebody judged."""

    levels: tuple[Coding, ...]
    method: str
    judged_at: datetime
    code: Coding | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All that leaves.

    Args:
        id: of what it came to; every other id comes from it, so that the same again is the same.
        canonical: what the questionnaire is called everywhere.
        subject: a pseudonym.
        by_themselves: the person answered with their own hands.
        notices: what the law lets go along, word for word.
        policies: codes of the laws that protect it.
    """

    id: UUID
    canonical: str
    version: str
    title: str
    license: str
    subject: str
    status: str
    answered_at: datetime
    made_at: datetime
    told: tuple[Told, ...]
    measured: tuple[Measured, ...] = ()
    risks: tuple[Risk, ...] = ()
    by_themselves: bool = False
    notices: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()


def bundle(sheet: Sheet) -> bytes:
    """The Bundle of an assessment, as bytes of JSON; the same sheet gives the same bytes."""
    resources = [_questionnaire(sheet), _response(sheet), *_observations(sheet), *_risks(sheet)]
    made = {
        "resourceType": "Bundle",
        "id": str(sheet.id),
        "meta": {"security": _security(sheet)},
        "type": "collection",
        "timestamp": sheet.made_at.isoformat(),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }
    return json.dumps(made, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _questionnaire(sheet: Sheet) -> dict[str, Any]:
    return _resource(sheet, "Questionnaire", "asked") | {
        "url": sheet.canonical,
        "version": sheet.version,
        "title": sheet.title,
        "status": "active",
        "copyright": sheet.license,
        "item": [_question(one) for one in sheet.told],
    }


def _question(one: Told) -> dict[str, Any]:
    made: dict[str, Any] = {"linkId": one.link_id, "type": one.kind}
    if one.text:
        made["text"] = one.text
    if one.code:
        made["code"] = [_coding(one.code)]
    if one.repeats:
        made["repeats"] = True
    if one.offered:
        made["answerOption"] = [_option(offered) for offered in one.offered]
    return made


def _option(one: Offered) -> dict[str, Any]:
    weight = {"extension": [{"url": _WEIGHT, "valueDecimal": one.weight}]} if one.weight is not None else {}
    return weight | {"valueCoding": _coding(one.code)}


def _response(sheet: Sheet) -> dict[str, Any]:
    source = {"source": _subject(sheet)} if sheet.by_themselves else {}
    items = [_answered(one) for one in sheet.told if one.said or one.is_declined]
    return (
        _resource(sheet, "QuestionnaireResponse", "answered")
        | _along(sheet)
        | {
            "questionnaire": f"{sheet.canonical}|{sheet.version}",
            "status": sheet.status,
            "subject": _subject(sheet),
            "authored": sheet.answered_at.isoformat(),
            **source,
            **({"item": items} if items else {}),  # FHIR has no empty lists
        }
    )


def _answered(one: Told) -> dict[str, Any]:
    text = {"text": one.text} if one.text else {}
    if one.is_declined:
        return {
            "extension": [{"url": NOT_SAID, "valueCode": DECLINED}],
            "linkId": one.link_id, **text,
        }  # fmt: skip
    said = [_coding(value) if isinstance(value, Coding) else value for value in one.said]
    return {"linkId": one.link_id, **text, "answer": [{_TAKES[one.kind]: value} for value in said]}


def _observations(sheet: Sheet) -> Iterator[dict[str, Any]]:
    for one in sheet.measured:
        found: dict[str, Any] = {}
        if one.value is not None:
            found["valueQuantity"] = {"value": _number(one.value), **_POINTS}
        if one.band:
            found["interpretation"] = [_concept(one.band), *([{"text": one.also}] if one.also else [])]
        if not found:
            unknown = Coding(f"{_TERMS}/data-absent-reason", "unknown", "Unknown")
            found = {"dataAbsentReason": _concept(unknown)}
        yield _resource(sheet, "Observation", f"score {one.key}") | {
            "status": "amended" if sheet.status == "amended" else "final",
            "category": [_SURVEY],
            "code": _concept(one.code, one.text),
            "subject": _subject(sheet),
            "effectiveDateTime": sheet.answered_at.isoformat(),
            **found,
            "derivedFrom": [_reference(sheet, "answered")],
        }


def _risks(sheet: Sheet) -> Iterator[dict[str, Any]]:
    basis = [
        _reference(sheet, what) for what in ("answered", *(f"score {one.key}" for one in sheet.measured))
    ]
    for number, one in enumerate(sheet.risks):
        levels = [_coding(level) for level in one.levels]
        yield _resource(sheet, "RiskAssessment", f"risk {number}") | {
            "status": "amended" if sheet.status == "amended" else "final",
            "method": {"text": one.method},
            **({"code": _concept(one.code)} if one.code else {}),
            "subject": _subject(sheet),
            "occurrenceDateTime": one.judged_at.isoformat(),
            "basis": basis,
            "prediction": [{"qualitativeRisk": {"coding": levels, "text": one.levels[0].display}}],
        }


def _resource(sheet: Sheet, kind: str, what: str) -> dict[str, Any]:
    return {"resourceType": kind, "id": str(uuid5(sheet.id, what)), "meta": {"security": _security(sheet)}}


def _along(sheet: Sheet) -> dict[str, Any]:
    """What goes along by law, where whoever opens it reads it."""
    if not sheet.notices:
        return {}
    lines = "".join(f"<p>{escape(one)}</p>" for notice in sheet.notices for one in notice.splitlines())
    return {
        "text": {"status": "additional", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{lines}</div>'}
    }


def _security(sheet: Sheet) -> list[dict[str, str]]:
    laws = [{"system": f"{_TERMS}/v3-ActCode", "code": one} for one in sheet.policies]
    return [*_KEPT_CLOSE, *laws]


def _subject(sheet: Sheet) -> dict[str, Any]:
    return {"type": "Patient", "identifier": {"system": SUBJECTS, "value": sheet.subject}}


def _reference(sheet: Sheet, what: str) -> dict[str, str]:
    return {"reference": f"urn:uuid:{uuid5(sheet.id, what)}"}


def _concept(code: Coding, text: str = "") -> dict[str, Any]:
    words = text or code.display
    return {"coding": [_coding(code)], **({"text": words} if words else {})}


def _coding(code: Coding) -> dict[str, str]:
    named = {"system": code.system, "code": code.code, "display": code.display}
    return {key: value for key, value in named.items() if value}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
