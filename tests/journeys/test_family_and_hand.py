"""She draws her name under the plan with a finger, and chooses who of the household may see which part of it."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.testing import a_case
from breakwater.people.actions.households import join_household
from breakwater.plans.models import Agreement, FamilyChoice
from breakwater.plans.testing import a_goal, a_safety_plan, a_step
from tests.journeys.conftest import Worker, check_with_axe, sign_in

ANA = "Ana Lucía Vega de la Cruz y Mendoza"
HEARD = """
- main:
  - form "Talk the plan over":
    - heading "Talk the plan over" [level=1]
    - region "The plan as it stands":
      - list:
        - listitem: /Goal, housing/
    - textbox /What do they say to it/
    - group "What did they answer?":
      - radio "They signed"
      - radio "They made their mark, and somebody saw it"
      - radio "They agreed aloud"
      - radio "They did not agree"
    - textbox /Their name, typed by themselves/
    - textbox /Why there is no signature/
    - paragraph:
      - button "Keep their answer"
"""
"""What a screen reader meets: the plan as it stands, then what they may say to it, and how to keep it."""


@pytest.fixture
def case(worker):
    with transaction.atomic():
        by = worker.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol Vega")
        a_safety_plan(case, by=by)
        a_step(case, by=by, words="See the room on Elm Street", goal=a_goal(case, by=by))
        for name, part in ((ANA, "Adult"), ("Rob Stone", "Partner")):
            other = a_case(by=by, at=by.now, known_as=name).person
            join_household(other, with_=case.person, part=part, at=by.now, by=by)
        return case


def draw(page):
    """A line and a dot, as a finger draws them."""
    page.wait_for_load_state()
    field = page.locator("[data-draw] svg")
    expect(field).to_be_visible()
    field.evaluate("one => one.scrollIntoView({block: 'center'})")
    box = field.bounding_box()
    left, top = box["x"], box["y"]
    page.mouse.move(left + 20, top + 20)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(left + 20 + step * 15, top + 20 + (step % 3) * 20)
    page.mouse.up()


def kept_as_drawn(worker, drawn):
    with transaction.atomic():
        worker.acts()
        assert bool(Agreement.objects.get().drawn) is drawn


@pytest.mark.parametrize("scripts", [True, False])
def test_she_signs_and_chooses_who_sees_what_while_a_colleague_looks_on(new_page, worker, case, scripts):
    page = new_page(390, java_script_enabled=scripts)
    sign_in(page, worker.username, to=f"/plans/{case.pk}/agreement/")
    expect(page.get_by_role("main")).to_match_aria_snapshot(HEARD)
    page.get_by_text("They signed", exact=True).click()
    if scripts:
        draw(page)
        page.get_by_text("Something is drawn.").wait_for()
        check_with_axe(page)
    else:
        expect(page.get_by_text("Or drawn by themselves")).to_be_hidden()
        page.get_by_label("Their name, typed by themselves").fill("M. V.")
    page.get_by_role("button", name="Keep their answer").click()
    page.locator("#agreements").get_by_text("They signed").first.wait_for()
    kept_as_drawn(worker, scripts)
    expect(page.locator("#agreements svg polyline")).to_have_count(int(scripts))
    page.get_by_role("link", name="Family view").click()
    page.get_by_role("link", name="Who may see what").click()
    colleague = Worker("case_manager", agency=worker.agency, name="Noor Haddad")
    other = new_page(1440)
    sign_in(other, colleague.username, to=f"/plans/{case.pk}/family/")
    expect(other.get_by_text("Only they")).to_have_count(9)
    ana, rob = (page.get_by_role("region", name=name) for name in (ANA, "Rob Stone"))
    ana.get_by_text("No", exact=True).click()
    ana.get_by_text("Goals", exact=True).click()
    rob.get_by_text("Yes", exact=True).click()
    if scripts:
        check_with_axe(page)
    page.get_by_role("button", name="They chose this").click()
    page.get_by_text(f"Seen by {ANA}").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    other.reload()
    expect(other.get_by_text("Only they")).to_have_count(8)
    check_with_axe(other)
    with transaction.atomic():
        worker.acts()
        assert sorted((one.parts, one.hurt_them) for one in FamilyChoice.objects.all()) == [
            ([], True), (["action.goals"], False),
        ]  # fmt: skip
