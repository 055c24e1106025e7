"""What leaves as FHIR is held against models that others keep: each resource of a Bundle by the one of its own kind.

The models are of R4B, which for these four kinds asks what R4 asks. They know shapes, kinds of values and what may not
be missing; which codes a value may have stands in lists that they do not hold.
"""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

from breakwater.assessments.actions.exporting import Export, export
from breakwater.assessments.actions.judging import amend, override
from breakwater.assessments.library import INSTRUMENTS
from breakwater.assessments.rules.predicates import DECLINED
from breakwater.assessments.testing import a_completed_assessment
from breakwater.assessments.tests.test_exporting import KINDS, WHO, a_sheet, as_kept
from breakwater.assessments.tests.test_instruments import EXAMPLES, answered
from breakwater.cases.testing import NOON, a_case
from breakwater.formats.fhir import Coding
from breakwater.formats.fhir.bundle import Measured, Risk, bundle
from breakwater.trust.testing import an_actor
from tests.luck.naughty import OURS

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\S+")


def held_against_their_models(content):
    """The resources of a Bundle by kind, after each was read by their model and came out of it as it went in."""
    Bundle.model_validate_json(content)
    found = {}
    for entry in json.loads(content)["entry"]:
        resource = entry["resource"]
        assert as_they_read(resource) == _plain(resource)
        assert says_nothing(resource) == []
        found.setdefault(resource["resourceType"], []).append(resource)
    return found


def as_they_read(resource):
    """A resource read by the model of its kind, and written again."""
    return _plain(
        json.loads(get_fhir_model_class(resource["resourceType"]).model_validate(resource).model_dump_json())
    )


def says_nothing(value, place=""):
    """Where a text, a list or an object is empty: FHIR has none, and their models take an empty text."""
    if isinstance(value, dict | list):
        within = value.items() if isinstance(value, dict) else enumerate(value)
        return ([] if value else [place]) + [
            found for at, one in within for found in says_nothing(one, f"{place}/{at}")
        ]
    return [place] if value == "" else []


def _plain(value):
    """Moments alike, however their second is written."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return datetime.fromisoformat(value)
    return value


def test_each_instrument_leaves_as_their_models_ask():
    """By the example of it that answers most."""
    for definition in INSTRUMENTS.values():
        examples = [one for one in EXAMPLES if one["instrument"] == definition.key and "refused" not in one]
        said = [answered(definition, one.get("says", ""), one.get("rest", "")) for one in examples]
        most = max(said, key=len, default={})
        answers = {key: as_kept(definition, key, one) for key, one in most.items()}
        found = held_against_their_models(bundle(a_sheet(definition, answers)))
        assert len(found["Questionnaire"]) == 1


def test_what_nobody_answered_leaves_so_too():
    """A list without anything in it is none of FHIR's: it is left out."""
    for definition in INSTRUMENTS.values():
        (response,) = held_against_their_models(bundle(a_sheet(definition, {})))["QuestionnaireResponse"]
        assert "item" not in response


def test_strange_words_leave_as_their_models_ask():
    for words in OURS:
        held_against_their_models(bundle(a_sheet(INSTRUMENTS["rapid-crisis"], {"happened": words})))


def a_whole_sheet():
    """One with everything that can be told of a score and of a risk."""
    code = Coding("http://loinc.org", "44261-6", "PHQ-9 total")
    high = Coding("urn:breakwater:tier", "high", "High")
    scores = (
        Measured(key="a", code=code, text="Score", value=Decimal(12), band=high),
        Measured(key="b", code=code, text="Mean", value=Decimal("1.5")),
        Measured(key="c", code=code, text="Too much is missing"),
    )
    risks = (
        Risk(levels=(high,), method="A rule", judged_at=NOON, code=code),
        Risk(levels=(high, code), method="A person", judged_at=NOON),
    )
    more = {
        "measured": scores,
        "risks": risks,
        "by_themselves": True,
        "notices": ("42 CFR part 2\n<b> & so on",),
    }
    return replace(a_sheet(INSTRUMENTS["phq-9"], {"1": "1", "2": DECLINED}), policies=("42CFRPart2",), **more)


def test_scores_and_risks_of_each_kind_leave_as_their_models_ask():
    found = held_against_their_models(bundle(a_whole_sheet()))
    assert {kind: len(some) for kind, some in found.items()} == {
        "Questionnaire": 1, "QuestionnaireResponse": 1, "Observation": 3, "RiskAssessment": 2,
    }  # fmt: skip


@pytest.mark.django_db
def test_what_a_worker_exports_is_what_their_models_ask():
    ada = an_actor(now=datetime.now(UTC))
    said = {"1": "yes", "2": "no", "6": "no"}
    done = a_completed_assessment(a_case(by=ada, at=ada.now), by=ada, instrument="c-ssrs-screener", said=said)
    amend(done, {"1": "no"}, reason="Misheard.", at=ada.now, by=ada)
    override(done, tier="high", reason="She gave away her dog.", at=ada.now, by=ada)
    made = export(done, Export(to=WHO, purpose="TREAT", with_words=True), at=ada.now, by=ada)
    assert held_against_their_models(made).keys() == KINDS


@pytest.mark.parametrize(
    ("kind", "planted"),
    [
        ("Questionnaire", {"status": None}),
        ("Questionnaire", {"copyright": ""}),
        ("Questionnaire", {"item": [{"linkId": "1"}]}),
        ("Questionnaire", {"item": [{"linkId": "1", "type": "choice", "repeats": "often"}]}),
        ("QuestionnaireResponse", {"authored": "yesterday"}),
        ("QuestionnaireResponse", {"item": [{"linkId": "1", "answer": [{"valueChoice": {"code": "x"}}]}]}),
        ("QuestionnaireResponse", {"item": []}),
        ("QuestionnaireResponse", {"subject": "Marisol"}),
        ("Observation", {"code": None}),
        ("Observation", {"valueQuantity": {"value": "many"}}),
        ("Observation", {"interpretation": {"text": "High"}}),
        ("RiskAssessment", {"subject": None}),
        ("RiskAssessment", {"prediction": [{"risk": "high"}]}),
        ("RiskAssessment", {"basis": [{"reference": 7}]}),
    ],
)  # fmt: skip
def test_their_models_see_what_is_wrong(kind, planted):
    entries = json.loads(bundle(a_whole_sheet()))["entry"]
    (resource, *_) = [one["resource"] for one in entries if one["resource"]["resourceType"] == kind]
    wrong = {name: value for name, value in (resource | planted).items() if value is not None}
    assert says_nothing(wrong) or is_refused(wrong)


def is_refused(resource):
    """They take it for none, or leave out what they do not know."""
    try:
        return as_they_read(resource) != _plain(resource)
    except ValidationError:
        return True
