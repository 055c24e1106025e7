"""A partner on a phone tells a bed; the worker's open board shows it by itself, and nothing else on it moves."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.referrals.testing import a_program
from breakwater.server.wire import PLACES
from breakwater.trust.testing import an_agency
from tests.journeys.conftest import Worker, check_with_axe, sign_in


@pytest.fixture
def lantern(worker):
    """The partner worker of a shelter with one bed."""
    with transaction.atomic():
        partner = Worker(
            "partner", agency=an_agency(name="Lantern Shelter", kind="shelter"), name="Lantern desk"
        )
        a_program(keeper=partner.agency, at=datetime.now(UTC), minimum_age=18)
    return partner


def test_a_phone_tells_a_bed_and_the_open_boards_show_it(new_page, worker, lantern):
    desk, phone = new_page(1440, timezone_id="Asia/Tokyo"), new_page(390)
    sign_in(desk, worker.username, to="/referrals/room/")
    began = datetime.now(UTC)
    desk.get_by_text(re.compile("^Live")).wait_for()
    here = {
        f"{at.astimezone(worker.agency.zone):%H:%M}"
        for at in (began - timedelta(minutes=1), began, datetime.now(UTC))
    }
    expect(desk.locator("[data-live]")).to_have_text(re.compile(f"^Live. Updated ({'|'.join(here)})$"))
    desk.locator("select[name=kind]").select_option(index=1)
    desk.locator("input[name=near]").fill("62")
    sign_in(phone, lantern.username, to="/referrals/house/")
    phone.get_by_text(re.compile("^Live")).wait_for()
    phone.get_by_role("button", name=re.compile("Take 1 now")).click()
    desk.locator("[data-rows]").get_by_text("1 accepting").wait_for()
    assert desk.locator("input[name=near]").input_value() == "62", "what somebody types stays"
    assert desk.evaluate("document.activeElement.name") == "near", "and so does the cursor"
    check_with_axe(desk)
    desk.context.set_offline(True)
    desk.evaluate("dispatchEvent(new Event('pagehide')), dispatchEvent(new Event('pageshow'))")
    desk.get_by_text(re.compile("^Live updates paused, last at")).wait_for()
    phone.get_by_role("button", name=re.compile("Take 2 now")).click()
    phone.get_by_text("2 accepting").wait_for()
    desk.context.set_offline(False)
    desk.locator("[data-rows]").get_by_text("2 accepting").wait_for()
    desk.get_by_text(re.compile("^Live. Updated")).wait_for()


def test_a_page_without_a_place_goes_live_soon_after_another_was_left(new_page, worker):
    pages = [new_page(1440) for _ in range(PLACES + 1)]
    for page in pages[:-1]:
        sign_in(page, worker.username)
        page.get_by_text(re.compile("^Live")).wait_for()
    last = pages[-1]
    sign_in(last, worker.username)
    last.get_by_text(re.compile("^(Live updates paused, last at|You have)")).wait_for()
    pages[0].goto("about:blank")
    last.get_by_text(re.compile("^Live. Updated")).wait_for(timeout=40_000)  # not after a minute, as later


def test_a_page_that_somebody_only_passes_through_opens_no_stream(new_page, worker):
    page, streams = new_page(1440), []
    page.on("request", lambda one: streams.append(one.url) if one.resource_type == "eventsource" else None)
    began = datetime.now(UTC)
    page.clock.install(time=began)
    # else it goes on by itself, and a machine that is busy takes a second for a page
    page.clock.pause_at(began + timedelta(hours=1))
    sign_in(page, worker.username)
    page.clock.run_for(900)
    page.goto("/referrals/room/")
    page.wait_for_load_state()
    assert streams == []
    page.clock.run_for(1_100)
    page.get_by_text(re.compile("^Live")).wait_for()
    assert len(streams) == 1
