from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.people.actions.reach import add_contact_point
from breakwater.plans.actions.lessons import drop_lesson
from breakwater.plans.library import FORM
from breakwater.plans.models import Agreement, CopyGiven, Goal, Lesson, Safeguard, SafetyPlan, Sufficiency
from breakwater.plans.testing import a_goal, a_lesson, a_reading, a_safeguard, a_safety_plan
from breakwater.trust.models import Sighting
from breakwater.trust.testing import an_actor, as_seen_by

pytestmark = pytest.mark.django_db

SAID = {code: f"Said about {code}" for code in FORM.sections}


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def client(ada):
    client = Client()
    client.force_login(ada.user)
    return client


def post(client, url, **fields):
    return client.post(url, fields | {"idempotency_key": str(uuid4())})


def url(name, row):
    return reverse(f"plans:{name}", args=(row.pk,))


def test_a_plan_is_written_read_again_and_each_version_can_be_opened(ada, client):
    case = a_case(by=ada)
    assert b"No safety plan yet" in client.get(url("safety_plan", case)).content
    assert client.get(url("safety_plan_paper", case)).status_code == 404
    assert client.get(url("copy", case)).status_code == 404
    assert post(client, url("safety_plan_writing", case), version="0", own_coping="A bath").status_code == 303
    page = client.get(url("safety_plan", case)).content
    assert b"Not complete yet" in page
    assert b"people i can ask for help" in page.lower()
    stale = post(client, url("safety_plan_writing", case), version="0", own_coping="A walk")
    assert stale.status_code == 422
    assert b"A bath" in stale.content
    assert b"A walk" in stale.content
    assert b'name="version" value="1"' in stale.content
    whole = SAID | {"version": "1", "review_on": "2099-01-01"}
    assert (
        b"a day still to come, within a year"
        in post(client, url("safety_plan_writing", case), **whole).content
    )
    assert post(client, url("safety_plan_writing", case), **whole | {"review_on": ""}).status_code == 303
    page = client.get(url("safety_plan", case)).content
    assert b"Complete" in page
    assert b"No longer" in page
    first = client.get(url("safety_plan", case), {"version": "1"}).content
    assert b"It stays as it was" in first
    assert b"A bath" in first
    as_seen_by(ada)
    assert SafetyPlan.objects.count() == 2
    assert Sighting.objects.filter(what="plans.safetyplan").exists()


def test_the_paper_says_nothing_about_whose_it_is_and_comes_in_two_languages_and_sizes(ada, client):
    case = a_case(by=ada, must_not_know="Rob")
    a_safety_plan(case, by=ada, reasons="", warning_signs="<b>I stop</b>\neating")
    paper = client.get(url("safety_plan_paper", case)).content.decode()
    sheet = paper[paper.index('<article class="sheet') : paper.index("</article>")]
    assert "&lt;b&gt;I stop&lt;/b&gt;" in sheet
    assert "988" in sheet
    for hidden in ("Marisol", case.number, ada.agency.name, "Rob", "What I live for"):
        assert hidden not in sheet
    spanish = client.get(url("safety_plan_paper", case), {"language": "es", "size": "large"}).content.decode()
    assert 'lang="es"' in spanish
    assert "Lo que puedo hacer por mi cuenta" in spanish
    assert "paper large" in spanish
    assert "My plan" in client.get(url("safety_plan_paper", case), {"language": "xx"}).content.decode()


def test_copies_safeguards_and_lessons_have_their_pages(ada, client):
    case = a_case(by=ada)
    way = add_contact_point(
        case.person, kind="phone", value="(555) 010-2020", safety="unsafe", how="", at=ada.now, by=ada
    )
    a_safety_plan(case, by=ada)
    refused = post(client, url("copy", case), how="sent", contact_point=str(way.pk), safe_to_keep="on")
    assert (refused.status_code, b"marked as not safe" in refused.content) == (422, True)
    assert post(client, url("copy", case), how="paper", safe_to_keep="on").status_code == 303
    agreed = {"means": "firearm", "words": "To the range", "who": "His brother", "when": "in_3_days"}
    assert post(client, url("safeguard", case), **agreed).status_code == 303
    assert b"Firearm within reach" in client.get(reverse("desk:case", args=(case.pk,))).content
    as_seen_by(ada)
    todo = Safeguard.objects.get()
    assert post(client, url("safeguard_ending", todo), how="locked").status_code == 422
    assert post(client, url("safeguard_ending", todo), how="locked", known_from="Seen").status_code == 303
    helps = {"kind": "coping", "words": "The river", "effect": "3"}
    assert post(client, url("lesson", case), **helps).status_code == 303
    as_seen_by(ada)
    sign = SafetyPlan.objects.select_related("circle").get().warning_signs.splitlines()[0]
    worse = {"kind": "trigger", "words": "Sirens", "category": "place", "leads_to": sign}
    assert post(client, url("lesson", case), **worse | {"leads_to": "No sign of theirs"}).status_code == 422
    assert post(client, url("lesson", case), **worse).status_code == 303
    assert f"then: <bdi>{sign}</bdi>" in client.get(reverse("desk:case", args=(case.pk,))).content.decode()
    as_seen_by(ada)
    drop_lesson(
        Lesson.objects.select_related("circle", "case__circle").get(kind="trigger"), at=ada.now, by=ada
    )
    river = Lesson.objects.get(kind="coping")
    assert post(client, url("lesson_again", river)).status_code == 422
    assert post(client, url("lesson_again", river), effect="8").status_code == 303
    assert b"8 of 10" in client.get(reverse("desk:case", args=(case.pk,))).content
    as_seen_by(ada)
    assert post(client, url("lesson_again", Lesson.objects.standing().get()), drops="on").status_code == 303
    as_seen_by(ada)
    assert (CopyGiven.objects.count(), Lesson.objects.standing().count()) == (1, 0)


def test_the_action_plan_is_made_talked_over_and_measured_on_pages(ada, client):
    case = a_case(by=ada, strengths="Paints")
    said = {"words": "A door that locks", "domain": "housing", "builds_on": "Paints"}
    assert post(client, url("goal", case), **said).status_code == 303
    page = client.get(url("plan", case)).content
    assert b"A door that locks" in page
    assert b"Not talked over with them yet" in page
    assert b"?gate=safe_tonight" in page
    assert b"Safe tonight" in client.get(url("step", case), {"gate": "safe_tonight"}).content
    form = client.get(url("agreement", case)).content
    assert b"Goal, housing: A door that locks" in form
    shown = "Goal, housing: A door that locks (builds on: Paints)"
    signed = {"how": "signed", "signature": "M. V.", "shown": shown}
    assert post(client, url("agreement", case), **signed | {"shown": "Other"}).status_code == 422
    assert post(client, url("agreement", case), **signed).status_code == 303
    assert b"Nothing changed since" in client.get(url("plan", case)).content
    as_seen_by(ada)
    goal = Goal.objects.get()
    assert post(client, url("goal_ending", goal), how="reached").status_code == 303
    assert b"No longer" in client.get(url("plan", case)).content
    assert b"Not read yet" in client.get(url("sufficiency", case)).content
    levels = {"moment": "entry", "housing": "1", "food": "2", "safety": "3"}
    assert post(client, url("sufficiency_reading", case), **levels).status_code == 303
    assert post(client, url("sufficiency_reading", case), **levels).status_code == 422
    drawn = client.get(url("sufficiency", case)).content
    assert b"<polygon" in drawn
    assert b"style=" not in drawn
    as_seen_by(ada)
    assert (Agreement.objects.count(), Sufficiency.objects.count()) == (1, 1)


def test_every_page_stands(ada, client):
    case = a_case(by=ada)
    a_safety_plan(case, by=ada)
    a_reading(case, by=ada)
    rows = {
        "goal_ending": a_goal(case, by=ada), "safeguard_ending": a_safeguard(case, by=ada),
        "lesson_again": a_lesson(case, by=ada),
    } | dict.fromkeys(
        ("goal", "agreement", "sufficiency", "sufficiency_reading", "safety_plan", "safety_plan_writing",
         "safety_plan_paper", "copy", "safeguard", "lesson"),
        case,
    )  # fmt: skip
    for name, row in rows.items():
        assert client.get(url(name, row)).status_code == 200, name
