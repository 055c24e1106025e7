"""What the person said in their safety plan is chosen where something is agreed, and never typed again."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from breakwater.cases.models import Gate, Note
from breakwater.cases.testing import a_case
from breakwater.plans.models import Safeguard, Step
from breakwater.plans.testing import a_safety_plan
from breakwater.trust.models import Sighting
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
SISTER, WALK, PILLS = "Call Inés on the blue phone.", "Walk to the river & back.", "Inés keeps the pills."
NOTHING = dict.fromkeys(("warning_signs", "distraction", "professionals", "reasons"), "")


@pytest.fixture
def ada():
    return an_actor()


@pytest.fixture
def case(ada):
    case = a_case(by=ada)
    words = {"people_to_ask": SISTER, "own_coping": f"{WALK}\nSing.", "surroundings": PILLS}
    a_safety_plan(case, by=ada, **NOTHING, **words)
    return case


def keys(page, name):
    """The key of each line that a page offers, by its first words."""
    found = re.findall(rf'name="{name}" value="([0-9a-f]+)"[^>]*> <span>([^<]*)</span>', page)
    return {words[:4]: key for key, words in found}


def test_a_line_becomes_what_was_agreed_for_the_next_contact(ada, case):
    client, where = browser_of(ada), reverse("cases:next_contact", args=(case.pk,))
    offered = keys(client.get(where).content.decode(), "agreed_said")
    assert list(offered) == ["Walk", "Sing", "Call", "Inés"]
    as_seen_by(ada)
    assert Sighting.objects.filter(what="plans.safetyplan").exists(), (
        "it is written down that they were shown"
    )
    press(client, where, when="tomorrow_morning", agreed_said=offered["Call"], agreed="At ten, not before.")
    as_seen_by(ada)
    assert Note.objects.get(case=case).words == f"{SISTER}\nAt ten, not before."


def test_a_line_is_the_evidence_of_a_gate_and_only_lines_that_bear_on_it_are_offered(ada, case):
    client, where = browser_of(ada), reverse("cases:gate", args=(case.pk,))
    page = client.get(where).content.decode()
    assert list(keys(page, "contact_said")) == ["Call"]
    refused = press(client, where, safe_tonight_said=keys(page, "safe_tonight_said")["Inés"], rescreened="x")
    assert re.search(r'name="safe_tonight_said" value="[0-9a-f]+" checked', refused.content.decode()), "kept"
    press(client, where, safe_tonight_said=keys(page, "safe_tonight_said")["Inés"])
    as_seen_by(ada)
    assert Gate.objects.get(case=case, kind="safe_tonight").evidence == PILLS
    late = press(
        client, where, safe_tonight_said=keys(page, "safe_tonight_said")["Inés"], safe_tonight="Now."
    )
    assert f'You wrote: <span class="words" dir="auto">{PILLS}\nNow.' in late.content.decode()


def test_a_line_is_a_step_or_what_makes_it_safer_and_one_of_the_two_is_needed(ada, case):
    client, where = browser_of(ada), reverse("plans:step", args=(case.pk,))
    key = keys(client.get(where).content.decode(), "said")["Walk"]
    step = {"owner": "person", "worker": str(ada.user.pk), "when": "tomorrow"}
    assert "choose a line of theirs" in press(client, where, **step).content.decode()
    assert (
        "is the most. Choose less."
        in press(client, where, **step, said=key, words="x" * 290).content.decode()
    )
    press(client, where, **step, said=key, words="With Bo.")
    safer = reverse("plans:safeguard", args=(case.pk,))
    key = keys(client.get(safer).content.decode(), "said")["Inés"]
    press(client, safer, means="medication", said=key, who="Inés", when="tomorrow")
    as_seen_by(ada)
    assert Step.objects.get(case=case).words == f"{WALK}; With Bo."
    assert Safeguard.objects.get(case=case).words == PILLS


def test_a_line_that_the_plan_no_longer_has_is_not_taken_for_another(ada, case):
    client, where = browser_of(ada), reverse("cases:next_contact", args=(case.pk,))
    key = keys(client.get(where).content.decode(), "agreed_said")["Sing"]
    a_safety_plan(case, by=ada, own_coping=WALK, version=1, at=NOON + timedelta(minutes=5))
    answer = press(client, where, when="tomorrow_morning", agreed_said=key)
    assert answer.status_code == 422
    assert "no longer be chosen" in answer.content.decode()


def test_who_has_no_plan_is_offered_nothing(ada):
    case = a_case(by=ada)
    assert (
        "In their own words"
        not in browser_of(ada).get(reverse("cases:next_contact", args=(case.pk,))).content.decode()
    )
