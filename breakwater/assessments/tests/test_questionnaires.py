"""FHIR questionnaires: what is taken, what is refused with its place, and how answers are held against them."""

import json
import time

import pytest

from breakwater.assessments.actions.keeping import import_instrument
from breakwater.assessments.importing import answers_in, matched, own_definition, pack_of, with_words
from breakwater.assessments.instruments_of import offered_to
from breakwater.assessments.library import INSTRUMENTS
from breakwater.assessments.models import Import
from breakwater.assessments.rules.answering import states_of
from breakwater.assessments.testing import an_assessment
from breakwater.cases.testing import NOON, a_case
from breakwater.formats.fhir import Unreadable, Weight, document, findings, is_valid, questionnaire_from
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.trust.access import system_for
from breakwater.trust.testing import an_actor, as_seen_by

BASE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
LOINC = "http://loinc.org"


def asks(*items, **facts):
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "title": "House questions",
        "item": list(items),
        **facts,
    }


def one(kind, link="q1", **facts):
    return {"linkId": link, "type": kind, "text": "Something", **facts}


def ext(url, **value):
    return {"url": url, **value}


def coding(code, system="s", **facts):
    return {"system": system, "code": code, **facts}


def read(raw):
    return questionnaire_from(document(json.dumps(raw).encode()))


def answering(*values, status="completed", link="q1"):
    given = [{kind: value} for kind, value in values]
    item = {"linkId": link, "answer": given} if given else {"linkId": link}
    return {"resourceType": "QuestionnaireResponse", "status": status, "item": [item]}


def limited(kind, url, repeats=False, **value):
    return one(kind, repeats=repeats, extension=[ext(url, **value)])


_TWO = [{"valueCoding": coding("a")}, {"valueCoding": coding("b")}]
_KG = {"value": 5, "unit": "kg"}
VERDICTS = {
    "a number": (one("integer", required=True), [("valueInteger", 5)], set()),
    "a word where a number is asked": (one("integer"), [("valueString", "5")], {"fatal"}),
    "a code where words are asked": (one("text"), [("valueCoding", coding("a"))], {"fatal"}),
    "a code that is offered": (one("choice", answerOption=_TWO), [("valueCoding", coding("b"))], set()),
    "a code that is not offered": (
        one("choice", answerOption=_TWO),
        [("valueCoding", coding("c"))],
        {"error"},
    ),
    "the code of another system": (
        one("choice", answerOption=_TWO),
        [("valueCoding", coding("a", "t"))],
        {"error"},
    ),
    "a value set that is elsewhere": (
        one("choice", answerValueSet="http://x.org"),
        [("valueCoding", coding("a"))],
        {"error"},
    ),
    "a word that is offered": (
        one("string", answerOption=[{"valueString": "x"}]),
        [("valueString", "x")],
        set(),
    ),
    "a word that is not": (
        one("string", answerOption=[{"valueString": "x"}]),
        [("valueString", "y")],
        {"error"},
    ),
    "open choice in words": (one("open-choice", answerOption=_TWO), [("valueString", "c")], set()),
    "two answers where one is asked": (
        one("string"),
        [("valueString", "a"), ("valueString", "b")],
        {"error"},
    ),
    "none where one is required": (one("string", required=True), [], {"error"}),
    "too few": (
        limited("string", f"{BASE}questionnaire-minOccurs", True, valueInteger=2),
        [("valueString", "a")],
        {"error"},
    ),
    "too many": (
        limited("string", f"{BASE}questionnaire-maxOccurs", True, valueInteger=1),
        [("valueString", "a")] * 2,
        {"error"},
    ),
    "too long": (one("string", maxLength=2), [("valueString", "abc")], {"error"}),
    "too short": (limited("string", f"{BASE}minLength", valueInteger=5), [("valueString", "abc")], {"error"}),
    "its pattern": (
        limited("string", f"{BASE}regex", valueString="^[a-z]+$"),
        [("valueString", "abc")],
        set(),
    ),
    "not its pattern": (
        limited("string", f"{BASE}regex", valueString="^[a-z]+$"),
        [("valueString", "a1")],
        {"error"},
    ),
    "a pattern without end": (
        limited("string", f"{BASE}regex", valueString="^(a+)+$"),
        [("valueString", "a" * 40 + "!")],
        {"error"},
    ),
    "above its range": (
        limited("decimal", f"{BASE}maxValue", valueDecimal=2),
        [("valueDecimal", 5.6)],
        {"error"},
    ),
    "a year before its range": (
        limited("date", f"{BASE}minValue", valueDate="2020"),
        [("valueDate", "1998-01-01")],
        {"error"},
    ),
    "no date": (one("date"), [("valueDate", "last week")], {"error"}),
    "another unit": (
        limited("quantity", f"{SDC}maxQuantity", valueQuantity=_KG),
        [("valueQuantity", {"value": 1, "unit": "lb"})],
        {"error"},
    ),
    "the same unit": (
        limited("quantity", f"{SDC}maxQuantity", valueQuantity=_KG),
        [("valueQuantity", _KG)],
        set(),
    ),
    "more than its unit": (
        limited("quantity", f"{SDC}maxQuantity", valueQuantity=_KG),
        [("valueQuantity", _KG | {"value": 6})],
        {"error"},
    ),
    "units that are elsewhere": (
        limited("quantity", f"{BASE}questionnaire-unitValueSet", valueCanonical="http://x.org"),
        [("valueQuantity", _KG)],
        {"error"},
    ),
    "an address": (one("url"), [("valueUri", "https://x.org/a")], set()),
    "half an address": (one("url"), [("valueUri", "x/1")], {"error"}),
    "a broken identifier": (
        one("url"),
        [("valueUri", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520x")],
        {"error"},
    ),
    "a reference": (one("reference"), [("valueReference", {"reference": "Patient/x"})], set()),
    "a file of another kind": (
        limited("attachment", f"{BASE}mimeType", valueCode="image/gif"),
        [("valueAttachment", {"contentType": "text/plain", "data": "YQ=="})],
        {"error"},
    ),
    "a file too large": (
        limited("attachment", f"{BASE}maxSize", valueDecimal=2),
        [("valueAttachment", {"data": "YWFh"})],
        {"error"},
    ),
}


@pytest.mark.parametrize("said", VERDICTS)
def test_answers_are_held_against_what_is_asked(said):
    item, values, wrong = VERDICTS[said]
    found = findings(read(asks(item)), answering(*values))
    assert {one.weight.value for one in found} == wrong
    assert is_valid(found) is not bool(wrong)


def test_what_is_only_begun_may_lack_answers_and_hold_no_wrong_ones():
    needed = read(asks(one("string", required=True)))
    assert is_valid(findings(needed, answering(status="in-progress")))
    small = read(asks(limited("decimal", f"{BASE}maxValue", valueDecimal=2)))
    assert not is_valid(findings(small, answering(("valueDecimal", 5), status="in-progress")))


def test_what_nobody_asked_is_fatal_and_what_was_skipped_is_wrong():
    asked = read(
        asks(
            one("boolean"),
            one("string", "q2", enableWhen=[{"question": "q1", "operator": "=", "answerBoolean": True}]),
        )
    )
    assert findings(asked, answering(("valueString", "x"), link="q9"))[0].weight == Weight.FATAL
    response = answering(("valueBoolean", False))
    response["item"].append({"linkId": "q2", "answer": [{"valueString": "x"}]})
    assert "not asked after" in findings(asked, response)[0].why
    response["item"][0]["answer"][0]["valueBoolean"] = True
    assert findings(asked, response) == []


def test_no_expression_is_run_and_none_is_taken_for_checked():
    rule = {"url": f"{BASE}questionnaire-constraint", "extension": [
        {"url": "severity", "valueCode": "warning"}, {"url": "expression", "valueString": "answer.count() = %x"},
    ]}  # fmt: skip
    assert is_valid(findings(read(asks(one("string", extension=[rule]))), answering(("valueString", "a"))))
    rule["extension"][0]["valueCode"] = "error"
    assert not is_valid(
        findings(read(asks(one("string", extension=[rule]))), answering(("valueString", "a")))
    )
    retired = findings(read(asks(one("string"), status="retired")), answering(("valueString", "a")))
    assert [one.weight for one in retired] == [Weight.WARNING]


def test_the_public_cases_get_their_expected_verdicts(shared):
    cases = json.loads(shared("data/fhir/qr-validation/expected.json").read_text())
    wrong = []
    for case in cases:
        asked, response = (
            document(shared(f"data/fhir/qr-validation/{name}").read_bytes())
            for name in (case["questionnaire"][0], case["response"])
        )
        if is_valid(findings(questionnaire_from(asked), response)) != case["valid"]:
            wrong.append(case["response"])
    assert (len(cases), wrong) == (36, [])


def test_the_public_questionnaires_are_read_and_known(shared):
    known = {}
    for name in (
        "questionnaires/PHQ9.json",
        "questionnaires/WHOAUDIT.json",
        "gravity-sdoh/json/SDOHCC-QuestionnaireHungerVitalSign.json",
    ):
        asked = questionnaire_from(document(shared(f"data/fhir/{name}").read_bytes()))
        found = matched(asked, INSTRUMENTS.values())
        known[name.rpartition("/")[2]] = found.key if found else ""
    assert known["PHQ9.json"] == "phq-9"
    assert known["WHOAUDIT.json"] == ""
    assert known["SDOHCC-QuestionnaireHungerVitalSign.json"] == "hunger-vital-sign"


def deep(levels):
    found = one("group", "g0")
    for number in range(1, levels):
        found = one("group", f"g{number}", item=[found])
    return found


def waits(link, question):
    return one("boolean", link, enableWhen=[{"question": question, "operator": "=", "answerBoolean": True}])


HOSTILE = {
    "ten thousand questions": (
        asks(*(one("string", f"q{n}") for n in range(10_000))),
        "more than 1,000 questions",
    ),
    "a thousand groups of ten": (
        asks(
            *(one("group", f"g{n}", item=[one("string", f"{n}.{m}") for m in range(10)]) for n in range(900))
        ),
        "more than 1,000 questions",
    ),
    "three that wait in a circle": (
        asks(waits("a", "b"), waits("b", "c"), waits("c", "a")),
        "waits for itself, by a → b → c → a",
    ),
    "one that waits for itself": (asks(waits("a", "a")), "waits for itself"),
    "one that waits for nobody": (asks(waits("a", "b")), "which is not there"),
    "groups in groups": (asks(deep(9)), "nested more than 8 deep"),
    "an expression without end": (
        asks(
            one(
                "string",
                extension=[ext(f"{SDC}calculatedExpression", valueExpression={"expression": "(" * 500})],
            )
        ),
        "too long or too deep",
    ),
    "a long expression": (
        asks(one("string"), extension=[ext("x", valueExpression={"expression": "a." * 5_000})]),
        "too long or too deep",
    ),
    "the same question twice": (asks(one("string"), one("string")), "is there twice"),
    "a type that is none": (asks(one("program")), "is not one of FHIR"),
    "no questionnaire": ({"resourceType": "Patient"}, "is not Questionnaire"),
    "too many answers": (
        asks(one("choice", answerOption=[{"valueString": str(n)} for n in range(301)])),
        "more than 300 answers",
    ),
    "items that are no list": ({"resourceType": "Questionnaire", "item": {"linkId": "a"}}, "is not a list"),
    "text without end": (asks(one("string", text="x" * 20_001)), "is not text of up to"),
}


@pytest.mark.parametrize("said", HOSTILE)
def test_what_is_hostile_is_refused_in_time_with_its_place(said):
    raw, why = HOSTILE[said]
    content = json.dumps(raw).encode()
    begun = time.process_time()
    with pytest.raises(Unreadable, match=why) as refused:
        questionnaire_from(document(content))
    assert time.process_time() - begun < 2
    assert refused.value.place


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Questionnaire>&a;</Questionnaire>',
            "no entity of it is ever opened",
        ),
        (b"[" * 100_000, "nested more than 40 deep"),
        (b'{"a":' * 100_000, "nested more than 40 deep"),
        (b" " * 2_000_001, "more than 2,000,000 bytes"),
        (b'{"a": 1, "a": 2}', "is there twice"),
        (b'{"a": NaN}', "is no number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "a number that is too long"),
        (b'{"a"', "is not JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[]", "is not a JSON object"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_time(content, why):
    begun = time.process_time()
    with pytest.raises(Unreadable, match=why):
        document(content)
    assert time.process_time() - begun < 2


def phq_2(**facts):
    """A questionnaire with the codes of the PHQ-2, in words that nobody owns."""
    known = INSTRUMENTS["phq-2"]
    items = [
        one(
            "choice",
            f"/{item.loinc}",
            text=f"Made-up question {item.key}",
            code=[coding(item.loinc, LOINC)],
            answerOption=[
                {"valueCoding": coding(o.loinc, LOINC, display=f"Made-up answer {o.code}")}
                for o in item.options
            ],
        )
        for item in known.items
    ]
    total = one("decimal", "/total", code=[coding("55758-7", LOINC)])
    return asks(*items, total, code=[coding(known.loinc, LOINC)], **facts)


def phq_2_answered(total):
    given = [("/44250-9", "LA6569-3"), ("/44255-8", "LA6570-1")]
    items = [{"linkId": link, "answer": [{"valueCoding": coding(code, LOINC)}]} for link, code in given]
    items.append({"linkId": "/total", "answer": [{"valueDecimal": total}]})
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": items}


class TestMatching:
    def test_an_instrument_is_known_by_its_panel_and_gets_its_words(self):
        asked = read(phq_2())
        known = matched(asked, INSTRUMENTS.values())
        worded = with_words(known, pack_of(asked, known))
        assert worded.items[0].text == "Made-up question 1"
        assert worded.items[0].options[3].label == "Made-up answer 3"
        assert worded.scales is known.scales

    def test_one_of_r5_is_the_same_where_it_maps_and_is_refused_where_it_does_not(self):
        known = matched(read(phq_2()), INSTRUMENTS.values())
        later = phq_2()
        for item in later["item"][:2]:
            item["type"] = "coding"
        assert pack_of(read(later), matched(read(later), INSTRUMENTS.values())) == pack_of(
            read(phq_2()), known
        )
        offers = {"answerOption": _TWO}
        words = one("coding", answerConstraint="optionsOrString", **offers)
        assert findings(read(asks(words)), answering(("valueString", "c"))) == []
        closed = read(asks(one("coding", answerConstraint="optionsOnly", **offers)))
        assert not is_valid(findings(closed, answering(("valueCoding", coding("c")))))
        with pytest.raises(Unreadable, match="takes codes beside those that it offers") as refused:
            read(asks(one("coding", answerConstraint="optionsOrType", **offers)))
        assert refused.value.place == "item[0]"

    def test_without_a_panel_it_is_known_by_just_its_items(self):
        bare = phq_2()
        del bare["code"]
        bare["item"][-1]["readOnly"] = True
        assert matched(read(bare), INSTRUMENTS.values()).key == "phq-2"
        bare["item"].append(one("string", "more"))
        assert matched(read(bare), INSTRUMENTS.values()) is None

    def test_a_code_that_belongs_to_another_is_not_believed(self):
        wrong = phq_2()
        wrong["item"][0]["code"] = [coding("68517-2", LOINC)]
        with pytest.raises(Refused, match="A wrong code is not taken for the instrument"):
            matched(read(wrong), INSTRUMENTS.values())

    def test_a_total_that_the_answers_do_not_give_is_refused(self):
        asked, known = read(phq_2()), INSTRUMENTS["phq-2"]
        assert answers_in(asked, phq_2_answered(3), known) == {"1": "1", "2": "2"}
        with pytest.raises(Refused, match="4 is stated, and the answers give 3"):
            answers_in(asked, phq_2_answered(4), known)
        half = phq_2_answered(3)
        del half["item"][0]
        with pytest.raises(Refused, match="too little is answered"):
            answers_in(asked, half, known)
        strange = phq_2_answered(3)
        strange["item"][0]["answer"][0]["valueCoding"]["code"] = "LA9999-9"
        with pytest.raises(Refused, match="not one of the answers that are offered"):
            answers_in(asked, strange, known)

    def test_one_of_an_agencys_own_is_asked_as_it_says(self):
        asked = read(asks(
            one("display", "intro"), one("coding", "a", answerOption=_TWO, text="A or b?"),
            one("group", "g", text="More", item=[
                one("string", "b", enableWhen=[{"question": "a", "operator": "!=", "answerCoding": coding("a")}]),
                one("boolean", "c", enableWhen=[{"question": "a", "operator": "exists", "answerBoolean": True}]),
            ]),
            one("decimal", "sum", readOnly=True),
        ))  # fmt: skip
        made = own_definition(asked, key="own-x", state="project-authored", holder="Us", read_on=NOON.date())
        assert [(item.key, item.section) for item in made.items] == [("a", ""), ("b", "More"), ("c", "More")]
        assert states_of(made, {}) == {"a": "asked", "b": "waiting", "c": "waiting"}
        assert states_of(made, {"a": "b"}) == {"a": "asked", "b": "asked", "c": "asked"}
        assert states_of(made, {"a": "a"})["b"] == "skipped"

    @pytest.mark.parametrize(
        ("item", "why"),
        [
            (one("choice", answerValueSet="http://x.org"), "a value set that is not in the file"),
            (one("attachment"), "cannot be asked for here"),
            (one("choice"), "has no answer to choose from"),
            (one("string", "x" * 61), "more than 60 characters"),
            (one("choice", answerOption=[{"valueCoding": coding("declined")}]), "without a code of its own"),
        ],
    )
    def test_what_cannot_be_asked_here_is_refused_with_its_place(self, item, why):
        with pytest.raises(Unreadable, match=why):
            own_definition(read(asks(item)), key="own-x", state="unknown", holder="Us", read_on=NOON.date())


@pytest.mark.django_db
class TestImporting:
    @pytest.fixture
    def ada(self):
        return an_actor(now=NOON)

    def bring(self, raw, ada, state="project-authored", holder="Harbor House"):
        by = system_for(ada.agency, now=NOON)
        return import_instrument(json.dumps(raw).encode(), state=state, holder=holder, at=NOON, by=by)

    def test_words_show_for_who_brought_them_and_nobody_else(self, ada):
        assert self.bring(phq_2(), ada).is_pack
        as_seen_by(ada)
        assert offered_to(ada)["phq-2"].definition.items[0].text == "Made-up question 1"
        begun = an_assessment(a_case(by=ada), by=ada)
        assert begun.words_of is not None
        other = as_seen_by(an_actor(now=NOON))
        assert offered_to(other)["phq-2"].definition.items[0].text == ""

    def test_one_of_its_own_is_asked_under_a_license_that_is_said(self, ada):
        own = asks(one("boolean", text="Is the door locked?"))
        for state, holder, said in (
            ("", "", "Say under which license it may be used"),
            ("unknown", "Somebody", "are never shown here"),
        ):
            with pytest.raises(Refused, match=said):
                self.bring(own, ada, state, holder)
        assert self.bring(own, ada).instrument == "own-house-questions"
        self.bring(own, ada)
        assert Import.objects.standing().count() == 1
        as_seen_by(ada)
        assert (
            an_assessment(a_case(by=ada), by=ada, instrument="own-house-questions").title == "House questions"
        )

    def test_what_is_refused_is_not_kept(self, ada):
        with pytest.raises(Refused, match="waits for itself"):
            self.bring(asks(waits("a", "a")), ada)
        empty = phq_2()
        for item in empty["item"]:
            item["text"] = ""
        with pytest.raises(Refused, match="It holds no words for PHQ-2"):
            self.bring(empty, ada)
        with pytest.raises(NotPermitted):
            import_instrument(b"{}", state="", holder="", at=NOON, by=as_seen_by(ada))
