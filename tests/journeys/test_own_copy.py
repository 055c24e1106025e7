"""A worker hands out a code; the person opens their copy on their phone, does what they may, and is gone at once."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.models import FollowUp
from breakwater.cases.testing import a_case
from breakwater.people.actions.reach import add_contact_point, add_supporter
from breakwater.plans.testing import a_safety_plan, a_step
from breakwater.portal.library import LASTING
from breakwater.portal.models import OwnAct
from breakwater.referrals.models import Referral
from breakwater.referrals.testing import a_referral
from tests.journeys.conftest import check_with_axe, nowhere, sign_in
from tests.journeys.test_safety_plan import fits_one_sheet

_WATCH = """() => {
    let pressed = 0;
    addEventListener("keydown", () => { pressed = performance.now(); }, true);
    new MutationObserver(() => noted(performance.now() - pressed)).observe(document.body, { childList: true });
}"""
"""How many thousandths of a second pass between the key and an empty page."""
HEARD = """
- button "Leave now"
- main:
  - article "Notes":
    - heading "Notes" [level=1]
    - paragraph: /Leave now/
    - paragraph
    - paragraph:
      - button
    - paragraph:
      - text: /In danger right now/
      - link "911"
    - region "My plan":
      - heading "My plan" [level=2]
      - heading "What I can do by myself" [level=3]
      - list:
        - listitem: A bath
        - listitem: The river
    - region "Who does what by when"
    - region "Talk to us":
      - textbox /When is it safe/
      - button "Please call me"
- status
"""
"""What a screen reader meets, in this order: how to leave, whom to call, the plan, and what can be asked for."""
ELSEWHERE = "<title>Weather</title><h1>Sunny</h1>"


@pytest.fixture
def case(worker):
    with transaction.atomic():
        by = worker.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol Vega", must_not_know="Rob")
        a_safety_plan(case, by=by, own_coping="A bath\nThe river")
        a_step(case, by=by, words="See the room on Elm Street")
        a_referral(case, by=by, to_name="Hope House")
        told = {"at": by.now, "by": by}
        add_contact_point(case.person, kind="phone", value="(555) 010-7788", safety="safe", how="", **told)
        add_supporter(
            case.person, name="Ana", relation="sister", reach="", may_know="All", must_not_know=False, **told
        )
        return case


def handed_out(page, worker, case):
    """The worker asks about the device first, and reads the code aloud."""
    sign_in(page, worker.username, to=f"/case/{case.pk}/")
    page.get_by_role("link", name="Their own copy").click()
    page.get_by_role("button", name="Make the code").click()
    page.get_by_text("Ask first who else reads").wait_for()
    page.get_by_label("I asked: nobody else reads").check()
    check_with_axe(page)
    page.get_by_role("button", name="Make the code").click()
    code = page.locator(".slip code").inner_text()
    check_with_axe(page)
    return code


def their_phone(new_page, **options):
    """A browser of their own, in which every page but ours is the weather."""
    phone = new_page(390, **options)
    phone.route("https://**", lambda route: route.fulfill(body=ELSEWHERE, content_type="text/html"))
    return phone


def opened(phone, code):
    """The box, then the copy, with everything that it brought along."""
    phone.goto("/notes/")
    phone.get_by_label("Code").fill(code.lower())
    phone.get_by_role("button", name="Open").click()
    phone.get_by_role("heading", name="My plan").wait_for()
    phone.wait_for_load_state()


def shows_nothing(phone):
    """Nothing of the copy is on the screen, however far one goes back."""
    for _ in range(5):
        nowhere(phone.get_by_text("The river"))
        assert phone.title() in ("Notes", "Weather", "")
        phone.go_back()


def test_read_confirmed_asked_and_gone(new_page, worker, case):
    code = handed_out(new_page(1440), worker, case)
    phone = their_phone(new_page)
    opened(phone, code)
    assert (phone.title(), phone.url.endswith("/notes/")) == ("Notes", True)
    phone.get_by_text("The river").wait_for()
    check_with_axe(phone)
    expect(phone.locator("body")).to_match_aria_snapshot(HEARD)
    fits_one_sheet(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Yes, I got it").click()
    expect(phone.get_by_role("status")).to_contain_text("There is no connection")
    phone.context.set_offline(False)
    phone.get_by_role("button", name="Yes, I got it").click()
    phone.get_by_text("It is written down that you got what you needed").wait_for()
    expect(phone.get_by_role("status").filter(has_text="It is written down")).to_be_focused()
    phone.get_by_label("When is it safe?").fill("After five")
    phone.get_by_role("button", name="Please call me").click()
    phone.get_by_text("We will try to reach you").wait_for()
    check_with_axe(phone)
    assert phone.evaluate("history.length") <= 3
    phone.get_by_role("button", name="Leave now").click()
    phone.wait_for_url(LASTING.exit(worker.agency.profile))
    shows_nothing(phone)
    phone.goto("/notes/")
    phone.get_by_label("Code").fill(code)
    phone.get_by_role("button", name="Open").click()
    phone.get_by_text("This does not open anything").wait_for()
    check_with_axe(phone)
    with transaction.atomic():
        worker.acts()
        assert Referral.objects.get(case=case).stage == "need_met"
        assert FollowUp.objects.standing().filter(case=case, kind="follow_up_asked").count() == 1
        assert sorted(one.kind for one in OwnAct.objects.filter(case=case)) == ["call", "need_met"], (
            "each once"
        )


@pytest.mark.parametrize(("key", "times"), [("Shift", 3), ("Escape", 2)])
def test_keys_leave_at_once_also_when_the_server_is_away(new_page, worker, case, key, times):
    phone = their_phone(new_page)
    phone.clock.set_fixed_time(datetime.now(UTC))  # presses count together however slow the machine is
    opened(phone, handed_out(new_page(1440), worker, case))
    phone.context.set_offline(True)
    phone.get_by_label("When is it safe?").fill("x")
    phone.get_by_role("button", name="Please call me").click()
    phone.get_by_text("There is no connection").wait_for()
    phone.get_by_text("The river").wait_for()
    for _ in range(times - 1):
        phone.keyboard.press(key)
    phone.get_by_text("The river").wait_for()
    took = list[float]()

    def noted(length):
        took.append(length)

    phone.expose_function("noted", noted)
    phone.evaluate(_WATCH)
    phone.keyboard.press(key)
    phone.wait_for_url(LASTING.exit(worker.agency.profile))
    nowhere(phone.get_by_text("The river"))
    assert took
    assert took[0] < 1_000


def test_without_scripts_every_button_works_and_leaving_leads_elsewhere(new_page, worker, case):
    code = handed_out(new_page(1440), worker, case)
    phone = their_phone(new_page, java_script_enabled=False)
    opened(phone, code)
    phone.get_by_role("button", name="Not safe. Do not use it").click()
    phone.get_by_text("From now on we do not use it").wait_for()
    expect(phone.get_by_role("status").filter(has_text="From now on")).to_be_focused()
    phone.get_by_role("button", name="Please call me").click()
    phone.get_by_text("We will try to reach you").wait_for()
    with phone.expect_request(
        LASTING.exit(worker.agency.profile)
    ):  # a redirect: no answer of ours stands in for it
        phone.get_by_role("button", name="Leave now").click()
    shows_nothing(phone)
