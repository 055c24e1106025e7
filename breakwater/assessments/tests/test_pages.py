"""The pages: one question after another without JavaScript, back without loss, and what the result says."""

import re
from datetime import UTC, datetime

import pytest

from breakwater.assessments.models import Alert, Answer, Assessment, Decision, Override, Result
from breakwater.assessments.testing import a_completed_assessment, an_assessment
from breakwater.cases.testing import a_case
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC))


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=ada.now)


def test_from_the_case_to_a_result_and_what_a_person_decides(ada, case):
    client = browser_of(ada)
    begun = press(
        client, f"/assessments/cases/{case.pk}/", by=ada, instrument="rapid-crisis", mode="interview"
    )
    assessment = Assessment.objects.get()
    where = f"/assessments/{assessment.pk}"
    assert begun.headers["Location"] == f"{where}/question/"
    page = client.get(f"{where}/question/").content.decode()
    assert "What happened that made today" in page
    went = press(client, f"{where}/question/", by=ada, item="happened", **{"item-happened": "He left."})
    assert went.headers["Location"].endswith("?item=self")
    press(client, f"{where}/question/", by=ada, item="self", **{"item-self": "plan"})
    assert Alert.objects.get().kind == "SELF-PLAN"
    assert "Write what was done" in client.get(f"/case/{case.pk}/").content.decode()
    back = client.get(f"{where}/question/?item=happened").content.decode()
    assert "He left." in back
    press(client, f"{where}/question/", by=ada, item="happened", **{"item-happened-declined": "on"})
    assert Answer.objects.last_of(assessment)["happened"] == "declined"
    sheet = client.get(f"{where}/sheet/").content.decode()
    assert "Is what you would use within your reach?" in sheet
    assert re.search(r'name="item-happened-declined" checked', sheet)
    press(client, f"{where}/completion/", by=ada, **{"item-self": "plan", "item-reach": "no"})
    result = client.get(f"{where}/result/").content.decode()
    assert "at least Today" in result
    assert "Incomplete" in result
    assert "not verified at its source" in result
    refused = press(client, f"{where}/decision/", by=ada, proposal="triage", taken="no", reason="")
    assert "Say why it is not done" in refused.content.decode()
    press(client, f"{where}/decision/", by=ada, proposal="triage", taken="yes", reason="")
    assert Decision.objects.get().taken
    press(client, f"{where}/override/", by=ada, tier="imminent", reason="She gave away her dog.")
    assert Override.objects.get().tier == "imminent"
    chronology = client.get(f"/cases/{case.pk}/chronology/").content.decode()
    assert (
        "Rapid crisis assessment: has thought about how to end their life. It must be heard at once."
        in chronology
    )
    assert "Decided: set the triage code anew." in chronology


def test_an_answer_outside_the_options_comes_back_unsaved(ada, case):
    begun = an_assessment(case, by=ada, instrument="phq-9")
    answer = press(browser_of(ada), f"/assessments/{begun.pk}/question/", by=ada, item="1", **{"item-1": "4"})
    assert answer.status_code == 422
    assert Answer.objects.count() == 0


def test_a_trend_is_a_picture_and_a_table_without_script(ada, case):
    first = a_completed_assessment(case, by=ada)
    a_completed_assessment(case, by=ada, said={"1": "0", "2": "1"})
    page = browser_of(ada).get(f"/assessments/{first.pk}/result/").content.decode()
    assert "<polyline" in page
    assert page.count("<tr>") == 3
    assert not re.search(r"<script>|style=", page)


def test_answers_are_changed_on_a_page_with_the_reason(ada, case):
    done = a_completed_assessment(case, by=ada)
    client = browser_of(ada)
    assert "Change answers" in client.get(f"/assessments/{done.pk}/amendment/").content.decode()
    press(
        client,
        f"/assessments/{done.pk}/amendment/",
        by=ada,
        reason="Misheard.",
        **{"item-1": "0", "item-2": "2"},
    )
    assert Result.objects.order_by("-number").first().reason == "Misheard."
    assert "Results before" in client.get(f"/assessments/{done.pk}/result/").content.decode()


def test_what_needs_training_keeps_its_score_and_what_is_closed_says_why(ada, case):
    done = a_completed_assessment(case, by=ada, instrument="danger-assessment", said={"2": "yes", "3": "yes"})
    client = browser_of(ada)
    page = client.get(f"/assessments/{done.pk}/result/").content.decode()
    assert "told to trained raters" in page
    assert "Weighted score" not in page
    assert (
        "ProQOL" not in client.get(f"/assessments/cases/{case.pk}/").content.decode().partition("So far")[0]
    )
