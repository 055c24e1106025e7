"""Beds, referrals and hand-offs from both ends, and the end of a case: two people at two screens."""

import re
from datetime import UTC, datetime

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.testing import a_case, a_note, a_triaged_case, stabilized
from breakwater.referrals.testing import a_bed, a_placement, news_reaches
from breakwater.resources.testing import a_service
from breakwater.trust.testing import an_agency
from tests.journeys.conftest import Worker, check_with_axe, nowhere, sign_in


@pytest.fixture
def both(worker):
    """A crisis line, and the shelter it asks for help."""
    with transaction.atomic():
        shelter = an_agency(name="Lantern Shelter", kind="shelter")
    return worker, Worker("case_manager", agency=shelter, name="Bo Lund")


def made(worker, make=a_case, **facts):
    """Something made by a worker, really committed."""
    with transaction.atomic():
        by = worker.acts()
        return make(by=by, at=by.now, **facts)


def heard_by(worker):
    """What others did reaches an agency, as the background worker would bring it."""
    news_reaches(worker.agency, at=datetime.now(UTC))


def open_case(page, case, name):
    page.goto(f"/case/{case.pk}/")
    page.get_by_role("heading", name=name, level=1).wait_for()


def test_a_bed_tonight_and_one_that_was_just_taken(new_page, both):
    """The same with scripts off stands in ``test_without_scripts.py``."""
    ada, bo = both
    case, other = made(ada, known_as="Marisol"), made(ada, known_as="Somebody else")
    with transaction.atomic():
        bo.acts()
        first, second = (
            a_bed(keeper=bo.agency, at=datetime.now(UTC), label=label) for label in ("Bed 1", "Bed 2")
        )
    page = new_page(390)
    sign_in(page, ada.username, to=f"/case/{case.pk}/")
    page.get_by_role("link", name="Free beds").click()
    page.get_by_role("button", name=re.compile("Bed 1")).wait_for()
    made(ada, lambda by, at: a_placement(other, first, by=by, at=at))  # somebody was quicker
    page.get_by_role("button", name=re.compile("Bed 1")).click()
    page.get_by_text(re.compile("taken|no longer free|still free", re.IGNORECASE)).first.wait_for()
    nowhere(page.get_by_role("button", name=re.compile("Bed 1")))
    page.get_by_role("button", name=re.compile("Bed 2")).click()
    page.get_by_role("heading", name="Marisol", level=1).wait_for()
    expect(page.locator("#placement").get_by_text("Bed 2").first).to_be_attached()
    page.locator("#placement").get_by_role("link", name="Arrived").click()
    page.get_by_role("button", name="They arrived").click()
    page.locator("#placement").get_by_role("link", name="Left").wait_for()
    assert second.label == "Bed 2"


def test_help_is_found_asked_for_given_and_told_by_the_person(new_page, both):
    ada, bo = both
    case = made(ada, known_as="Marisol")
    with transaction.atomic():
        service = a_service("Lantern Night Shelter", organization="Lantern Shelter")
        service.organization.agency = bo.agency
        service.organization.save()
    page = new_page(1440)
    sign_in(page, ada.username, to=f"/case/{case.pk}/")
    page.locator("#referrals").get_by_role("link", name="Find help").click()
    page.get_by_label("Need").select_option("housing")
    page.get_by_role("button", name="Look").click()
    check_with_axe(page)
    page.get_by_role("link", name=re.compile("Ask them for help")).click()
    page.get_by_label("What do they read?").fill("A bed for one man tonight. He is calm.")
    page.get_by_role("button", name="Show what they will read").click()
    page.get_by_text("word for word").wait_for()
    page.get_by_role("button", name="Send it").click()
    page.locator("#referrals").get_by_text("Sent").wait_for()

    theirs = new_page(390)
    sign_in(theirs, bo.username)
    theirs.get_by_role("link", name="Letters").click()
    nowhere(theirs.get_by_text("Marisol"), "the name was not told")
    check_with_axe(theirs)
    theirs.get_by_role("button", name="We have it").click()
    for button in ("Accept", "Help started"):
        theirs.goto("/referrals/")
        theirs.get_by_role("button", name=button, exact=True).click()
        theirs.wait_for_load_state()
    heard_by(ada)
    page.reload()
    page.locator("#referrals").get_by_text("Help started").wait_for()
    page.locator("#referrals").get_by_role("link", name="Housing").click()
    page.get_by_role("link", name="Need met", exact=True).click()
    page.get_by_text("The person", exact=True).click()
    page.get_by_role("button", name="Need met").click()
    open_case(page, case, "Marisol")
    expect(page.locator("#referrals").get_by_text("Need met").first).to_be_attached()


def opens_their_case(page):
    """Accepted and opened, in one act; then back to the letters."""
    page.get_by_role("link", name="Accept and open our case").click()
    page.get_by_role("button", name="Open our case and start the clocks").click()
    page.wait_for_load_state()
    page.goto("/referrals/")


def test_a_case_is_handed_on_and_stays_ours_until_somebody_has_reached_them(new_page, both):
    ada, bo = both
    case = made(ada, known_as="Marisol", what_is_happening="Nowhere to sleep, afraid to go back.")
    made(ada, lambda by, at: stabilized(case, by=by, at=at))
    page = new_page(1440)
    sign_in(page, ada.username, to=f"/case/{case.pk}/")
    page.get_by_role("link", name="Hand this case over").click()
    page.get_by_label("Whom do you ask?").select_option(label="Lantern Shelter")
    page.get_by_label("A message to the receiver").fill("He likes to be called in the morning.")
    page.get_by_role("button", name="Show what they will see").click()
    page.wait_for_load_state()
    shown = page.locator(".packet, section", has_text="He likes to be called in").last.inner_text()
    page.get_by_role("button", name="Offer the case").click()
    page.locator("#handoff").get_by_text("Offered").wait_for()

    theirs = new_page(390)
    sign_in(theirs, bo.username, to="/referrals/")
    opens_their_case(theirs)
    theirs.locator("main a[data-open]").first.click()
    theirs.wait_for_load_state()
    received = " ".join(theirs.locator("main").inner_text().split())
    assert all(" ".join(line.split()) in received for line in shown.splitlines() if line.strip())
    heard_by(ada)
    page.reload()
    page.locator("#handoff").get_by_text("Accepted").wait_for()
    page.goto(f"/cases/{case.pk}/closure/")
    expect(page.get_by_text("No hand-off of this case was confirmed")).to_have_count(1)

    theirs.goto("/referrals/")
    theirs.get_by_role("button", name="We have reached them").click()
    theirs.wait_for_load_state()
    heard_by(ada)
    page.goto(f"/cases/{case.pk}/closure/")
    page.get_by_text(re.compile("Handed o", re.IGNORECASE)).first.click()
    page.get_by_role("button", name="Close the case").click()
    page.get_by_text("Open this case again").wait_for()
    check_with_axe(page)


def test_a_case_that_is_closed_too_early_says_why_and_opens_again(new_page, worker):
    case = made(worker, a_triaged_case, known_as="Marisol")
    page = new_page(390)
    sign_in(page, worker.username, to=f"/cases/{case.pk}/closure/")
    expect(page.get_by_text(re.compile("Not yet: see 1")).first).to_be_attached()
    page.get_by_text(re.compile("declined", re.IGNORECASE)).first.click()
    page.get_by_role("button", name="Close the case").click()
    expect(page).to_have_url(re.compile(f"/case/{case.pk}/"))
    open_case(page, case, "Marisol")
    expect(page.get_by_text("No clock runs").first).to_be_attached()
    page.get_by_role("link", name="Open this case again").click()
    page.get_by_role("textbox").first.fill("He called again.")
    page.get_by_role("button", name=re.compile("Open")).click()
    expect(page).to_have_url(re.compile(f"/case/{case.pk}/"))
    open_case(page, case, "Marisol")
    expect(page.locator("#clocks time").first).to_be_attached()


def test_a_new_code_replaces_the_clock_and_says_so(new_page, worker):
    case = made(worker, a_triaged_case, known_as="Marisol")
    page = new_page(390)
    sign_in(page, worker.username, to=f"/case/{case.pk}/")
    page.get_by_role("link", name=re.compile("triage again")).click()
    page.get_by_role("radio", name=re.compile("A ·")).check()
    page.get_by_label(re.compile("reason|why", re.IGNORECASE)).first.fill(
        "He has left the house with the pills."
    )
    page.locator("main form").get_by_role("button").last.click()
    open_case(page, case, "Marisol")
    expect(page.locator("#clocks").get_by_text("Triage response")).to_have_count(1)
    expect(
        page.locator("#chronology").get_by_text(re.compile(r"Triage code A .*instead of B")).first
    ).to_be_attached()


def test_late_entries_and_amendments_are_visible_in_print(new_page, worker):
    case = made(worker, known_as="Marisol")
    note = made(worker, lambda by, at: a_note(case, by=by, at=at, words="She came at nine.", happened_at=at))
    page = new_page(1440)
    sign_in(page, worker.username, to=f"/cases/notes/{note.pk}/amendment/")
    page.get_by_label("Text", exact=False).first.fill("She came at ten.")
    page.get_by_label(re.compile("Why|Reason")).first.fill("Wrong hour.")
    page.locator("main form").get_by_role("button").last.click()
    open_case(page, case, "Marisol")
    page.goto(f"/cases/{case.pk}/chronology/record/")
    page.emulate_media(media="print")
    shown = page.locator("main").inner_text()
    for words in ("She came at nine.", "She came at ten.", "Wrong hour.", "Amended"):
        assert words in shown, words
