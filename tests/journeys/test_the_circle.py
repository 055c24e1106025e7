"""A person is known by a word; an agency is let into their circle on a phone, works there, knows less, and is out."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.testing import a_case
from breakwater.trust.testing import an_agency
from tests.journeys.conftest import Worker, check_at_both_widths, sign_in


@pytest.fixture
def boss(own_database):
    return Worker("supervisor")


@pytest.fixture
def shelter(own_database):
    with transaction.atomic():
        agency = an_agency(name="Lantern Shelter", kind="shelter")
    return Worker("case_manager", agency=agency, name="Bo Lund")


def test_a_shelter_is_let_in_left_less_and_let_out(new_page, boss, shelter):
    with transaction.atomic():
        by = boss.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol")
        an_agency(name="Safe Harbor House", kind="victim_service")
    page, theirs = new_page(390), new_page(1440)
    sign_in(page, boss.username, to=f"/case/{case.pk}/")
    sign_in(theirs, shelter.username, to=f"/case/{case.pk}/")
    expect(theirs.get_by_text("There is nothing at this address").first).to_be_visible()

    they_are_known_by_a_word(page)
    page.goto(page.url.split("/people/")[0] + f"/case/{case.pk}/")
    they_are_let_in(page)
    theirs.reload()
    expect(theirs.get_by_role("heading", name="Marisol")).to_be_visible()
    theirs.get_by_role("link", name="Who stands here").click()
    expect(theirs.get_by_text("who let you in")).to_be_visible()
    check_at_both_widths(theirs)

    page.get_by_role("link", name="Narrow it").click()
    page.get_by_label("What happened").uncheck()
    check_at_both_widths(page)
    page.get_by_role("button", name="Narrow it").click()
    expect(page.get_by_role("heading", name="Stood here before")).to_be_visible()
    theirs.go_back()
    theirs.reload()
    expect(theirs.get_by_text("There is nothing at this address").first).to_be_visible()

    page.get_by_role("link", name="Let them out").click()
    check_at_both_widths(page)
    page.get_by_role("button", name="Let them out").click()
    expect(page.get_by_text("Nobody but you")).to_be_visible()
    theirs.goto(theirs.url.replace(f"/case/{case.pk}/", f"/person/{case.person_id}/"))
    expect(theirs.get_by_text("There is nothing at this address").first).to_be_visible()


def they_are_known_by_a_word(page):
    """The person chooses a word; what a caller says is compared with it, and shown to nobody."""
    page.get_by_role("link", name="A word for the phone").click()
    page.get_by_label("The word they chose").fill("Heron lamp")
    page.get_by_label("They are here with me").check()
    check_at_both_widths(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="They are calling")).to_be_visible()
    page.get_by_label("The word or code that they say").fill("herring")
    page.get_by_role("button", name="Does it match?").click()
    expect(page.get_by_text("It does not match.")).to_be_visible()
    check_at_both_widths(page)
    page.get_by_label("The word or code that they say").fill("HERON  LAMP")
    page.get_by_role("button", name="Does it match?").click()
    expect(page.get_by_text("It matches.")).to_be_visible()


def they_are_let_in(page):
    """The law says no to one agency and yes to another; what was typed stays."""
    page.get_by_role("link", name="Who stands here").click()
    expect(page.get_by_text("Nobody but you")).to_be_visible()
    page.get_by_role("link", name="Let an agency in").click()
    page.get_by_label("Which agency?").select_option(label="Safe Harbor House")
    for kind in ("Who they are", "What happened"):
        page.get_by_label(kind).check()
    page.get_by_label("What for?").select_option(label="Shelter and housing")
    page.get_by_label("Why are they let in?").fill("They look for a room with us.")
    page.get_by_role("button", name="Let them in").click()
    expect(page.get_by_text("CIRCLE-01").first).to_be_visible()
    check_at_both_widths(page)
    page.get_by_label("Which agency?").select_option(label="Lantern Shelter")
    page.get_by_role("button", name="Let them in").click()
    expect(page.get_by_text("Works here")).to_be_visible()
    check_at_both_widths(page)
