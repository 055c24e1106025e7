"""Two agencies write to each other: a worker at a desk, a partner with a phone, both signed in at once."""

import pytest
from django.db import transaction

from breakwater.cases.testing import a_case
from breakwater.messaging.testing import a_safe_phone
from breakwater.referrals.testing import a_referral, news_reaches
from tests.journeys.conftest import check_with_axe, sign_in, untold


@pytest.fixture
def case(worker, rosa):
    with transaction.atomic():
        by = worker.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol Vega")
        a_safe_phone(case, by=by)
        a_referral(case, by=by, to_agency=rosa.agency, to_name=rosa.agency.name)
    news_reaches(worker.agency, at=by.now)
    return case


def test_a_worker_and_a_partner_write_about_a_referral(new_page, worker, rosa, case):
    desk, phone = new_page(1440), new_page(390)
    sign_in(desk, worker.username, to=f"/case/{case.pk}/")
    sign_in(phone, rosa.username, to="/referrals/")

    desk.locator("#referrals").get_by_role("link", name="Housing").first.click()
    desk.get_by_role("button", name="Messages with Lantern House").click()
    desk.get_by_label("Your message").fill("They come by bus, at about four. Is somebody at the door?")
    desk.get_by_label("I wait for an answer").check()
    desk.get_by_role("button", name="Send it").click()
    desk.get_by_text("They come by bus").wait_for()
    check_with_axe(desk)

    phone.get_by_role("navigation", name="Main").get_by_role("link", name="Messages").click()
    phone.get_by_text("1 new").wait_for()
    check_with_axe(phone)
    phone.get_by_role("link", name="A referral").click()
    phone.get_by_text("Waits for an answer").wait_for()
    phone.get_by_label("Your message").fill("Sam is there until eight.")
    phone.get_by_role("button", name="Send it").click()
    phone.get_by_role("listitem").get_by_text("Sam is there until eight.").wait_for()
    check_with_axe(phone)
    untold(phone, "Marisol")
    phone.get_by_role("link", name="Amend").click()
    phone.get_by_label("The new text").fill("Sam is there until nine.")
    phone.get_by_label("Why it changes").fill("Wrong hour.")
    phone.get_by_role("button", name="Save the amendment").click()
    phone.get_by_text("Wrong hour.").wait_for()

    desk.reload()
    desk.get_by_text("Sam is there until nine.").wait_for()
    desk.get_by_text("Amended").click()
    desk.get_by_text("Sam is there until eight.").wait_for()
    assert phone.request.get(f"/case/{case.pk}/").status == 404
    assert phone.title().endswith("Breakwater")
    assert "Marisol" not in f"{desk.title()}{desk.url}{phone.title()}{phone.url}"


def test_what_they_agreed_to_stands_before_any_notice(new_page, worker, case):
    page = new_page(390)
    sign_in(page, worker.username, to=f"/case/{case.pk}/")
    page.locator("#messages").get_by_role("link", name="Send the person a notice").click()
    page.get_by_text("They have agreed to no notices yet").wait_for()
    check_with_axe(page)
    page.get_by_role("link", name="Write down what they agreed to").click()
    page.get_by_label("They may be reached from").fill("10:00")
    page.get_by_label("until", exact=True).fill("10:00")
    page.get_by_text("Español").click()
    check_with_axe(page)
    page.get_by_role("button", name="They agreed to this").click()
    page.goto(f"{page.url.partition('/person/')[0]}/messages/cases/{case.pk}/notice/")
    page.get_by_text("Please call:").click()
    page.get_by_text("Phone (555) 010-4477").click()
    page.get_by_role("button", name="Send it").click()
    page.locator("#sent").get_by_text("Waiting").wait_for()
    check_with_axe(page)
    page.goto(f"{page.url.partition('/messages/')[0]}/messages/ways/")
    check_with_axe(page)
