"""What a person agrees to, on a phone beside them; and an agency that works next to others without a trace."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.testing import a_case
from breakwater.trust.testing import an_agency
from tests.journeys.conftest import (
    PASSWORD,
    Worker,
    check_at_both_widths,
    check_with_axe,
    nowhere,
    sign_in,
    untold,
)


def a_person(worker, **facts):
    with transaction.atomic():
        by = worker.acts()
        return a_case(by=by, at=by.now, **facts).person


@pytest.fixture
def shelter(worker):
    with transaction.atomic():
        agency = an_agency(name="Lantern Shelter", kind="shelter")
    return Worker("case_manager", agency=agency, name="Bo Lund")


def fill_in(page):
    """What is to be shared, with whom, what for, until when."""
    page.locator("#privacy").get_by_role("link", name="Take a consent").click()
    page.get_by_label("Who may know?").select_option(label="Lantern Shelter")
    page.get_by_label("What is shared?").fill("That I need a bed, and my name.")
    expect(
        page.get_by_role("group", name="Which kinds of information").get_by_role("checkbox", checked=True)
    ).to_have_count(0)
    for kind in ("Who they are", "What they need"):
        page.get_by_label(re.compile(kind)).check()
    page.get_by_text("They may read it in the record here", exact=True).click()
    page.get_by_label("What for?").select_option(label="Shelter and housing")
    page.get_by_label("Until the end of").fill((datetime.now(UTC) + timedelta(days=14)).date().isoformat())


def narrow_it(page):
    """The person agrees to less: only who they are."""
    page.get_by_role("link", name="Narrow it").click()
    page.get_by_label("What they need: steps, referrals, beds, benefits").uncheck()
    page.get_by_label("What is shared?").fill("My name.")
    page.get_by_role("button", name="Show what they will sign").click()
    page.get_by_label("Signed: the name of whoever agrees").fill("Marisol Vega")
    page.get_by_role("button", name="They agree").click()


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"])
def test_a_consent_is_taken_narrowed_and_taken_back_and_the_walls_follow(new_page, worker, shelter, options):
    person = a_person(worker, known_as="Marisol")
    page, theirs = new_page(390, **options), new_page(1440)
    looks_right = check_with_axe if not options else lambda page: None
    sign_in(page, worker.username, to=f"/person/{person.pk}/")
    sign_in(theirs, shelter.username, to=f"/person/{person.pk}/")
    theirs.get_by_text("There is nothing at this address").first.wait_for()

    fill_in(page)
    looks_right(page)
    page.get_by_role("button", name="Show what they will sign").click()
    page.get_by_role("heading", name="If you change your mind").wait_for()
    expect(
        page.get_by_text("You get the same help from us, whether you agree or not.").first
    ).to_be_attached()
    looks_right(page)
    page.get_by_role("button", name="They agree").click()
    page.get_by_text("the signature and who signed").first.wait_for()
    page.get_by_label("Signed: the name of whoever agrees").fill("Marisol Vega")
    page.get_by_label("I explained it, and they could ask").check()
    page.get_by_role("button", name="They agree").click()
    page.get_by_role("heading", name="General release").wait_for()
    looks_right(page)

    theirs.reload()
    theirs.get_by_role("heading", name="Marisol", level=1).wait_for()
    for offer in ("Take a consent", "Correct", "In this with somebody"):
        nowhere(theirs.get_by_role("link", name=offer), "they only read")
    theirs.get_by_role("link", name="What they agreed to").first.click()
    theirs.get_by_text("That I need a bed, and my name.").first.wait_for()

    narrow_it(page)
    page.get_by_role("link", name="Take it back").click()
    page.get_by_label("How did they say so?").fill("She called.")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("Nothing is shared by consent").wait_for()
    looks_right(page)
    theirs.goto(f"/person/{person.pk}/")
    theirs.get_by_text("There is nothing at this address").first.wait_for()


def test_a_victim_service_agency_works_beside_the_others_without_a_trace(new_page, worker):
    with transaction.atomic():
        agency = an_agency(name="Safe Harbor", kind="victim_service")
    vera = Worker("case_manager", agency=agency, name="Vera Holm")
    person = a_person(vera, known_as="Zuleyka Quiroga", what_is_happening="He found the house.")
    page, theirs = new_page(390), new_page(1440)
    sign_in(page, vera.username, to=f"/privacy/{person.pk}/consent/")
    expect(page.get_by_label("Which kind of agreement?")).to_have_value("vsp_release")
    page.get_by_label("Who may know?").select_option(label=worker.agency.name)
    page.get_by_label("What is shared?").fill("My first name.")
    page.get_by_label(re.compile("Who they are")).check()
    page.get_by_label("Until the end of").fill("")
    page.get_by_role("button", name="Show what they will sign").click()
    page.get_by_label("Signed: the name of whoever agrees").fill("Z. Q.")
    page.get_by_role("button", name="They agree").click()
    page.get_by_text(re.compile("VSP-REL-01")).wait_for()
    check_with_axe(page)

    sign_in(theirs, worker.username)
    untold(theirs, "Zuleyka", "/")
    for where in ("/search/", "/find-help/", "/referrals/", "/referrals/beds/", "/cases/intake/"):
        theirs.goto(where)
        untold(theirs, "Zuleyka", where)
    theirs.goto("/search/")
    theirs.get_by_role("searchbox").or_(theirs.get_by_role("textbox")).first.fill("Zuleyka Quiroga")
    theirs.keyboard.press("Enter")
    theirs.get_by_text("nobody", exact=False).first.wait_for()
    for path in ("person", "privacy"):
        answer = theirs.request.get(f"/{path}/{person.pk}/")
        never = theirs.request.get(f"/{path}/{person.circle_id}/")
        assert (answer.status, answer.body()) == (404, never.body())


def test_the_glass_is_broken_closed_and_reviewed(new_page, worker):
    a_person(worker, known_as="Zuleyka Quiroga", birth_date=date(1990, 3, 10))
    medic = Worker("responder", name="Bo Lund")
    boss = Worker("privacy_officer", agency=worker.agency, name="Ines Roy")
    page, theirs = new_page(390), new_page(1440)
    sign_in(page, medic.username, to="/privacy/emergency/")
    page.get_by_text("They cannot speak for themselves").click()
    page.get_by_label("What is happening").fill("Unconscious at the bus stop, no papers on her.")
    page.get_by_label("Name").fill("Zuleyka Quiroga")
    page.get_by_label("Your password, once more").fill(PASSWORD)
    check_at_both_widths(page)
    page.get_by_role("button", name="Open it").click()
    page.get_by_text("One alone opens nothing").wait_for()
    page.get_by_label("Birth date").fill("1990-03-10")
    page.get_by_label("Your password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Open it").click()
    page.get_by_role("link", name="Zuleyka Quiroga").click()
    page.get_by_role("heading", name="Zuleyka Quiroga", level=1).wait_for()
    banner = page.get_by_role("complementary", name="Emergency access")
    expect(banner.get_by_text("You read, and change nothing").first).to_be_attached()
    nowhere(page.get_by_role("link", name="Correct"))
    check_at_both_widths(page)
    banner.get_by_role("button", name="Close it now").click()
    page.get_by_text("Nothing is open").wait_for()

    sign_in(theirs, boss.username)
    theirs.get_by_role("link", name="Privacy", exact=True).click()
    check_at_both_widths(theirs)
    theirs.get_by_role("link", name="They cannot speak for themselves").click()
    theirs.get_by_text("Unconscious at the bus stop").wait_for()
    theirs.get_by_text("It was right").click()
    check_at_both_widths(theirs)
    theirs.get_by_role("button", name="Say so").click()
    theirs.get_by_text("1 reviewed in the last 30 days").wait_for()
