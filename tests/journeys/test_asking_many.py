"""A worker at a desk asks three shelters at once; two partners stand there with phones. The first yes holds a bed."""

import re
from datetime import UTC, datetime

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.testing import a_case
from breakwater.referrals.testing import a_program, news_reaches
from breakwater.resources.actions.counting import Count, count_room
from breakwater.resources.models import Program
from breakwater.trust.testing import an_agency
from tests.journeys.conftest import Worker, check_with_axe, nowhere, sign_in


@pytest.fixture
def places(worker):
    """A crisis line, and the partner workers of two shelters with a bed each."""
    partners = []
    for name, takes in (("Lantern Shelter", {"pets": True, "minimum_age": 18}), ("Tide House", {})):
        with transaction.atomic():
            partner = Worker("partner", agency=an_agency(name=name, kind="shelter"), name=f"{name} desk")
            a_program(keeper=partner.agency, at=datetime.now(UTC), **takes)
        partners.append(partner)
    return worker, *partners


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"])
def test_the_first_of_two_phones_holds_the_bed_and_the_other_has_nothing_to_do(new_page, places, options):
    ada, lantern, tide = places
    look = check_with_axe if options.get("java_script_enabled", True) else (lambda page: None)
    with transaction.atomic():
        by = ada.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol")
    phones = [new_page(390, **options) for _ in (lantern, tide)]
    a_phone_tells_its_room(phones[0], lantern, look)
    the_other_told_it(tide)
    desk = new_page(1440, **options)
    sign_in(desk, ada.username, to=f"/case/{case.pk}/")
    ask_both(desk, look)
    phones[0].goto("/referrals/house/")
    sign_in(phones[1], tide.username, to="/referrals/house/")
    the_second_asks_back_and_the_first_says_yes(*phones)
    phones[1].get_by_role("button", name=re.compile("Yes: hold")).click()
    phones[1].get_by_text("Another place was faster").wait_for()
    look(phones[1])

    news_reaches(ada.agency, at=datetime.now(UTC), times=2)
    desk.reload()
    desk.get_by_role("heading", name="Lantern Shelter holds a bed").wait_for()
    desk.get_by_text("No longer asked").wait_for()
    look(desk)
    desk.get_by_role("button", name="Take this bed").click()
    desk.get_by_role("heading", name="Marisol", level=1).wait_for()
    expect(desk.locator("#placement").get_by_text("Expected").first).to_be_attached()
    phones[0].goto("/referrals/house/")
    phones[0].get_by_role("link", name="Arrived").click()
    phones[0].get_by_role("button", name="They arrived").click()
    phones[0].get_by_role("link", name="Left").first.wait_for()
    phones[1].goto("/referrals/house/")
    phones[1].get_by_text("another place was faster").wait_for()
    desk.goto("/simulation/boards/")
    desk.get_by_text("For each bed 2.0 places were asked or called").wait_for()
    look(desk)


def a_phone_tells_its_room(phone, partner, look):
    """A partner worker signs in on a phone and says with one tap that there is room for one."""
    sign_in(phone, partner.username, to="/referrals/house/")
    phone.get_by_role("button", name=re.compile("Take 1 now")).click()
    phone.get_by_text("1 accepting").wait_for()
    look(phone)


def the_other_told_it(partner):
    """The other house said the same a while ago."""
    with transaction.atomic():
        by = partner.acts()
        program = Program.objects.get(agency=partner.agency)
        count_room(program, Count(accepting=1), at=by.now, by=by)


def ask_both(desk, look):
    """From the case page: the facts, the places with their reasons, and all of them asked at once."""
    desk.locator("#placement").get_by_role("link", name="Ask many places").click()
    desk.locator("input[name=age]").fill("34")
    desk.get_by_label("A pet comes along").check()
    desk.get_by_label("Anything else they must know to decide?").fill("A small dog. Calm.")
    desk.get_by_role("button", name="Show the places").click()
    desk.get_by_text("Fits", exact=True).first.wait_for()
    expect(desk.get_by_text(re.compile("pets not told")).first).to_be_attached()
    look(desk)
    desk.get_by_role("button", name="Ask them all at once").click()
    desk.get_by_role("heading", name="Shelter, adults: 2 asked").wait_for()


def the_second_asks_back_and_the_first_says_yes(first, second):
    """Both read what is asked, and no name; one wants to know more, and the other gives a bed."""
    for phone in (first, second):
        nowhere(phone.get_by_text("Marisol"), "no name is told")
        phone.get_by_role("link", name=re.compile("Answer")).click()
        phone.get_by_text("A small dog. Calm.").wait_for()
    second.get_by_role("link", name="Ask something first").click()
    second.get_by_label("Your question").fill("How big is the dog?")
    second.get_by_role("button", name="Ask them").click()
    second.get_by_text("no reply yet").wait_for()
    first.get_by_role("button", name=re.compile("Yes: hold")).click()
    first.get_by_role("heading", name="Held").wait_for()
