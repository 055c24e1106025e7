"""Two agencies wait for one bed that a house keeps; then a driver takes somebody to where nobody else reads.

Three people are signed in at once: a worker at a desk, the house with a phone, and the driver with a phone.
"""

import os
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.testing import a_case
from breakwater.referrals.testing import a_program, a_wait, news_reaches
from breakwater.trust.testing import an_agency
from tests.journeys.conftest import Worker, check_with_axe, nowhere, sign_in

HIDDEN = "14 Heron Lane, blue door"


@pytest.fixture
def people(worker):
    """A crisis line, another one that waits already, and a shelter with a bed and a driver."""
    with transaction.atomic():
        house = Worker("partner", agency=an_agency(name="Lantern Shelter", kind="shelter"), name="Bo Lind")
        program = a_program(keeper=house.agency, at=datetime.now(UTC), beds=1)
    with transaction.atomic():
        driver = Worker("partner", agency=house.agency, name="Dee Marsh")
    with transaction.atomic():
        other = Worker("case_manager", agency=an_agency(name="Night Line"), name="Cy Ott")
        by = other.acts()
        a_wait(a_case(by=by, at=by.now), program, by=by, at=by.now - timedelta(days=2))
    return worker, house, driver, program


def shoot(page, name):
    """A picture for whoever looks, when they say where."""
    if where := os.environ.get("JOURNEY_PICTURES"):
        page.screenshot(path=f"{where}/{name}.png", full_page=True)


def test_they_wait_are_offered_the_bed_in_turn_and_are_driven_there(new_page, people):
    ada, house, driver, program = people
    with transaction.atomic():
        by = ada.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol")
    desk, phone, car = new_page(1440), new_page(390), new_page(390)
    sign_in(desk, ada.username, to=f"/case/{case.pk}/")
    puts_her_on_the_list(desk, program)
    sign_in(phone, house.username, to="/referrals/house/")
    the_house_skips_the_first_and_the_bed_goes_to_her(phone, program)
    news_reaches(ada.agency, at=datetime.now(UTC), times=2)
    takes_it(desk, case)
    asks_for_a_ride_whose_end_is_hidden(desk, case)
    the_driver_reads_it_until_she_is_there(desk, phone, car, driver)


def puts_her_on_the_list(desk, program):
    desk.locator("#placement").get_by_role("link", name="Wait for a bed").click()
    desk.get_by_label("On whose list?").select_option(label=str(program))
    desk.get_by_label("Sleeps outside tonight").check()
    desk.locator("input[name=age]").fill("34")
    shoot(desk, "join")
    desk.get_by_role("button", name="Show what they read").click()
    desk.get_by_text("Who has waited longest comes first.").wait_for()
    check_with_axe(desk)
    shoot(desk, "reads")
    desk.get_by_role("button", name="Put them on the list").click()
    desk.get_by_text("Position 2").wait_for()
    nowhere(desk.get_by_text("Night Line"), "who else waits is not told")
    check_with_axe(desk)
    shoot(desk, "position")


def the_house_skips_the_first_and_the_bed_goes_to_her(phone, program):
    phone.get_by_role("link", name=re.compile("Lantern Shelter house")).first.click()
    phone.get_by_role("heading", name=re.compile("2. For")).wait_for()
    nowhere(phone.get_by_text("Marisol"), "no name is told")
    phone.get_by_role("button", name="Offer what is free now").click()
    phone.get_by_text("is offered to them").wait_for()
    check_with_axe(phone)
    shoot(phone, "list")
    phone.get_by_role("link", name=re.compile("Pass over number 1")).click()
    phone.get_by_text("The free bed does not fit them").click()
    phone.get_by_label("In a few words").fill("Upper bunk.")
    shoot(phone, "skip")
    phone.get_by_role("button", name="Pass them over").click()
    phone.get_by_text("Upper bunk.").wait_for()
    expect(phone.get_by_text("is offered to them"), "the bed went on to the next").to_have_count(1)
    shoot(phone, "skipped")


def takes_it(desk, case):
    desk.goto(f"/case/{case.pk}/")
    shoot(desk, "case")
    desk.locator("#placement").get_by_role("link", name=re.compile("It is their turn")).click()
    nowhere(desk.get_by_text("Position"), "whose turn it is has none")
    check_with_axe(desk)
    shoot(desk, "turn")
    desk.get_by_role("button", name="Take this bed").click()
    desk.get_by_role("heading", name="Marisol", level=1).wait_for()
    expect(desk.locator("#placement").get_by_text("Expected").first).to_be_attached()


def asks_for_a_ride_whose_end_is_hidden(desk, case):
    desk.locator("#placement").get_by_role("link", name="Ask for a ride").click()
    soon = datetime.now(UTC) + timedelta(days=1)
    desk.get_by_label("When are they picked up?").fill(soon.strftime("%Y-%m-%dT18:40"))
    desk.get_by_label("From where?").fill("Main Library, front door")
    desk.get_by_label("To where?").fill(HIDDEN)
    desk.get_by_label("Keep where they go hidden").check()
    desk.get_by_text("A partner agency").click()
    desk.get_by_label("Which partner?").select_option(label="Lantern Shelter")
    check_with_axe(desk)
    shoot(desk, "ride_asking")
    desk.get_by_role("button", name="Ask for the ride").click()
    desk.get_by_text(HIDDEN).wait_for()
    check_with_axe(desk)
    shoot(desk, "ride")
    assert HIDDEN not in desk.title() + desk.url
    desk.goto("/referrals/rides/")
    nowhere(desk.get_by_text(HIDDEN), "a list tells it to nobody")


def the_driver_reads_it_until_she_is_there(desk, phone, car, driver):
    phone.goto("/referrals/rides/")
    check_with_axe(phone)
    shoot(phone, "rides")
    phone.get_by_role("link", name=re.compile("Say who drives")).click()
    phone.get_by_label("Who drives?").select_option(label="Dee Marsh")
    phone.get_by_role("button", name="Say who drives").click()
    phone.get_by_text("A driver is found").wait_for()
    nowhere(phone.get_by_text(HIDDEN), "whoever says who drives does not read it")
    sign_in(car, driver.username, to="/referrals/rides/mine/")
    expect(car.get_by_role("link", name="My rides"), "the view that is open is in sight").to_be_in_viewport()
    check_with_axe(car)
    shoot(car, "my_rides")
    nowhere(car.get_by_text(HIDDEN))
    car.get_by_role("link", name=re.compile("18:40")).click()
    car.get_by_text(HIDDEN).wait_for()
    check_with_axe(car)
    shoot(car, "driver")
    car.get_by_role("button", name="Picked up").click()
    car.get_by_role("link", name="Arrived").click()
    car.get_by_role("button", name="They arrived").click()
    car.get_by_text("Arrived, ").wait_for()
    nowhere(car.get_by_text(HIDDEN), "over is over")
    shoot(car, "over")
