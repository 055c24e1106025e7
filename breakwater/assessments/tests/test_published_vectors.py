"""Each score that the sheet of instruments gives as a test vector, by its name, and two public files that are wrong."""

import re
from decimal import Decimal

import pytest

from breakwater.assessments.library import INSTRUMENTS
from breakwater.assessments.rules.answering import WrongAnswer, unanswered
from breakwater.assessments.rules.scoring import score
from breakwater.formats.capacity.have import NotHave, figures
from breakwater.formats.fhir import Unreadable, document

SUICIDE = (
    ("q1 yes, the rest no", "c-ssrs-screener", "1=yes", "low"),
    ("q2 and q3 yes, the rest no", "c-ssrs-screener", "2=yes 3=yes", "moderate"),
    ("behavior, not lately", "c-ssrs-screener", "6=yes 6r=no", "moderate"),
    ("behavior in the last three months", "c-ssrs-screener", "6=yes 6r=yes", "high"),
    ("all of ASQ no", "asq", "", "negative"),
    ("LAP, four of 4 to 11", "lap", "4=yes 5=yes 6=yes 7=yes", "protocol"),
    ("LAP, three of 4 to 11", "lap", "4=yes 5=yes 6=yes", "none"),
    ("LAP, three of 4 to 11 and the screener believes it", "lap", "4=yes 5=yes 6=yes belief=yes", "belief"),
)
TOTALS = (
    *(("phq-9", total, band) for total, band in (
        (4, "minimal"), (5, "mild"), (9, "mild"), (10, "moderate"), (14, "moderate"), (15, "moderately_severe"),
        (19, "moderately_severe"), (20, "severe"), (27, "severe"),
    )),
    *(("audit", total, band) for total, band in (
        (7, "I"), (8, "II"), (15, "II"), (16, "III"), (19, "III"), (20, "IV"),
    )),
    *(("k10", total, band) for total, band in (
        (15, "low"), (16, "moderate"), (21, "moderate"), (22, "high"), (29, "high"), (30, "very_high"),
    )),
    ("ctrs-1984", 9, "at"),
    ("barc-10", 46, "below"),
    ("barc-10", 47, "at"),
)  # fmt: skip
PROFILES = {"k10": "abs"}


def answered(key, says, rest="no"):
    """What is said, and the same answer to whatever else is asked."""
    definition, answers = INSTRUMENTS[key], dict(one.split("=") for one in says.split())
    while left := [one for one in unanswered(definition, answers) if one.options]:
        answers[left[0].key] = rest
    return answers


def summing(key, total):
    """Answers with this sum: as much as each scored question gives, from the first on."""
    definition = INSTRUMENTS[key]
    items = [one for one in definition.items if one.key in definition.scales[0].items]
    left = total - sum(min(option.value for option in one.options) for one in items)
    answers = {}
    for item in items:
        least = min(option.value for option in item.options)
        most = max(option.value for option in item.options if option.value - least <= left)
        answers[item.key] = str(most)
        left -= most - least
    assert left == 0
    return answers


@pytest.mark.parametrize(
    ("key", "says", "band"), [one[1:] for one in SUICIDE], ids=[one[0] for one in SUICIDE]
)
def test_a_pattern_comes_to_its_published_level(key, says, band):
    (found,) = score(INSTRUMENTS[key], answered(key, says)).scores
    assert found.band.code == band


@pytest.mark.parametrize(("key", "total", "band"), TOTALS, ids=[f"{key} {total}" for key, total, _ in TOTALS])
def test_a_total_comes_to_its_published_band(key, total, band):
    profile = PROFILES.get(key, "")
    (found, *_) = score(INSTRUMENTS[key], summing(key, total), profile=profile).scores
    assert (found.value, found.band.code) == (Decimal(total), band)


def test_cssrs_with_intent_and_q5_blank_is_high_and_says_that_it_is_incomplete():
    said = {"1": "no", "2": "yes", "3": "no", "4": "yes", "6": "no"}
    (found,) = score(INSTRUMENTS["c-ssrs-screener"], said).scores
    assert (found.band.code, found.status) == ("high", "incomplete")


def test_cssrs_with_an_answer_that_was_not_asked_is_an_error():
    with pytest.raises(WrongAnswer) as refused:
        score(INSTRUMENTS["c-ssrs-screener"], {"2": "no", "4": "yes"})
    assert refused.value.item == "4"


def test_asq_refused_and_not_now_is_a_positive_that_is_not_acute():
    (found,) = score(INSTRUMENTS["asq"], answered("asq", "1=declined 5=no")).scores
    assert found.band.code == "non_acute"


def test_phq_9_with_item_9_alone_is_incomplete_and_is_heard():
    scored = score(INSTRUMENTS["phq-9"], {"9": "1"})
    assert (scored.scores[0].status, [one.key for one in scored.alerts]) == ("incomplete", ["SUI-Q9"])


def test_audit_item_9_knows_no_one():
    with pytest.raises(WrongAnswer) as refused:
        score(INSTRUMENTS["audit"], {"9": "1"})
    assert refused.value.item == "9"


def test_dast_10_all_no_is_one_because_an_item_is_reversed():
    (found,) = score(INSTRUMENTS["dast-10"], answered("dast-10", "")).scores
    assert (found.value, found.band.code) == (1, "low")


def test_pc_ptsd_5_with_its_gate_shut_is_zero_and_says_why():
    (found,) = score(INSTRUMENTS["pc-ptsd-5"], {"gate": "no"}).scores
    assert (found.value, bool(found.reason)) == (0, True)


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
