"""The action plan: goals on strengths, what the person answered to it, and how far they came."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from breakwater.cases.testing import a_case
from breakwater.kernel.cipher import MARK
from breakwater.kernel.db import one_row
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused, Stale
from breakwater.plans.actions.goals import Answer, end_goal, talk_over
from breakwater.plans.actions.needs import finish_step
from breakwater.plans.models import Agreement, Goal, Sufficiency
from breakwater.plans.overview import action_plan_of, as_it_stands, radar_of
from breakwater.plans.testing import a_goal, a_reading, a_step, an_agreement
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import NOON, an_actor, an_agency
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=3)


def test_a_goal_in_their_words_builds_on_a_strength_and_steps_lead_to_it():
    ada = an_actor()
    case = a_case(by=ada, strengths="Paints\nNever late")
    goal = a_goal(case, by=ada, words="A door\nthat locks", builds_on="Never late")
    a_step(case, by=ada, goal=goal, words="See the room")
    a_step(case, by=ada, words="Call the clinic", owner="person", worker=None)
    assert as_it_stands(case, zone=ada.zone).splitlines() == [
        "Goal, housing: A door that locks (builds on: Never late)",
        "Step: See the room (Ada Reyes, by Wed 11 Mar 2026, 08:00)",
        "Step: Call the clinic (the person, by Wed 11 Mar 2026, 08:00)",
    ]
    shown = action_plan_of(case, zone=ada.zone)
    assert (shown["strengths"], len(shown["missing"])) == (["Paints", "Never late"], 5)
    reached = end_goal(goal, how="reached", outcome="She has the key", at=LATER, by=ada)
    assert (reached.ended_how, reached.ends_at) == ("reached", LATER)
    with pytest.raises(Overtaken, match="already ended: reached"):
        end_goal(goal, how="left", outcome="", at=LATER, by=ada)
    with pytest.raises(Refused, match="goal of this case that still stands"):
        a_step(case, by=ada, goal=reached)
    with pytest.raises(Refused, match="goal of this case"):
        a_step(case, by=ada, goal=a_goal(a_case(by=ada), by=ada))
    with pytest.raises(Refused, match="where they want to get to"):
        a_goal(case, by=ada, words=" ")


def test_what_they_saw_is_kept_and_what_changed_since_is_told():
    ada = an_actor()
    case = a_case(by=ada)
    with pytest.raises(Refused, match="no goal and no step yet"):
        an_agreement(case, by=ada)
    step = a_step(case, by=ada, words="Call")
    first = an_agreement(case, by=ada)
    assert (first.version, first.signature, first.voice) == (1, "M. V.", "That is mine.")
    assert not action_plan_of(case, zone=ada.zone)["changed"]
    a_goal(case, by=ada, words="Sleep through", builds_on="")
    finish_step(step, outcome="", at=LATER, by=ada)
    changed = action_plan_of(case, zone=ada.zone)["changed"]
    assert changed.came == ("Goal, housing: Sleep through",)
    assert changed.went[0].startswith("Step: Call")
    second = an_agreement(case, by=ada, how="not", signature="", why_not="Too much at once")
    first.refresh_from_db()
    assert (second.version, second.why_not, first.as_shown.startswith("Step: Call")) == (
        2,
        "Too much at once",
        True,
    )
    with pytest.raises(DatabaseError, match="stays written"), transaction.atomic():
        Agreement.objects.filter(pk=first.pk).update(how="aloud")


def test_nobody_signs_what_they_did_not_see():
    ada = an_actor()
    case = a_case(by=ada)
    a_goal(case, by=ada)
    shown = as_it_stands(case, zone=ada.zone)
    a_goal(case, by=ada, words="Something she never read")
    with pytest.raises(Stale, match="changed while you talked it over"):
        talk_over(case, Answer(how="signed", signature="M. V."), as_shown=shown, at=NOON, by=ada)
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"how": "signed", "signature": " "}, "type their name themselves"),
        ({"how": "aloud", "signature": ""}, "Say why there is no signature"),
        ({"how": "not", "why_not": "Tired"}, "leave the signature empty"),
        ({"how": "perhaps"}, "Say what they answered"),
        ({"how": "signed", "signature": "", "strokes": "1,2<svg>"}, "did not arrive whole"),
        ({"how": "marked", "signature": ""}, "who saw them make their mark"),
        (
            {"how": "marked", "signature": "", "strokes": "1,2 90,90", "why_not": "Jo"},
            "leave the signature empty",
        ),
    ],
)
def test_there_is_a_signature_or_the_reason_why_there_is_none(answer, why):
    ada = an_actor()
    case = a_case(by=ada)
    a_goal(case, by=ada)
    with pytest.raises(Refused, match=why):
        an_agreement(case, by=ada, **answer)
    with pytest.raises(IntegrityError, match="signed_or_says_why_not"), transaction.atomic():
        Agreement.objects.create(
            circle=case.circle, case=case, version=1, as_shown="x", how="aloud", by=None, at=NOON
        )


def test_what_they_drew_is_kept_and_shown_as_a_picture_of_ours():
    ada = an_actor()
    case = a_case(by=ada)
    a_goal(case, by=ada)
    assert an_agreement(case, by=ada, how="marked", signature="", why_not="Jo saw it, on paper").drawn == []
    an_agreement(case, by=ada, signature="", strokes="10,20 200,40;300,10")
    page = browser_of(ada).get(f"/plans/{case.pk}/").content.decode()
    assert '<polyline points="10,20 200,40"/><polyline points="300,10 300,10"/>' in page
    assert "Their signature, drawn by themselves" in page


def test_the_matrix_is_read_once_at_entry_and_shown_as_picture_and_table():
    ada = an_actor()
    case = a_case(by=ada)
    a_reading(case, by=ada, housing=1, food=2, safety=4)
    with pytest.raises(Overtaken, match="a reading in between"):
        a_reading(case, by=ada)
    for wrong in ({"housing": 6}, {"money": 1}):
        with pytest.raises(Refused, match="a level for at least one domain"):
            a_reading(case, by=ada, **wrong)
    radar = radar_of(list(Sufficiency.objects.of_episode(case.pk)))
    assert radar.rows == [("Housing", [1]), ("Food", [2]), ("Safety", [4])]
    assert (radar.means, radar.low) == ([7 / 3], [["Housing", "Food"]])
    assert radar.shapes[0][1].split()[0] == "0.0,-20.0"
    assert (len(radar.spokes), len(radar.rings)) == (3, 5)
    with pytest.raises(DatabaseError, match="stays written"), transaction.atomic():
        Sufficiency.objects.update(moment="exit")


def test_levels_are_encrypted_where_a_law_asks_for_it():
    ada = an_actor(agency=an_agency(kind="victim_service"))
    case = a_case(by=ada)
    reading, goal = a_reading(case, by=ada), a_goal(case, by=ada)
    assert one_row("SELECT levels FROM plans_sufficiency WHERE id = %s", (reading.pk,))[0].startswith(MARK)
    assert one_row("SELECT words FROM plans_goal WHERE id = %s", (goal.pk,))[0].startswith(MARK)
    assert Sufficiency.objects.get().by_domain == {"housing": 1, "food": 2, "safety": 3}


def test_goals_are_not_there_for_another_agency_nor_to_be_set_by_whoever_only_reads():
    ada = an_actor()
    case = a_case(by=ada)
    goal = a_goal(case, by=ada)
    an_agreement(case, by=ada)
    a_reading(case, by=ada)
    partner = an_actor(Role.PARTNER, agency=ada.agency)
    for refused in (
        lambda: a_goal(case, by=partner),
        lambda: end_goal(goal, how="left", outcome="", at=NOON, by=partner),
        lambda: an_agreement(case, by=partner),
        lambda: a_reading(case, by=partner),
    ):
        with pytest.raises(NotPermitted):
            refused()
    an_actor()
    for model in (Goal, Agreement, Sufficiency):
        assert not model.objects.exists()
