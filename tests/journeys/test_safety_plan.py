"""A safety plan is written with her on a phone, says what is missing, is completed, printed, given; and revised."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.testing import a_case
from breakwater.plans.models import CopyGiven, SafetyPlan
from tests.journeys.conftest import Worker, check_with_axe, sign_in

HEARD = """
- main:
  - form "Write a safety plan":
    - heading "Write a safety plan" [level=1]
    - paragraph: /With them, in their words/
    - paragraph: /What do you notice first/
    - textbox /How I notice that it is getting harder/
    - paragraph: /What have you done before/
    - textbox /What I can do by myself/
    - textbox /People and places that take my mind off it/
    - textbox /People I can ask for help/
    - textbox /Professionals and lines I can turn to/
    - textbox /How my surroundings become safer/
    - textbox /What I live for/
    - textbox /When do you read it again together/
    - paragraph:
      - button "Save this version"
"""
"""What a screen reader meets: what the form is, each section in the order in which it is used, and how to keep it."""


@pytest.fixture
def case(worker):
    with transaction.atomic():
        by = worker.acts()
        return a_case(by=by, at=by.now, known_as="Marisol Vega", must_not_know="Rob", strengths="Paints")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_plan_is_written_with_her_given_and_read_again(new_page, worker, case, scripts):
    page = new_page(390, java_script_enabled=scripts)
    sign_in(page, worker.username, to=f"/case/{case.pk}/")
    page.locator("#safety-plan").get_by_role("link", name="Write it with them").click()
    expect(page.get_by_role("main")).to_match_aria_snapshot(HEARD)
    page.get_by_label("How I notice that it is getting harder").fill("I stop answering\n“I am fine”")
    page.get_by_label("What I can do by myself").fill("A bath")
    page.get_by_role("button", name="Save this version").click()
    page.get_by_text("Not complete yet").wait_for()
    page.get_by_text("Still missing: “People I can ask for help”, “Professionals").wait_for()
    page.get_by_role("link", name="Read it again together").click()
    page.get_by_label("People I can ask for help").fill("Ana, in the evening")
    page.get_by_label("Professionals and lines I can turn to").fill("988")
    page.get_by_label("How my surroundings become safer").fill("Ana keeps the pills")
    if scripts:
        check_with_axe(page)
    page.get_by_role("button", name="Save this version").click()
    page.get_by_text("Complete", exact=True).wait_for()
    page.get_by_role("link", name="Their paper").click()
    page.get_by_role("link", name="Español").click()
    page.get_by_role("heading", name="Lo que puedo hacer por mi cuenta").wait_for()
    if scripts:
        check_with_axe(page)
        fits_one_sheet(page)
    page.get_by_role("link", name="write down that they have it").click()
    page.get_by_text("On paper, into their hand").click()
    page.get_by_role("button", name="They have it").click()
    page.get_by_text("Ask first where the copy will be kept").wait_for()
    page.get_by_label("They told me where they keep it").check()
    page.get_by_role("button", name="They have it").click()
    page.locator("#copies").get_by_text("version 2, on paper, into their hand").wait_for()

    somebody_else_revises(new_page(1440), worker, case)


def somebody_else_revises(other, worker, case):
    """A second worker reads it again with her: every version stands, and the copy is still the one she was given."""
    second = Worker("case_manager", agency=worker.agency, name="Noor Haddad")
    sign_in(other, second.username, to=f"/plans/{case.pk}/safety-plan/writing/")
    other.get_by_label("What I can do by myself").fill("A bath\nThe river")
    other.get_by_role("button", name="Save this version").click()
    other.locator("#versions").get_by_text("The river").wait_for()
    other.locator("#versions").get_by_role("link", name="Version 1").click()
    other.get_by_text("This is version 1. It stays as it was.").wait_for()
    check_with_axe(other)
    with transaction.atomic():
        worker.acts()
        kept = SafetyPlan.objects.versions(case.pk)
        assert [(one.version, one.own_coping.splitlines()[-1]) for one in kept] == [
            (3, "The river"), (2, "A bath"), (1, "A bath"),
        ]  # fmt: skip
        assert [copy.plan.version for copy in CopyGiven.objects.all()] == [2]


def fits_one_sheet(page):
    """On paper there is the plan and nothing round it, on one sheet."""
    page.emulate_media(media="print")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.get_by_text("Rob").first).to_be_hidden()
    assert page.pdf(format="Letter").count(b"/Type /Page\n") == 1
    page.emulate_media(media="screen")
