"""On a phone: what may be worth it, applied for, handed in; and refused for a missing paper, with its last day."""

import os
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from breakwater.cases.testing import a_case
from tests.journeys.conftest import Worker, check_with_axe, sign_in


def shoot(page, name):
    """A picture for whoever looks, when they say where."""
    if where := os.environ.get("JOURNEY_PICTURES"):
        page.screenshot(path=f"{where}/{name}.png", full_page=True)


@pytest.fixture
def case(worker):
    with transaction.atomic():
        by = worker.acts()
        return a_case(by=by, at=by.now, known_as="Marisol")


def test_from_plain_questions_to_the_last_day_for_a_hearing(new_page, worker, case):
    phone = new_page(390)
    sign_in(phone, worker.username, to=f"/case/{case.pk}/")
    asks_what_may_be_worth_it(phone)
    applies_and_gathers_papers(phone)
    hands_it_in(phone)
    a_refusal_comes(phone)
    desk = new_page(1440)
    with transaction.atomic():
        colleague = Worker("case_manager", agency=worker.agency, name="Bo Lind")
    sign_in(desk, colleague.username)
    it_is_on_the_board_and_in_the_calendar(desk)


def asks_what_may_be_worth_it(phone):
    phone.locator("#benefits").get_by_role("link", name="Pre-screen").click()
    phone.get_by_label("How many people live and eat together?").fill("2")
    phone.get_by_label("Money coming in, in a month").fill("120")
    phone.get_by_label("Cash and money in the bank, together").fill("40")
    phone.get_by_label("How old are they?").fill("31")
    phone.locator("#id_children").get_by_text("Yes").click()
    phone.locator("#id_settled").get_by_text("Yes").click()
    check_with_axe(phone)
    shoot(phone, "benefits-questions")
    phone.get_by_role("button", name="See what may be worth it").click()
    phone.get_by_text("no promise").wait_for()
    check_with_axe(phone)
    shoot(phone, "benefits-answers")


def applies_and_gathers_papers(phone):
    phone.get_by_role("link", name=re.compile("Apply.*SNAP")).click()
    phone.get_by_role("button", name="Begin the application").click()
    phone.get_by_text("File for the benefit").wait_for()
    phone.get_by_role("link", name="Papers are wanted").click()
    phone.get_by_text("Income of the last 30 days").click()
    phone.get_by_role("button", name="Write them down").click()
    phone.get_by_role("button", name=re.compile("Handed in.*Income")).wait_for()


def hands_it_in(phone):
    phone.get_by_role("link", name="It was handed in").click()
    phone.get_by_text("Online").click()
    phone.get_by_text("A worker").click()
    phone.get_by_label("Confirmation number").fill("WEB-4471")
    shoot(phone, "benefits-submission")
    phone.get_by_role("button", name="It was handed in").click()
    phone.get_by_text("WEB-4471").wait_for()
    check_with_axe(phone)
    shoot(phone, "benefits-submitted")


def a_refusal_comes(phone):
    phone.get_by_role("link", name="A notice came").click()
    phone.get_by_text("Denied", exact=True).click()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    phone.get_by_label("The date on it").fill(yesterday.date().replace(day=1).isoformat())
    phone.get_by_label("Why, when it was denied or stopped").select_option("papers")
    shoot(phone, "benefits-notice")
    phone.get_by_role("button", name="Write it down").click()
    phone.get_by_text("Papers were missing or late").wait_for()
    phone.get_by_text("SNAP hearing").first.wait_for()
    check_with_axe(phone)
    shoot(phone, "benefits-denied")


def it_is_on_the_board_and_in_the_calendar(desk):
    desk.get_by_text("SNAP hearing").first.wait_for(state="attached")
    desk.get_by_role("link", name="Benefits due").click()
    desk.get_by_text("SNAP hearing").wait_for()
    check_with_axe(desk)
    shoot(desk, "benefits-calendar")
    desk.get_by_role("link", name="Lost for paperwork").click()
    desk.get_by_text(re.compile("100 percent")).first.wait_for()
    check_with_axe(desk)
    shoot(desk, "benefits-lost")
