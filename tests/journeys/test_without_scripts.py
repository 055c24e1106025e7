"""The whole main job by plain forms: scripts are off, or never arrived at the far end of a bad connection."""

import re
from datetime import UTC, datetime

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.models import Gate
from breakwater.cases.testing import a_case
from breakwater.referrals.testing import a_bed, a_placement
from breakwater.trust.testing import an_agency
from tests.journeys.conftest import Worker, nowhere, sign_in_by_hand
from tests.journeys.test_asked_for_help_tonight import TOLD


@pytest.fixture
def page(new_page, worker):
    """A phone without scripts, and somebody signed in."""
    page = new_page(390, java_script_enabled=False)
    sign_in_by_hand(page, worker.username)
    return page


@pytest.fixture
def beds(worker):
    """Two at a shelter of the county."""
    with transaction.atomic():
        shelter = an_agency(name="Lantern Shelter", kind="shelter")
    keeper = Worker(agency=shelter, name="Bo Lund")
    with transaction.atomic():
        keeper.acts()
        return [a_bed(keeper=shelter, at=datetime.now(UTC), label=label) for label in ("Bed 1", "Bed 2")]


def test_someone_is_taken_in_kept_safe_and_handed_on_with_scripts_off(page, worker, beds):
    take_in(page)
    triage_again(page)
    meet_all_gates(page)
    ask_for_help(page)
    give_a_bed(page, worker, beds)
    hand_over(page)
    close(page)


def take_in(page):
    """What must be said is said first: the browser itself sends nothing before."""
    page.get_by_role("link", name="Take someone in").first.click()
    page.get_by_role("button", name="Save and start the clocks").click()
    assert page.url.endswith("/cases/intake/")
    page.get_by_label("What is happening?").fill("Nowhere to sleep tonight, and afraid of himself.")
    page.get_by_label("Name, nickname or description").fill("Skip")
    page.get_by_role("group", name="Danger to self").get_by_text("Likely").click()
    page.get_by_role("radio", name=re.compile("C ·")).check()
    page.get_by_role("button", name="Save and start the clocks").click()
    page.get_by_role("heading", name="Skip", level=1).wait_for()


def triage_again(page):
    page.get_by_role("link", name=re.compile("triage again", re.IGNORECASE)).click()
    page.get_by_role("radio", name=re.compile("B ·")).check()
    page.get_by_label(re.compile("reason|why", re.IGNORECASE)).first.fill("He has the pills with him.")
    page.locator("main form").get_by_role("button").last.click()
    page.get_by_text(re.compile("Triage code B .*instead of C")).first.wait_for()


def meet_all_gates(page):
    """On one page, in one go; and the next contact is booked there."""
    page.get_by_role("link", name="Meet it").first.click()
    for gate in Gate.Kind.labels:
        page.get_by_label(f"How do you know?: {gate}").fill(TOLD)
    page.get_by_role("radio", name=re.compile("Tomorrow morning")).check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Skip", level=1).wait_for()
    expect(page.get_by_text("All five gates are met").first).to_be_attached()


def ask_for_help(page):
    """Of somebody outside, whose answers come by phone."""
    page.locator("#referrals").get_by_role("link", name="Ask for help").click()
    page.get_by_label("Their name, when they do not work in Breakwater").fill("Harbor Pantry")
    page.get_by_role("group", name="For which need?").get_by_text("Food", exact=False).first.click()
    page.get_by_label("What do they read?").fill("Food for one man, three days.")
    page.get_by_role("button", name="Show what they will read").click()
    page.get_by_role("button", name="Send it").click()
    letter = page.locator("#referrals").get_by_role("link", name="Food")
    for act in ("They have it", "They accept", "Help started"):
        letter.click()
        page.get_by_role("link", name=act, exact=True).click()
        page.get_by_label("Who there told you?").fill("Ana, by phone")
        page.locator("main form").get_by_role("button").first.click()
    letter.click()
    page.get_by_role("link", name="Need met", exact=True).click()
    page.get_by_text("The person", exact=True).click()
    page.get_by_role("button", name="Need met").click()
    page.locator("#referrals").get_by_text("Need met").wait_for()


def give_a_bed(page, worker, beds):
    """The first is taken while the page is open; the second is had."""
    page.get_by_role("link", name="Free beds").click()
    page.get_by_role("button", name=re.compile("Bed 1")).wait_for()
    with transaction.atomic():
        by = worker.acts()
        other = a_case(by=by, at=by.now, known_as="Somebody else")
        a_placement(other, beds[0], by=by, at=by.now)
    page.get_by_role("button", name=re.compile("Bed 1")).click()
    page.get_by_text(re.compile("taken|no longer free|still free", re.IGNORECASE)).first.wait_for()
    nowhere(page.get_by_role("button", name=re.compile("Bed 1")))
    page.get_by_role("button", name=re.compile("Bed 2")).click()
    page.locator("#placement").get_by_text("Bed 2").wait_for()
    page.locator("#placement").get_by_role("link", name="Arrived").click()
    page.get_by_role("button", name="They arrived").click()
    page.locator("#placement").get_by_role("link", name="Left").wait_for()


def hand_over(page):
    """To a clinic outside; until it has reached him the case is ours, and is not closed as handed over."""
    page.get_by_role("link", name="Hand this case over").click()
    page.get_by_label("Their name, when they do not work in Breakwater").fill("Harbor Clinic")
    page.get_by_label("A message to the receiver").fill("He likes to be called in the morning.")
    page.get_by_role("button", name="Show what they will see").click()
    page.get_by_text("all they will see").wait_for()
    page.get_by_role("button", name="Offer the case").click()
    packet = page.locator("#handoff").get_by_role("link", name="Harbor Clinic")
    packet.click()
    page.get_by_role("link", name="They accept").click()
    page.get_by_label("Who there told you?").fill("Sam, by phone")
    page.locator("main form").get_by_role("button").first.click()
    packet.click()
    page.get_by_role("link", name="First contact confirmed").click()
    page.get_by_text("The receiver", exact=False).first.click()
    page.get_by_label("Their name").fill("Sam")
    page.locator("main form").get_by_role("button").first.click()
    packet.click()


def close(page):
    """What stands in the way is told, each with a link to where it ends; then the case can be closed."""
    page.get_by_role("link", name="Close the case as handed off").click()
    page.get_by_role("button", name="Close the case").click()
    way = page.get_by_role("region", name="What stands in the way").get_by_role("listitem")
    way.filter(has_text="triage response").get_by_role("link", name="See to it").click()
    page.locator("#clocks").get_by_role("link", name="Write it down").first.click()
    page.get_by_text("Visit", exact=True).click()
    page.get_by_label("We reached the person themselves").check()
    page.get_by_label("What happened?").fill("Sat with him at the shelter until the clinic came.")
    page.get_by_role("button", name="Save").click()
    page.locator("#placement").get_by_role("link", name="Left").click()
    page.locator("main form").get_by_role("button").first.click()
    page.locator("#handoff").get_by_role("link", name="Harbor Clinic").click()
    page.get_by_role("link", name="Close the case as handed off").click()
    page.get_by_role("button", name="Close the case").click()
    page.get_by_text("No clock runs: this case is closed.").wait_for()
