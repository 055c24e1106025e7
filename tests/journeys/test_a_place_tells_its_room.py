"""An office hands a church a standing link; the church tells its room by one tap, and an open board shows it.

A worker chooses to be told on a device, as far as a browser without a push service goes.
"""

import os
import re

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.resources.models import Bed, Phone, Place, Program
from tests.journeys.conftest import Worker, check_with_axe, sign_in, texts

SCREENS = os.environ.get("SCREENS", "")
"""A folder for pictures, for whoever wants to look."""


@pytest.fixture
def church():
    """A church of the directory that nobody here keeps, with its number."""
    with transaction.atomic():
        place = Place.objects.create(
            source="testing", external_id="grace", name="Grace Church Cots", city="Dayton"
        )
        Program.objects.create(place=place, kind=Bed.Kind.SHELTER_ADULT)
        Phone.objects.create(source="testing", external_id="grace", place=place, number="(937) 555-0142")
        return place


def look_at(page, name):
    """Nothing keeps somebody from using it, in the light and in the dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        check_with_axe(page)
        if SCREENS:
            page.screenshot(path=f"{SCREENS}/{name}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"])
def test_a_church_tells_its_room_by_one_tap_and_an_open_board_shows_it(new_page, worker, church, options):
    has_scripts = options.get("java_script_enabled", True)
    look = look_at if has_scripts else (lambda page, name: None)
    with transaction.atomic():
        other = Worker("case_manager", agency=worker.agency, name="Bo Lind")
    office, phone, board = new_page(1440, **options), new_page(390, **options), new_page(1440)
    sign_in(office, worker.username)
    sign_in(board, other.username, to="/referrals/room/")
    expect(board.get_by_text("nobody has told a figure")).to_be_visible()

    link, code = handed_out(office, look)
    let_in(phone, link, code, look, has_scripts=has_scripts)
    phone.get_by_role("button", name=re.compile("Take 3 now")).click()
    expect(phone.get_by_text("You would take 3.")).to_be_visible()
    look(phone, "told")
    if has_scripts:
        expect(board.get_by_text("3 accepting")).to_be_visible()
    phone.get_by_label("Another number").fill("6")
    phone.get_by_role("button", name=re.compile("Tell it")).click()
    expect(phone.get_by_text("You would take 6.")).to_be_visible()
    phone.get_by_role("button", name=re.compile("Full")).click()
    expect(phone.get_by_text("You are full.")).to_be_visible()
    phone.get_by_role("button", name=re.compile("Still so")).click()
    expect(phone.get_by_text("You are full.")).to_be_visible()

    program = a_program_with_a_key(office, look)
    assert program(accepting=4, licensed=12).status == 200
    if has_scripts:
        expect(board.get_by_text("4 accepting")).to_be_visible()

    taken_back(office, look)
    assert program(accepting=5).status == 401
    phone.get_by_role("button", name=re.compile("Still so")).click()
    expect(phone.get_by_role("button", name="Let this phone in")).to_be_visible()


def handed_out(office, look):
    """The office finds the church on the board, and makes a link and a code."""
    office.goto("/referrals/room/")
    office.get_by_role("link", name=re.compile("How they tell it")).click()
    expect(office.get_by_text("(937) 555-0142")).to_be_visible()
    look(office, "place")
    office.get_by_role("button", name="Make the link and a code").click()
    expect(office.get_by_role("heading", name="Two ways, never one")).to_be_visible()
    look(office, "slip")
    link, code = texts(office.locator(".codes code"), 2)
    return link, code


def a_program_with_a_key(office, look):
    """The office makes a key for a program of the church; how that program then tells a figure."""
    office.goto("/room-links/")
    office.get_by_role("link", name="Grace Church Cots").click()
    office.get_by_text("A program of theirs tells it").click()
    office.get_by_label("Which program is it?").fill("Cot counter")
    office.get_by_role("button", name="Make a key").click()
    expect(office.get_by_role("heading", name="A key for a program")).to_be_visible()
    look(office, "key")
    key = office.locator(".codes code").inner_text()
    where, headers = "/room/figures/", {"Authorization": f"Bearer {key}"}
    (row,) = office.request.get(where, headers=headers).json()["figures"]

    def tell(**said):
        figures = [{"program": row["program"]} | said]
        return office.request.post(where, headers=headers, data={"figures": figures})

    return tell


def taken_back(office, look):
    """The office sees which phones tell it, and ends them all."""
    office.goto("/room-links/")
    expect(office.get_by_text("1 phone let in and 1 program")).to_be_visible()
    look(office, "links")
    office.get_by_role("link", name="Grace Church Cots").click()
    expect(office.get_by_text("Sister Agnes", exact=True)).to_be_visible()
    look(office, "devices")
    office.get_by_role("button", name="Take it back").click()
    expect(office.get_by_role("button", name="Make the link and a code")).to_be_visible()


def let_in(phone, link, code, look, *, has_scripts):
    """Somebody at the church follows the link and types the code that was read to them, and their name."""
    phone.goto(link)
    if has_scripts:
        expect(phone).to_have_url(re.compile("/our-room/$"))
    else:
        phone.get_by_label("The link, as it was sent to you").fill(link)
    look(phone, "door")
    phone.get_by_label("The code that you were told").fill(code.lower())
    phone.get_by_label("Your name").fill("Sister Agnes")
    phone.get_by_role("button", name="Let this phone in").click()
    expect(phone.get_by_role("heading", name="Grace Church Cots")).to_be_visible()
    expect(phone.get_by_text("Nobody has told a figure yet")).to_be_visible()
    expect(phone).to_have_title("An answer")
    look(phone, "untold")


def test_a_worker_is_asked_by_the_browser_and_reads_why_it_cannot(new_page, worker):
    """This browser stands alone and says no by itself; what it would be asked is tried up to there."""
    page = new_page(390)
    sign_in(page, worker.username, to="/messages/ways/")
    button = page.get_by_role("button", name="Tell me on this device")
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        expect(button).to_be_visible()
        look_at(page, f"device-{width}")
    button.click()
    expect(page.locator("#device-says")).to_contain_text("Your browser")
    expect(page.get_by_role("heading", name="How you hear of messages")).to_be_visible()
    page.goto("/notes/")
    expect(page.get_by_role("main")).to_be_visible()
    assert page.evaluate("navigator.serviceWorker.controller") is None


_WATCHED = """() => {
    self.shown = [];
    self.registration.showNotification = async (title, more) => { self.shown.push([title, more.body, more.data]); };
}"""
_SHOWN = """async () => {
    for (let tries = 0; tries < 3000 && !self.shown.length; tries++) await new Promise((done) => setTimeout(done, 20));
    return self.shown;
}"""


def test_what_a_push_service_brings_is_one_sentence_whatever_it_was(new_page, worker):
    """No push service is near, so the browser's own tools hand its worker what one would bring."""
    page = new_page(390)
    page.context.grant_permissions(["notifications"])
    sign_in(page, worker.username, to="/messages/ways/")
    tools, registered = page.context.new_cdp_session(page), list[dict[str, str]]()
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda told: registered.extend(told["registrations"]))
    tools.send("ServiceWorker.enable")
    with page.context.expect_event("serviceworker") as began:
        page.get_by_role("button", name="Tell me on this device").click()
    expect(page.locator("#device-says")).to_contain_text("could not be reached")
    began.value.evaluate(_WATCHED)
    brought = {"registrationId": registered[-1]["registrationId"], "data": "Marisol Vega"}
    tools.send("ServiceWorker.deliverPushMessage", {"origin": page.evaluate("location.origin"), **brought})
    assert began.value.evaluate(_SHOWN) == [["A note is waiting", "Sign in to read it.", None]]
