"""From asking for help to the five gates, in a real browser, on a phone and at a desk."""

import re

from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.models import Case, Gate
from breakwater.cases.testing import a_case
from breakwater.trust.models import Draft
from tests.journeys.conftest import check_at_both_widths, sign_in

TOLD = "Spoken with in a safe place, asked all of it again; his sister knows where he sleeps."


def book_the_next_contact(page):
    """Agreed with him: what the schedule owes by itself meets no gate."""
    page.get_by_role("link", name="Book the next contact").first.click()
    page.get_by_role("button", name="Book it").click()
    page.get_by_role("heading", name="Skip", level=1).wait_for()


def test_someone_asks_for_help_tonight_and_is_safe(new_page, worker):
    """Taken in with six touches: open, what happens, name, one danger, one code, save. Typing a word counts as one."""
    page = new_page(390)
    sign_in(page, worker.username)
    check_at_both_widths(page)
    touches = 0

    def touch(act, *typed):
        nonlocal touches
        touches += 1
        act(*typed)

    touch(page.get_by_role("link", name="Take someone in").first.click)
    touch(page.get_by_label("What is happening?").fill, "Nowhere to sleep tonight, and afraid of himself.")
    touch(page.get_by_label("Name, nickname or description").fill, "Skip")
    touch(page.get_by_role("group", name="Danger to self").get_by_text("Likely").click)
    touch(page.get_by_role("radio", name=re.compile("B ·")).check)
    check_at_both_widths(page)
    touch(page.get_by_role("button", name="Save and start the clocks").click)
    page.get_by_role("heading", name="Skip", level=1).wait_for()
    assert touches <= 6
    check_at_both_widths(page)
    expect(page.get_by_text("Triage response").first).to_be_attached()
    book_the_next_contact(page)
    page.get_by_role("link", name="Meet it").first.click()
    page.get_by_role("heading", name="Stabilization", level=1).wait_for()
    check_at_both_widths(page)
    for gate in Gate.Kind.labels:
        page.get_by_label(f"How do you know?: {gate}").fill(TOLD)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Skip", level=1).wait_for()
    expect(page.get_by_text("All five gates are met").first).to_be_attached()
    page.goto("/")
    expect(page.get_by_role("link", name="Skip", exact=True)).to_have_count(1)


def test_what_was_typed_survives_a_closed_tab(new_page, worker):
    page = new_page(390)
    sign_in(page, worker.username, to="/cases/intake/")
    page.get_by_label("What is happening?").fill("She will call back in ten minutes.")
    page.get_by_text("Kept").first.wait_for()
    page.goto("about:blank")
    page.goto("/cases/intake/")
    expect(page.get_by_label("What is happening?")).to_have_value("She will call back in ten minutes.")
    expect(page.get_by_text("Your draft is back").first).to_be_attached()


def test_what_was_begun_is_set_aside_and_what_is_told_of_somebody_known_goes_into_their_case(
    new_page, worker
):
    with transaction.atomic():
        by = worker.acts()
        a_case(by=by, known_as="Marisol Vega", at=by.now)
    page = new_page(390)
    sign_in(page, worker.username, to="/cases/intake/")
    said = page.get_by_label("What is happening?")
    said.fill("He hung up, and will call back.")
    page.get_by_text("Kept").first.wait_for()
    page.goto("/")
    expect(page.get_by_text("An intake that you began is not saved")).to_be_visible()
    page.get_by_role("link", name="Go on with it").click()
    page.get_by_role("button", name="Somebody else: set it aside").click()
    expect(page.get_by_text("He hung up, and will call back.")).to_be_visible()
    expect(said).to_have_value("")
    said.fill("She was put out again.")
    page.get_by_label("Name, nickname or description").fill("Marisol Vega")
    page.get_by_role("radio", name=re.compile("Marisol Vega")).check()
    page.get_by_label("Name, nickname or description").fill("Zora")
    expect(page.get_by_text("you chose them")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("Marisol Vega"))).to_be_checked()
    page.get_by_role("button", name="Save and start the clocks").click()
    into = page.get_by_role("button", name=re.compile("^Write it into"))
    into.wait_for()
    check_at_both_widths(page)
    into.click()
    page.get_by_role("heading", name="Marisol Vega", level=1).wait_for()
    expect(page.get_by_text("She was put out again.").first).to_be_attached()
    page.goto("/cases/intake/")
    page.get_by_role("button", name="Go on with it").click()
    expect(said).to_have_value("He hung up, and will call back.")


def test_what_was_typed_survives_an_ended_session(new_page, worker):
    page = new_page(390)
    sign_in(page, worker.username, to="/cases/intake/")
    with page.context.expect_page() as other:
        page.evaluate("window.open('/', '_blank')")
    other.value.get_by_role("button", name="Sign out").click()
    other.value.wait_for_url("**/sign-in/**")
    page.get_by_label("What is happening?").fill("He is outside the door.")
    page.get_by_role("button", name="Save and start the clocks").click()
    page.get_by_text("What you typed is kept").wait_for()
    page.get_by_label("Sign-in name").fill(worker.username)
    page.get_by_label("Password").fill("harbor light 7")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("Your draft is back").wait_for()
    expect(page.get_by_label("What is happening?")).to_have_value("He is outside the door.")


def test_a_double_press_takes_nobody_in_twice(new_page, worker):
    page = new_page(390)
    sign_in(page, worker.username, to="/cases/intake/")
    page.get_by_label("What is happening?").fill("Lost, cold and alone.")
    answers = page.evaluate(
        """async () => {
            const form = document.querySelector("form[data-draft-url]");
            const body = new URLSearchParams(new FormData(form));
            const send = () => fetch(location.href, {method: "POST", body, redirect: "manual"});
            return (await Promise.all([send(), send(), send()])).map((answer) => answer.type);
        }"""
    )
    assert answers == ["opaqueredirect"] * 3
    with transaction.atomic():
        worker.acts()
        assert Case.objects.count() == 1
        assert not any("nothing" in one.fields for one in Draft.objects.all())
