"""Two people of a shelter claim its listing, make beds, take one out of service, and try a file of figures."""

import os
import re

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.resources.models import Organization, Place
from tests.journeys.conftest import Worker, check_with_axe, sign_in

SCREENS = os.environ.get("SCREENS", "")
"""A folder for pictures, for whoever wants to look."""
FIGURES = b"""name,kind,accepting,licensed,as_of
Lantern Court,respite,two,9,2026-11-27T10:00Z
Tide House,detox,1,4,2026-11-27T10:00Z
"""


@pytest.fixture
def chief():
    with transaction.atomic():
        found = Worker("supervisor", name="Ada Reyes")
        listed = Organization.objects.create(source="county", external_id="l1", name="Lantern Shelter")
        Place.objects.create(
            source="county", external_id="l1", name="Lantern Court", city="Dayton", organization=listed
        )
        return found


@pytest.fixture
def second(chief):
    with transaction.atomic():
        return Worker("administrator", agency=chief.agency, name="Bo Lind")


def look_at(page, name):
    """Nothing keeps somebody from using it, in the light and in the dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        check_with_axe(page)
        if SCREENS:
            page.screenshot(path=f"{SCREENS}/{name}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")


def test_a_shelter_claims_its_listing_and_keeps_its_beds(new_page, chief, second):
    desk, phone = new_page(1440), new_page(390)
    sign_in(desk, chief.username, to="/find-help/house/")
    claims(desk)
    sign_in(phone, second.username, to="/find-help/house/")
    look_at(phone, "house")
    phone.get_by_role("link", name="Confirm that it is ours").click()
    phone.get_by_role("button", name="Confirm that it is ours").click()
    expect(phone.get_by_text("Give the listing up")).to_be_visible()
    phone.get_by_role("link", name="Lantern Court").click()
    phone.get_by_label("Kind of bed").select_option("shelter_women")
    phone.get_by_label("What each is called").fill("Bunk 1\nBunk 2")
    phone.get_by_role("button", name="Add these beds").click()
    expect(phone.get_by_text("Bunk 2", exact=True)).to_be_visible()
    phone.get_by_role("link", name=re.compile("Out of service.*Bunk 2")).click()
    phone.get_by_label("Why?").fill("The pipe")
    look_at(phone, "out")
    phone.get_by_role("button", name="Take it out of service").click()
    expect(phone.get_by_text("The pipe")).to_be_visible()
    look_at(phone, "place")
    desk.goto("/find-help/house/figures/")
    desk.locator("#id_file").set_input_files({"name": "f.csv", "mimeType": "text/csv", "buffer": FIGURES})
    desk.get_by_label("Who tells it?").fill("The county")
    desk.get_by_role("button", name="Show what it would change").click()
    expect(desk.get_by_text("Nothing is saved yet")).to_be_visible()
    expect(desk.get_by_text(re.compile("Line 2.*two"))).to_be_visible()
    look_at(desk, "figures")
    desk.get_by_role("button", name="Read it in").click()
    expect(desk.get_by_text("Tide House").first).to_be_visible()


def claims(desk):
    """One finds the listing by a part of its name, and says how it is known."""
    desk.get_by_role("link", name="Find it and claim it").click()
    desk.get_by_label("Name of your organization, or a part of it").fill("lantern")
    desk.get_by_role("button", name="Look").click()
    look_at(desk, "listing")
    desk.get_by_role("link", name=re.compile("Claim it")).click()
    desk.get_by_label("How can others check that it is yours?").fill("License 12 on the wall")
    desk.get_by_role("button", name="Claim it").click()
    expect(desk.get_by_text("Waits for a second person")).to_be_visible()
    look_at(desk, "claimed")
