"""A day at the privacy officer's desk: somebody asks for their record, something got out, and a look is explained."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.testing import a_case
from breakwater.privacy.jobs import look_through_all
from breakwater.trust.actions.incidents import count_affected, tell
from breakwater.trust.models import Incident
from tests.journeys.conftest import Worker, check_at_both_widths, check_with_axe, nowhere, sign_in

FOUR = ("What it was", "Who used it", "Whether it was really", "How far the risk")
PARTS = ("What happened, when", "Which kinds", "What they should do", "What we do", "How they reach us")


@pytest.fixture
def person(worker):
    with transaction.atomic():
        by = worker.acts()
        return a_case(by=by, at=by.now - timedelta(days=90), known_as="Marisol Vega").person


@pytest.fixture
def officer(worker):
    return Worker("privacy_officer", agency=worker.agency, name="Ines Roy")


def the_only(page, name):
    return page.get_by_role("link", name=name, exact=True)


def test_a_request_is_received_extended_and_answered(new_page, worker, officer, person):
    page, desk = new_page(390), new_page(1440)
    sign_in(page, worker.username, to=f"/privacy/{person.pk}/")
    the_only(page, "They ask about their record").click()
    page.get_by_text("To see their record, or to have a copy").click()
    page.get_by_label("In their words").fill("All of it, on paper. She fetches it herself.")
    check_at_both_widths(page)
    page.get_by_role("button", name="Write it down").click()
    page.get_by_text("Nothing is told before somebody has made sure who asks").wait_for()
    check_at_both_widths(page)
    nowhere(the_only(page, "Answer"), "a case manager does not answer")
    the_only(page, "Make sure who asks").click()
    page.get_by_text("A worker who knows them, face to face").click()
    page.get_by_role("button", name="Write it down").click()
    page.get_by_role("heading", name="What was done").wait_for()

    sign_in(desk, officer.username)
    the_only(desk, "Privacy").click()
    check_at_both_widths(desk)
    desk.get_by_role("link", name="To see their record, or to have a copy").click()
    the_only(desk, "Take longer").click()
    desk.get_by_label("What the person reads").fill("The paper file is stored away.")
    desk.get_by_role("button", name="Extend it").click()
    desk.get_by_text("30 days and 30 more").wait_for()
    the_only(desk, "Answer").click()
    desk.get_by_text("Granted", exact=True).click()
    check_at_both_widths(desk)
    desk.get_by_role("button", name="Answer them").click()
    desk.get_by_role("heading", name="The answer").wait_for()
    check_at_both_widths(desk)


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"])
def test_a_breach_is_counted_and_told(new_page, officer, options):
    page = new_page(390, **options)
    looks_right = check_with_axe if not options else lambda page: None
    long_ago = (datetime.now(UTC) - timedelta(days=62)).date().isoformat()
    sign_in(page, officer.username, to="/privacy/incidents/new/")
    page.get_by_label("A few words by which we know it").fill("Lost phone")
    page.get_by_label("What happened?").fill("A phone was left on a bus.")
    page.get_by_label("When was it known?").fill(long_ago)
    looks_right(page)
    page.get_by_role("button", name="Open an incident").click()
    page.get_by_text("Somebody should have been told by").wait_for()
    as_the(officer, count_affected, state="OR", people=499)
    page.reload()
    page.get_by_role("heading", name="Who is affected").wait_for()
    nowhere(page.get_by_text("The media of OR"))
    the_only(page, "Count them").click()
    page.get_by_label("State").fill("OR")
    page.get_by_label("How many people").fill("500")
    page.get_by_role("button", name="Count them").click()
    expect(page.get_by_text("The media of OR")).to_have_count(1)
    looks_right(page)
    the_only(page, "Assess it").click()
    page.get_by_text("No: it is a breach").click()
    for factor in FOUR:
        page.get_by_label(factor).fill("Looked into.")
    looks_right(page)
    page.get_by_role("button", name="Keep it").click()
    the_only(page, "Write it").click()
    for part in PARTS:
        page.get_by_label(part).fill("Said.")
    page.get_by_role("button", name="Keep it").click()
    close_it(page)
    page.get_by_text("Something is still owed").wait_for()
    the_only(page, "Leave it").click()
    for whom in ("media:OR", "authority"):
        as_the(officer, tell, whom, told_on=(datetime.now(UTC) - timedelta(days=1)).date(), how="By letter")
    told_by_hand(page, "Those affected")
    close_it(page)
    page.get_by_role("heading", name="What was learned").wait_for()
    looks_right(page)


def close_it(page):
    """Nothing is owed any more, as far as the officer knows."""
    the_only(page, "Close it").click()
    page.get_by_label("What do we do differently from now?").fill("Passcodes.")
    page.get_by_role("button", name="Close it").click()


def as_the(officer, act, *what, **told):
    """Something the officer did about the incident at another desk."""
    with transaction.atomic():
        by = officer.acts()
        act(Incident.objects.get(), *what, at=by.now, by=by, **told)


def told_by_hand(page, whom):
    """Write down that somebody was told yesterday, which has been wherever the agency is."""
    the_only(page, "Somebody was told").click()
    page.locator("form").get_by_text(whom, exact=True).click()
    page.get_by_label("When?").fill((datetime.now(UTC) - timedelta(days=1)).date().isoformat())
    page.get_by_label("How?").fill("By letter")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_role("heading", name="Who is told").wait_for()


def test_a_look_is_found_explained_and_hidden_from_whoever_looked(new_page, worker, officer, person):
    curious = Worker("supervisor", agency=worker.agency, name="Kim Sato")
    page, desk = new_page(390), new_page(1440)
    sign_in(page, curious.username, to="/search/")
    page.get_by_role("searchbox").or_(page.get_by_role("textbox")).first.fill("Marisol Vega")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Marisol Vega").first.wait_for()
    page.goto(f"/person/{person.pk}/")
    look_through_all(at=datetime.now(UTC))

    sign_in(desk, officer.username, to="/privacy/")
    desk.get_by_role("link", name="Kim Sato at Marisol Vega").click()
    desk.get_by_text("Searched for by name, then opened").wait_for()
    page.goto(desk.url)
    page.get_by_text("There is nothing at this address").first.wait_for()
    page.goto("/privacy/")
    page.get_by_text("No look asks for an explanation").wait_for()
    check_at_both_widths(desk)
    desk.get_by_text("Explained", exact=True).click()
    desk.get_by_label("What you found").fill("She covered the front desk.")
    desk.get_by_role("button", name="Say so").click()
    desk.get_by_text("1 looked into in the last 30 days").wait_for()

    desk.goto(f"/privacy/{person.pk}/")
    desk.get_by_role("link", name="Ask everybody why they open this").click()
    desk.get_by_role("button", name="Ask from now").click()
    page.goto(f"/person/{person.pk}/")
    page.get_by_role("heading", name="Say why, then it opens").wait_for()
    check_at_both_widths(page)
    page.get_by_label("Why do you open this record?").fill("I stand in for Ada tonight.")
    page.get_by_role("button", name="Open it").click()
    page.get_by_role("heading", name="Marisol Vega", level=1).wait_for()
    check_at_both_widths(desk)
