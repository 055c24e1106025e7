"""On a phone, from the case to an answer that must be heard, to a result that proposes, to a worker who decides."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.testing import a_case
from tests.journeys.conftest import check_with_axe, nowhere, sign_in

HEARD = """
- main:
  - paragraph: /Safe right now/
  - form /Question 2 of \\d+/:
    - heading /Question 2 of \\d+/ [level=1]
    - group "Are you thinking of ending your life, or of hurting yourself?":
      - radio "No"
      - radio "Thoughts of it, and no wish to do it"
      - radio "I have thought about how"
      - radio "I might do it today"
      - radio "Prefer not to say"
    - paragraph:
      - button "Save, and go on"
      - button "Back"
"""
"""What a screen reader meets, in this order: where one is, the question, each answer to it, and how to go on."""


@pytest.fixture
def case(worker):
    with transaction.atomic():
        by = worker.acts()
        return a_case(by=by, at=by.now, known_as="Marisol Vega")


@pytest.mark.parametrize("options", [{"width": 390}, {"width": 1440, "java_script_enabled": False}])
def test_an_assessment_proposes_and_a_worker_decides(new_page, worker, case, options):
    page = new_page(**options)
    look = check_with_axe if options.get("java_script_enabled", True) else (lambda page: None)
    sign_in(page, worker.username, to=f"/case/{case.pk}/")
    page.locator("#assessments").get_by_role("link", name="Ask").click()
    look(page)
    page.get_by_role("button", name="Begin").click()

    page.get_by_role("textbox", name="What happened that made today").fill("He left, and took the money.")
    page.get_by_role("button", name="Save, and go on").click()
    expect(page.get_by_role("main")).to_match_aria_snapshot(HEARD)
    page.get_by_text("I have thought about how").click()
    look(page)
    page.get_by_role("button", name="Save, and go on").click()
    page.get_by_text("Is what you would use within your reach?").wait_for()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("I have thought about how")).to_be_checked()
    page.get_by_role("button", name="Save, and go on").click()
    page.get_by_text("Prefer not to say", exact=True).click()
    page.get_by_role("button", name="Save, and go on").click()
    page.get_by_role("link", name="The whole sheet, and finish").click()
    look(page)
    page.get_by_role("button", name="Finish", exact=True).click()

    page.get_by_text("at least Today").wait_for()
    look(page)
    page.locator("#proposals summary").first.click()
    proposal = page.locator("#proposals li").filter(has_text="Set the triage code anew")
    proposal.get_by_role("button", name="We do this").click()
    page.locator("#proposals").get_by_text("We do this").first.wait_for()
    page.get_by_role("link", name="Write what was done about it").click()
    page.get_by_label("What was done about it?").fill("Her sister is with her.")
    page.get_by_role("button", name="Write it down").click()
    page.locator("#assessments").get_by_text("High").first.wait_for()
    nowhere(page.locator("#assessments").get_by_text("Write what was done"))
