"""What public sources say of instruments and of scores, held against ours: entered twice, by hand, and compared."""

import ast
import csv
import json
import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from breakwater.assessments.importing import answers_in, matched, pack_of, with_words
from breakwater.assessments.library import INSTRUMENTS
from breakwater.assessments.rules.definition import PATTERN
from breakwater.assessments.rules.profiles import band_of
from breakwater.assessments.rules.scoring import score
from breakwater.assessments.tests.test_instruments import EXAMPLES
from breakwater.formats.capacity.have import NotHave, figures
from breakwater.formats.fhir import Unreadable, document, questionnaire_from

HERE = Path(__file__).parent
SHEET = tomllib.loads((HERE / "published_vectors.toml").read_text())
FACTS = tomllib.loads((HERE / "published_facts.toml").read_text())
VECTORS = SHEET["vectors"]
WANTED = ("value", "band", "status", "alerts", "reason", "refused", "profile", "rest")
OURS = {"rapid-crisis"}
"""Written here: no public source says what it is."""
MARK = {"1": "steady", "2": "none", "3": "never", "4": "never", "5": "no", "6": "no"}
"""An answer to each question of the needs screening that is no need."""


def said(words):
    return set(words.split())


class TestVectors:
    def test_no_row_of_the_sheet_has_lost_a_vector(self):
        found = dict.fromkeys(SHEET["rows"], 0)
        for name in VECTORS:
            found[name.partition(": ")[0]] += 1
        assert (found, len(VECTORS)) == (SHEET["rows"], 39)

    def test_each_vector_is_an_example_that_says_the_same(self):
        bearing = {one["vector"]: one for one in EXAMPLES if "vector" in one}
        assert bearing.keys() == VECTORS.keys()
        assert len(bearing) == sum("vector" in one for one in EXAMPLES), "two examples bear one name"
        for name, vector in VECTORS.items():
            example = bearing[name]
            assert example["instrument"] == vector["instrument"], name
            for key in (one for one in WANTED if one != "alerts" or one in vector):
                assert example.get(key) == vector.get(key), f"{name}: {key}"
            if "says" in vector:
                assert said(example.get("says", "")) == said(vector["says"]), name

    def test_each_published_defect_has_a_test_of_its_name(self):
        named = {
            one.name
            for path in HERE.glob("test_*.py")
            for one in ast.walk(ast.parse(path.read_text()))
            if isinstance(one, ast.FunctionDef)
        }
        assert set(SHEET["defects"].values()) - named == set()
        assert len(SHEET["defects"]) == 10


def test_every_instrument_that_others_made_is_on_the_sheet():
    assert INSTRUMENTS.keys() == FACTS.keys() | OURS


@pytest.mark.parametrize("key", FACTS)
def test_an_instrument_is_what_public_sources_say(key):
    sheet, ours = FACTS[key], INSTRUMENTS[key]
    assert (ours.level, ours.license.state) == (sheet["level"], sheet["state"])
    assert len(ours.items) == sheet["questions"]
    assert (ours.unknown, ours.usual) == (sheet.get("unknown", ""), sheet.get("usual", ""))
    assert {one.key: " ".join(one.profiles) for one in ours.items if one.profiles} == sheet.get("only", {})
    assert {one.key for one in ours.items if one.reverse} == said(sheet.get("reverse", ""))
    for item in (one for one in ours.items if any(o.value is not None for o in one.options)):
        worth = sheet.get("worth", {}).get(item.key) or sheet.get("each")
        if worth and item.key != "4how":
            assert worth.split() == [str(one.value) for one in item.options if one.value is not None]
    for scale in ours.scales:
        assert dict(scale.weights) == sheet.get("weights", {})


@pytest.mark.parametrize("key", [key for key in FACTS if "codes" in FACTS[key]])
def test_its_codes_are_those_that_loinc_gives_it(key):
    sheet, ours = FACTS[key], INSTRUMENTS[key]
    panel, *items = ("" if one == "-" else one for one in sheet["codes"].split())
    assert ours.loinc == panel
    assert [one.loinc for one in ours.items][: len(items)] == items
    for item, code in sheet.get("item_codes", {}).items():
        assert ours.item(item).loinc == code
    for item, codes in sheet.get("answers", {}).items():
        assert [one.loinc for one in ours.item(item).options] == codes.split()
    for item, when in sheet.get("waits", {}).items():
        asked, answer = when.split("=")
        assert (ours.item(item).shown_when.item, ours.item(item).shown_when.codes) == (asked, (answer,))


@pytest.mark.parametrize("key", [key for key in FACTS if "scales" in FACTS[key]])
def test_its_scores_and_bands_are_the_published_ones_at_both_edges_of_each(key):
    ours, sheet = INSTRUMENTS[key], FACTS[key]["scales"]
    assert {one.key for one in ours.scales} - {"flagged"} == sheet.keys()
    for scale in (one for one in ours.scales if one.key in sheet):
        told = sheet[scale.key]
        assert scale.method == told["how"]
        assert scale.loinc == told.get("code", "")
        assert (scale.low, scale.high) == (told.get("from", 0), told.get("to", 0))
        assert scale.at_least == told.get("least", 0)
        assert [str(one.at) for one in scale.cuts] == told.get("cuts", "").split()
        assert scale.change == (Decimal(told["change"]) if "change" in told else None)
        if "of" in told:
            assert scale.items == tuple(told["of"].split())
        if scale.method == PATTERN:
            for some in scale.bands.values():
                assert [one.code for one in some] == told["bands"].split()
            continue
        for profile, bands in (told.get("or") or {"": told["bands"]}).items():
            assert edges(scale, profile, bands.split())


def edges(scale, profile, bands):
    """Whether each band begins and ends where it is said to."""
    lows, codes = [Decimal(one) for one in bands[::2]], bands[1::2]
    highs = [one - scale.step for one in lows[1:]] + [scale.high] if lows else []
    for low, high, code in zip(lows, highs, codes, strict=True):
        assert {band_of(scale, one, profile).code for one in (low, high)} == {code}
    assert [one.code for one in scale.bands.get(profile, ())] == codes
    return True


class TestPublishedExamples:
    """Files with answers and what they came to, as others published them."""

    def test_an_answer_is_a_need_when_its_published_crosswalk_says_so(self, shared):
        """And never because a file marks it so: one public bundle marks every answer as a need."""
        path = shared("data/fhir/hrsn-ny/reference/ahc-cross-walk.csv")
        hrsn, seen = INSTRUMENTS["ahc-hrsn"], 0
        needs = {item: scale.key for scale in hrsn.scales if scale.method == PATTERN for item in scale.items}
        items = {one.loinc: one for one in hrsn.items}
        for row in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()):
            item = items.get(row["QUESTION_CODE"])
            if item is None or not row["ANSWER_CODE"]:
                continue
            (option,) = (one for one in item.options if one.loinc == row["ANSWER_CODE"])
            seen += 1
            if item.key not in needs:
                assert option.value == int(row["SCORE"])
                continue
            answers = {**MARK, item.key: (option.code,) if item.kind == "several" else option.code}
            answers["2"] = answers["2"] if isinstance(answers["2"], tuple) else (answers["2"],)
            bands = {one.scale.key: one.band.code for one in score(hrsn, answers).scores if one.band}
            assert (bands[needs[item.key]] == "need") == (row["POTENTIAL_NEED_INDICATED"] == "Yes"), row
        assert seen == 42

    def test_a_published_screening_comes_to_its_stated_total(self, shared):
        (path,) = shared("data/fhir/hrsn-ny/bundles").glob("*.json")
        hrsn = INSTRUMENTS["ahc-hrsn"]
        items, answers, stated = {one.loinc: one for one in hrsn.items}, {}, None
        for one in (entry["resource"] for entry in json.loads(path.read_text())["entry"]):
            if one["resourceType"] != "Observation" or "valueCodeableConcept" not in one:
                continue
            code, told = (one[name]["coding"][0] for name in ("code", "valueCodeableConcept"))
            code = code["code"]
            if code == hrsn.scales[0].loinc:
                stated = Decimal(told["display"])
            if item := items.get(code):
                (given,) = (option.code for option in item.options if option.loinc == told["code"])
                answers[item.key] = (given,) if item.kind == "several" else given
        found = {one.scale.key: one for one in score(hrsn, answers).scores}
        assert (found["safety"].value, found["safety"].band.code) == (stated, "need")
        assert {key: found[key].band.code for key in ("housing", "food", "transport", "utilities")} == {
            "housing": "need", "food": "need", "transport": "no_need", "utilities": "no_need",
        }  # fmt: skip

    def test_a_published_response_of_hunger_comes_to_its_stated_risk(self, shared):
        asked, response = (
            document(shared(f"data/fhir/gravity-sdoh/json/SDOHCC-Questionnaire{name}.json").read_bytes())
            for name in ("HungerVitalSign", "ResponseHungerVitalSignExample")
        )
        asked = questionnaire_from(asked)
        known = matched(asked, INSTRUMENTS.values())
        answers = answers_in(asked, response, known)
        assert answers == {"1": "often", "2": "often"}
        assert score(known, answers).scores[0].band.code == "at_risk"


def test_an_answer_that_public_files_tell_under_two_codes_is_one_answer():
    """In one public GAD-7 the third answer of its second item has a code that the other six have not."""
    for code in ("LA6570-1", "LA18938-3"):
        asked, response = a_gad_2(code)
        known = matched(asked, INSTRUMENTS.values())
        assert known.key == "gad-2"
        assert with_words(known, pack_of(asked, known)).items[1].options[2].label == "Made-up third"
        assert answers_in(asked, response, known) == {"1": "0", "2": "2"}


def a_gad_2(third):
    """A questionnaire with the codes of the GAD-2, in words that nobody owns, and answers to it."""
    loinc = {"system": "http://loinc.org"}

    def item(link, code, *answers):
        options = [{"valueCoding": {**loinc, "code": one, "display": words}} for one, words in answers]
        facts = {"linkId": link, "type": "choice", "text": "Made up", "answerOption": options}
        return facts | {"code": [{**loinc, "code": code}]}

    none, third = ("LA6568-5", "Made-up first"), (third, "Made-up third")
    asked = {
        "resourceType": "Questionnaire", "status": "active",
        "item": [item("a", "69725-0", none), item("b", "68509-9", none, third)],
    }  # fmt: skip
    given = [("a", none[0]), ("b", third[0])]
    response = {
        "resourceType": "QuestionnaireResponse", "status": "completed",
        "item": [{"linkId": link, "answer": [{"valueCoding": {**loinc, "code": code}}]} for link, code in given],
    }  # fmt: skip
    return questionnaire_from(document(json.dumps(asked).encode())), response


def test_a_file_that_is_no_json_is_refused_with_its_place():
    """One of the public copies of GAD-7 lacks a comma."""
    with pytest.raises(Unreadable, match="is not JSON"):
        document(b'{"resourceType": "Questionnaire" "item": []}')


def test_elements_of_have_1_under_the_name_of_2_are_read_as_neither(tmp_path):
    """A public writer emits such files; here nothing writes EDXL-HAVE at all."""
    path = tmp_path / "have.xml"
    path.write_text(
        '<h:Hospital xmlns:h="urn:oasis:names:tc:emergency:EDXL:HAVE:2.0"><h:LastUpdateTime/></h:Hospital>'
    )
    with pytest.raises(NotHave, match=re.escape("no hospital of EDXL-HAVE 1.0")):
        list(figures(path))
