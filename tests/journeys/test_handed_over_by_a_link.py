"""A worker at a desk hands a case over to a listed house without an account; somebody there takes it on a phone.

The worker sees what the house will read, and the house reads exactly that; it says yes, asks, reaches the person
together with the worker, and confirms it by the same link. Until then the case cannot be closed as handed off.
"""

import re
from datetime import UTC, datetime

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.attachments.testing import a_file
from breakwater.cases.testing import a_case
from breakwater.messaging.testing import a_message
from breakwater.referrals.testing import news_reaches
from breakwater.resources.models import Phone
from breakwater.resources.testing import a_service
from tests.journeys.conftest import check_at_both_widths, check_with_axe, nowhere, sign_in, texts
from tests.journeys.test_the_loop_closes import shoot

PACKET = "article.packet"


@pytest.fixture
def case(worker):
    """Somebody whose case goes over, with a file that matters; and a house of the directory."""
    with transaction.atomic():
        by = worker.acts()
        found = a_case(
            by=by, at=by.now, known_as="Marisol", what_is_happening="She left on Tuesday with one bag.",
            safe_contact="After six, by text.",
        )  # fmt: skip
        a_message(found, by=by, attached=(a_file(name="Marisol lease.txt", is_scanned=True),))
        service = a_service("Long Road House", organization="Long Road Services")
        Phone.objects.create(
            source="testing", external_id="long-road", service=service, number="(937) 555-0177"
        )
    return found, service


def test_a_house_without_an_account_takes_a_case_over_on_a_phone(new_page, worker, case):
    found, service = case
    desk, phone = new_page(1440), new_page(390)
    sign_in(desk, worker.username, to=f"/find-help/{service.pk}/?case={found.pk}")
    shown = offered(desk)
    link, code = a_link_and_its_code(desk)
    opened(phone, link, code)
    assert phone.locator(PACKET).inner_text() == shown
    nowhere(phone.get_by_text("Marisol lease"))
    check_at_both_widths(phone)
    shoot(phone, "packet_offered")
    with phone.expect_download() as saved:
        phone.get_by_role("link", name="File 1: Text, 1 kB").click()
    assert saved.value.suggested_filename == "attachment.txt"
    phone.get_by_label("Your name").fill("Jo Lane")
    phone.get_by_role("button", name="Yes, we take them over").click()
    phone.get_by_role("heading", name="You take somebody over from").wait_for()
    check_at_both_widths(phone)
    shoot(phone, "packet_accepted")

    the_desk_waits(desk, found)
    phone.get_by_label("Your name").fill("Jo Lane")
    phone.get_by_text("A call with three", exact=True).click()
    phone.get_by_label("Anything to say?").fill("She moves in at seven.")
    phone.get_by_role("button", name="We have reached them").click()
    phone.get_by_role("heading", name="Thank you").wait_for()
    nowhere(phone.get_by_text("After six, by text."))
    news_reaches(worker.agency, at=datetime.now(UTC))
    desk.goto(f"/case/{found.pk}/")
    desk.locator("#handoff").get_by_text("First contact confirmed").wait_for()
    desk.locator("#handoff").get_by_role("link", name="Long Road House, Long Road Services").click()
    desk.get_by_role("heading", name="Hand-off: first contact confirmed").wait_for()
    desk.locator("#meetings").get_by_text("A call with three").wait_for()
    desk.get_by_text("Jo Lane, Long Road House, Long Road Services, by a link and its code").first.wait_for()
    desk.get_by_role("link", name="Close the case as handed off").wait_for()
    check_with_axe(desk)


def offered(desk):
    """What goes into the packet is chosen, seen word for word, and offered to a house of the directory."""
    desk.get_by_role("link", name="Hand the case over to them").click()
    desk.get_by_role("heading", name="Hand this case over").wait_for()
    desk.get_by_text("Long Road Services").wait_for()
    desk.get_by_text(re.compile("Marisol lease.txt")).click()
    desk.get_by_label("A message to the receiver").fill("She likes to be called Mari.")
    desk.get_by_role("button", name="Show what they will see").click()
    desk.get_by_text("They have no account").wait_for()
    check_at_both_widths(desk)
    shoot(desk, "packet_preview")
    shown = desk.locator(PACKET).inner_text()
    desk.get_by_role("button", name="Offer the case").click()
    desk.get_by_role("heading", name="Marisol", level=1).wait_for()
    return shown


def a_link_and_its_code(desk):
    """The link goes by message, and the code is read at the number of the directory."""
    desk.locator("#handoff").get_by_role("link", name="Long Road House, Long Road Services").click()
    desk.get_by_role("link", name="Let them answer by a link").click()
    desk.get_by_text("(937) 555-0177").wait_for()
    check_with_axe(desk)
    shoot(desk, "packet_links")
    desk.get_by_role("button", name="Make the link and its code").click()
    desk.get_by_text("Marisol lease.txt").wait_for()
    link, code = texts(desk.locator(".codes code"), 2)
    return link, code


def opened(phone, link, code):
    """Somebody at the house follows the link, mistakes the code once, and types it as it was read to them."""
    phone.goto(link)
    for typed in ("AAAAA" if code != "AAAAA" else "BBBBB", code.lower()):
        phone.get_by_label("The code that you were told").fill(typed)
        phone.get_by_role("button", name="Open").click()
        if typed == code.lower():
            phone.get_by_role("heading", name="asks you to take somebody over").wait_for()
        else:
            phone.get_by_text("open nothing").wait_for()
    expect(phone).to_have_title("An answer")


def the_desk_waits(desk, found):
    """The yes is known, the clock of the first contact runs, and the case is not closed as handed off."""
    desk.goto(f"/case/{found.pk}/")
    desk.locator("#handoff").get_by_text("Accepted").wait_for()
    desk.goto(f"/cases/{found.pk}/closure/?outcome=handed_off")
    desk.get_by_role("button", name=re.compile("Close")).click()
    desk.get_by_text(
        re.compile("A hand-off is not confirmed|No hand-off of this case was confirmed")
    ).first.wait_for()
    desk.goto(f"/case/{found.pk}/#handoff")
    desk.locator("#handoff").get_by_role("link", name="Long Road House, Long Road Services").click()
    desk.get_by_role("link", name="Let them confirm by a link").wait_for()
    check_with_axe(desk)
