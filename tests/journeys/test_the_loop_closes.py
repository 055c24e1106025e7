"""Loops that would hang: a site answers by a link, help waits and goes on, a case is handed over warmly.

A worker sits at a desk; the site and the partner hold phones. All are there at once.
"""

import os
import re
from datetime import UTC, datetime

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.attachments.testing import a_file
from breakwater.cases.actions.intake import Story
from breakwater.cases.testing import a_case
from breakwater.messaging.testing import a_message
from breakwater.referrals.actions.handoff import take_over
from breakwater.referrals.actions.loop import accept
from breakwater.referrals.models import Handoff, Referral
from breakwater.referrals.testing import a_handoff, a_referral, news_reaches
from breakwater.resources.testing import a_service
from breakwater.trust.testing import an_agency
from tests.journeys.conftest import Worker, check_with_axe, nowhere, sign_in, texts


@pytest.fixture
def letter(worker):
    """A letter to a house of the directory in which nobody has an account."""
    with transaction.atomic():
        service = a_service("Hope Night Shelter", organization="Hope House")
        by = worker.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol Vega")
        a_message(case, by=by, attached=(a_file(name="Marisol eviction.txt", is_scanned=True),))
    with transaction.atomic():
        by = worker.acts()
        return a_referral(case, by=by, to_name="Hope Night Shelter", service=service, words="A bed for one.")


def shoot(page, name):
    """A picture for whoever looks, when they say where."""
    if where := os.environ.get("JOURNEY_PICTURES"):
        page.screenshot(path=f"{where}/{name}.png", full_page=True)


def a_link_and_its_code(desk, look):
    """The worker makes both at the desk: the link goes by message, the code by phone."""
    desk.get_by_role("link", name="Let them answer by a link").click()
    desk.get_by_label("Marisol eviction.txt").check()
    look(desk)
    shoot(desk, "link_making")
    desk.get_by_role("button", name="Make the link and its code").click()
    desk.get_by_role("heading", name="Two ways, never one").wait_for()
    look(desk)
    shoot(desk, "link_slip")
    link, code = texts(desk.locator(".codes code"), 2)
    return link, code


def opened(phone, link, code, look, *, by_hand, words="A bed for one."):
    """Somebody at the house follows the link and types the code that was read to them."""
    phone.goto(link)
    look(phone)
    if by_hand:
        phone.get_by_label("The link, as it was sent to you").fill(link)
    else:
        assert "#" not in phone.url
    phone.get_by_label("The code that you were told").fill(code.lower())
    phone.get_by_role("button", name="Open").click()
    phone.get_by_text(words).first.wait_for()
    look(phone)
    shoot(phone, "link_letter")
    expect(phone).to_have_title("An answer")
    nowhere(phone.get_by_text("Marisol"))


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"])
def test_a_house_without_accounts_asks_tells_its_room_and_says_yes(new_page, worker, letter, options):
    look = check_with_axe if not options else (lambda page: None)
    desk, phone = new_page(1440, **options), new_page(390, **options)
    sign_in(desk, worker.username, to=f"/referrals/letters/{letter.pk}/")
    opened(phone, *a_link_and_its_code(desk, look), look, by_hand=bool(options))
    they_save_the_file(phone, desk, letter)
    phone.locator("#room_free").fill("2")
    phone.locator("#room_who").fill("Jo Lane")
    phone.get_by_role("button", name="Tell it").click()
    phone.get_by_label("Your name").first.fill("Jo Lane")
    phone.get_by_label("Anything to say?").fill("Is there a pet?")
    phone.get_by_role("button", name="Ask something first").click()
    phone.get_by_text("No reply yet").wait_for()
    the_desk_replies(desk, look)

    phone.goto("/answers/")
    phone.get_by_text("No pet.").wait_for()
    phone.get_by_label("Your name").first.fill("Jo Lane")
    phone.get_by_role("button", name="Yes, we will help").click()
    phone.get_by_role("heading", name="Thank you").wait_for()
    look(phone)
    desk.goto(f"/referrals/letters/{letter.pk}/")
    desk.get_by_role("heading", name="Housing: accepted").wait_for()
    desk.get_by_text("Jo Lane, Hope Night Shelter, by a link and its code").wait_for()


def they_save_the_file(phone, desk, letter):
    """It is told by kind and size, saved under a name that says nothing, and the desk sees that it was opened."""
    with phone.expect_download() as saved:
        phone.get_by_role("link", name="File 1: Text, 1 kB").click()
    assert saved.value.suggested_filename == "attachment.txt"
    assert saved.value.path().read_bytes() == b"Come at four."
    desk.goto(f"/site-links/letters/{letter.pk}/")
    desk.get_by_text("opened 1 time, last").wait_for()
    shoot(desk, "link_opened")


def the_desk_replies(desk, look):
    """The worker reads what they ask, and replies on the same letter."""
    desk.reload()
    desk.get_by_text("Is there a pet?").wait_for()
    desk.get_by_role("link", name="Reply").click()
    desk.get_by_label(re.compile("Your reply")).fill("No pet.")
    desk.get_by_role("button", name="Reply").click()
    desk.get_by_text("No pet.").wait_for()
    look(desk)


@pytest.fixture
def partner(worker):
    """Somebody at a shelter who has accepted a referral and a case, and who works on a phone."""
    with transaction.atomic():
        shelter = an_agency(name="Lantern Shelter", kind="shelter")
    bo = Worker("case_manager", agency=shelter, name="Bo Lund")
    with transaction.atomic():
        by = worker.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol Vega")
        sent, offered = a_referral(case, by=by, to_agency=shelter), a_handoff(case, by=by, to=shelter)
    with transaction.atomic():
        there = bo.acts()
        accept(Referral.objects.get(pk=sent.pk), at=there.now, by=there)
        story = Story(
            what_is_happening="Comes from Harbor.", asked_by="partner", asked_at=there.now, worker=there.user
        )
        take_over(Handoff.objects.get(pk=offered.pk), story, at=there.now, by=there)
    return bo, sent, offered


def test_help_waits_goes_on_and_a_case_is_handed_over_in_a_call_with_three(new_page, worker, partner):
    bo, sent, offered = partner
    desk, phone = new_page(1440), new_page(390)
    sign_in(desk, worker.username)
    sign_in(phone, bo.username, to=f"/referrals/letters/{sent.pk}/")
    phone.get_by_role("link", name="On hold").click()
    phone.get_by_label(re.compile("Why does it wait")).fill("The one nurse is away until Monday.")
    check_with_axe(phone)
    phone.get_by_role("button", name="Put it on hold").click()
    news_reaches(worker.agency, at=datetime.now(UTC))
    desk.goto(f"/referrals/letters/{sent.pk}/")
    desk.get_by_role("heading", name="Housing: on hold").wait_for()
    desk.get_by_text("The one nurse is away until Monday.").wait_for()
    phone.goto("/referrals/")
    phone.get_by_role("button", name="Help goes on").click()
    phone.wait_for_load_state()

    they_met(phone, offered)
    news_reaches(worker.agency, at=datetime.now(UTC))
    desk.goto(f"/referrals/hand-offs/{offered.pk}/")
    desk.locator("#meetings").get_by_text("A call with three").wait_for()
    desk.locator("#meetings").get_by_text("Bo Lund").first.wait_for()
    check_with_axe(desk)
    desk.goto(f"/case/{offered.case_id}/")
    desk.get_by_text("For the hand-off there was a call with three").first.wait_for()


def they_met(phone, offered):
    """Who takes the case over writes down, on a phone, that all three spoke."""
    phone.goto(f"/referrals/hand-offs/{offered.pk}/")
    phone.get_by_role("link", name="Write down a call or a visit").click()
    phone.get_by_text("A call with three", exact=True).click()
    phone.get_by_text("Receiver and person spoke", exact=True).click()
    phone.get_by_label("Who of the sender was on it?").fill("Ada Reyes")
    check_with_axe(phone)
    phone.get_by_role("button", name="Write it down").click()
    phone.get_by_role("heading", name="Hand-off: first contact confirmed").wait_for()
    check_with_axe(phone)
