"""Every page as people meet it: on a phone and at a desk, by day and at night, by keyboard, and without scripts."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from breakwater.cases.actions.triage import judge
from breakwater.cases.models import Case
from breakwater.cases.testing import a_triaged_case
from breakwater.kernel.ids import new_id
from breakwater.trust.testing import an_agency
from tests.journeys.conftest import Worker, sign_in, texts, what_axe_finds
from tests.journeys.world import LONG, a_world

PHONE, DESK = (390, 844), (1440, 900)
TABLETS = ((800, 1100), (1024, 768))
"""Between the two: looked at for what is cut off or lies over something else, which no color changes."""
LIT = ((PHONE, "light"), (DESK, "dark"))
UNLIT = ((PHONE, "dark"), (DESK, "light"))
SEEN_IN_EVERY_LIGHT = ("board", "case", "intake", "patterns", "inbox")

# What a finger has to hit is 24 by 24 pixels or more; a link within a sentence may be as high as its line.
TARGETS = """() => [...document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .map((one) => one.closest("label") || one)
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".skip, .unseen"))
    .filter((one) => {
        const { width, height } = one.getBoundingClientRect();
        const isInText = getComputedStyle(one).display === "inline"
            && [...one.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim().length > 1);
        return width && (width < 23.9 || height < 23.9) && !isInText;
    })
    .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`)"""


# Words that stick out of their own box lie over their neighbor; where they are cut off, the board could not be read.
# Within a picture words have no box to stick out of.
SPILLS = """() => [...document.querySelectorAll("main *:not(svg *)")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".unseen"))
    .filter((one) => one.scrollWidth > one.clientWidth + 4 && one.clientWidth)
    .filter((one) => getComputedStyle(one).overflowX === "visible" || one.matches(".clock-label"))
    .map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 40)}`)"""
LAID_OUT = f"(targets) => [document.documentElement.scrollWidth, ({SPILLS})(), targets ? ({TARGETS})() : []]"
SAID = """(how) => {
    const main = document.querySelector("main");
    return main ? main[how].split(/\\s+/).join(" ") : "";
}"""
"""What a page says, all of it or what is shown. To find something on it, the driver would bring a program along."""


@pytest.fixture
def world(own_database):
    """A case with everything on it, seen by the agency that holds it and by the one that was asked for help."""
    now = datetime.now(UTC)
    with transaction.atomic():
        partner = an_agency(name="Lantern Shelter", kind="shelter")
    holder = Worker(name="Nora Khan")
    colleague = Worker(agency=holder.agency, name="Deja Dixon")
    with transaction.atomic():
        ada = holder.acts()
        ada.now = now
        made = a_world(by=ada, colleague=colleague.appointment.user, partner=partner, at=now)
    return made, holder, Worker("partner", agency=partner, name="Bo Lund")


def the_pages_of_the_holder(world):
    """Each main page with the words that must be on it."""
    return the_pages_of_the_case(world) | the_pages_between(world) | the_pages_for_all(world)


def the_pages_of_the_case(world):
    """What is done for one person."""
    ids, case = world.ids, [world.ids["case_id"]]
    return {
        "case": (reverse("desk:case", args=case), LONG),
        "triage": (reverse("cases:triage", args=case), "How soon must somebody be with them?"),
        "triage with axes": (
            reverse("cases:triage", args=case) + "?scheme=ctrs-1984",
            "Ability to cooperate",
        ),
        "dangers": (reverse("cases:danger", args=case), "Read a danger"),
        "gates": (reverse("cases:gate", args=case) + "?kind=basic_needs", "How do you know?"),
        "note": (reverse("cases:note", args=case), "Add to the chronology"),
        "amendment": (reverse("cases:amendment", args=[ids["note_id"]]), "Amend a note"),
        "note apart": (
            reverse("privacy:part_protection", args=[ids["note_id"]]),
            "Protect this note further",
        ),
        "fact apart": (
            reverse("privacy:fact_protection", args=[ids["person_id"]]),
            "Keep one fact about them apart",
        ),
        "chronology": (reverse("cases:chronology", args=case), "Late entry"),
        "record": (reverse("cases:record", args=case), "Chronological record"),
        "owner": (reverse("cases:owner", args=case), "Owner and team"),
        "next contact": (reverse("cases:next_contact", args=case), "Book the next contact"),
        "follow-up": (reverse("cases:attempt", args=[ids["follow_up_id"]]), "How did you try?"),
        "closure": (reverse("cases:closure", args=case), "How did it end?"),
        "action plan": (reverse("plans:plan", args=case), "Name a need"),
        "talk it over": (reverse("plans:agreement", args=case), "The plan as it stands"),
        "self-sufficiency": (reverse("plans:sufficiency", args=case), "Mean of what applies"),
        "safety plan": (reverse("plans:safety_plan", args=case), "Version 2"),
        "write a safety plan": (reverse("plans:safety_plan_writing", args=case), "What I live for"),
        "their paper": (reverse("plans:safety_plan_paper", args=case), "My plan"),
        "copy": (reverse("plans:copy", args=case), "Who has a copy now?"),
        "step": (reverse("plans:step", args=case), "Plan a step"),
        "person": (reverse("desk:person", args=[ids["person_id"]]), LONG),
        "who": (reverse("people:who", args=[ids["person_id"]]), "Save"),
    }


def the_pages_between(world):
    """What goes to others and comes back."""
    ids, case = world.ids, [world.ids["case_id"]]
    pages = {
        "letter": (reverse("referrals:letter", args=[ids["referral_id"]]), "What Lantern Shelter reads"),
        "outbox": (reverse("referrals:outbox"), "Lantern Shelter"),
        "inbox, empty": (reverse("referrals:letters"), "Nothing to answer"),
        "hand-off": (reverse("referrals:handoff", args=case), "Hand this case over"),
        "packet": (reverse("referrals:packet", args=[ids["handoff_id"]]), "Hand-off"),
    }
    pages["find help"] = (reverse("resources:find_help"), "Find help")
    pages["room"] = (reverse("referrals:room"), "Room")
    pages["find help for a case"] = (reverse("resources:find_help") + f"?case={case[0]}", "Find help")
    pages["referral"] = (reverse("referrals:referral", args=case), "Ask for help")
    pages["beds"] = (reverse("referrals:placement", args=case), "Free beds")
    return pages


def the_pages_for_all(world):
    """What everybody begins with, and gets lost on."""
    return {
        "board": ("/", "Take someone in"),
        "board of the last hours": ("/?which=lately", "more"),
        "caseloads": (reverse("desk:caseloads"), "Open cases by who is accountable"),
        "board, nothing found": ("/?which=nobodys", "Nothing matches this filter"),
        "intake": (reverse("cases:intake"), "What is happening?"),
        "search": (reverse("desk:search") + "?q=Wolfeschlegelsteinhausenbergerdorff", LONG),
        "search, nobody": (reverse("desk:search") + "?q=Xanthippe", "Nobody found"),
        "patterns": (reverse("ui:patterns"), "Every component in every state"),
        "keys": (reverse("ui:keys"), "Down and up a list"),
        "comparison": (reverse("simulation:comparison"), "This is a simulation."),
        "nothing there": (reverse("desk:case", args=[new_id()]), "There is nothing at this address"),
    }


def the_pages_of_the_partner(world):
    """What the agency sees that was asked for help."""
    return {
        "inbox": (reverse("referrals:letters"), "Take over a case"),
        "our beds": (reverse("referrals:beds"), "Marisol"),
        "packet, received": (reverse("referrals:packet", args=[world.ids["handoff_id"]]), "Accept this case"),
        "letter, received": (reverse("referrals:letter", args=[world.ids["referral_id"]]), "Accept"),
        "not allowed": (reverse("cases:intake"), "does not allow this"),
    }


def what_is_wrong(page, name):
    """Everything that keeps somebody from using the page at hand, on a phone and at a desk, light and dark."""
    wrong = []
    for width, height in TABLETS:
        page.set_viewport_size({"width": width, "height": height})
        wrong += what_sticks_out(page, f"{name} at {width} px", width, targets=False)
    for (width, height), scheme in LIT + (UNLIT if name in SEEN_IN_EVERY_LIGHT else ()):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        where = f"{name} at {width} px, {scheme}"
        wrong += what_sticks_out(page, where, width)
        wrong += [
            f"{where}: {one}" for one in what_axe_finds(page, contrast=((width, height), scheme) in LIT)
        ]
    return wrong


def what_sticks_out(page, where, width, *, targets=True):
    """Whether the page is wider than the screen, words than their box, and what is to be hit too small."""
    wide, spills, small = page.evaluate(LAID_OUT, targets)
    wrong = [f"{where}: {wide} px wide"] if wide > width else []
    wrong += [f"{where}: sticks out: {one}" for one in spills]
    return wrong + [f"{where}: too small: {one}" for one in small]


def reach(page, address):
    """Open a page; what is searched for is typed, because it never stands in an address."""
    where, _, typed = address.partition("?q=")
    page.goto(where)
    if typed:
        page.get_by_role("searchbox").fill(typed)
        page.get_by_role("button", name="Search").click()
        page.locator("#found > *").first.wait_for()


def walk(page, pages):
    """Go through pages; everything that is wrong with them."""
    wrong = []
    for name, (address, words) in pages.items():
        reach(page, address)
        page.wait_for_load_state()
        if words not in page.evaluate(SAID, "textContent"):
            wrong.append(f"{name}: {words!r} is not there")
        wrong += what_is_wrong(page, name)
    return wrong


def walk_without_scripts(page, pages):
    """Go through the same pages with nothing but HTML; those that lack their main words."""
    missing = []
    for name, (address, words) in pages.items():
        reach(page, address)
        page.wait_for_load_state()
        if words not in page.evaluate(SAID, "innerText"):
            missing.append(f"{name}: {words!r}")
    return missing


def fill_the_board(holder, many):
    """Open cases of people in every danger."""
    with transaction.atomic():
        ada = holder.acts()
        for number in range(many):
            a_triaged_case(
                by=ada, at=ada.now - timedelta(hours=number), known_as=f"Somebody {number}",
                judgment=judge("uk-mhts-2015", "ABCDEFG"[number % 7], reasons="A doctor is with them."),
                dangers={"self": ("now" if number in (7, 8) else "likely", ""), "others": ("likely", ""),
                         "community": ("possible", ""), "worker": ("possible", "")},
            )  # fmt: skip


def test_every_page_is_fit_to_be_used(new_page, world):
    made, holder, partner = world
    page = new_page(reduced_motion="reduce")
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto("/sign-in/")
    wrong = what_is_wrong(page, "sign-in")
    sign_in(page, holder.username)
    wrong += walk(page, the_pages_of_the_holder(made))
    plain = new_page(java_script_enabled=False)
    sign_in(plain, holder.username)
    wrong += walk_without_scripts(plain, the_pages_of_the_holder(made))
    page.goto("/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    sign_in(page, partner.username)
    wrong += walk(page, the_pages_of_the_partner(made))
    assert wrong == [], "\n".join(wrong)
    assert [one for one in said if "404" not in one and "403" not in one] == []


def test_fifty_cases_stand_on_the_board_in_two_lines_each(new_page, worker):
    """Those in danger now besides, on top: two of them, and nobody stands twice."""
    fill_the_board(worker, 53)
    page = new_page(1440)
    sign_in(page, worker.username)
    rows = page.locator("tbody tr:not(.group)")
    heights = rows.evaluate_all("(rows) => rows.map((row) => row.getBoundingClientRect().height)")
    assert len(heights) == 2 + 50
    assert max(heights) <= 60, max(heights)
    expect(page.get_by_role("link", name="Next rows")).to_have_count(1)
    for words in ("self now", "others likely", "community, worker possible", "Triage response"):
        expect(rows.first.get_by_text(words).first, words).to_be_attached()


def test_the_board_by_keyboard(new_page, world):
    _, holder, _ = world
    fill_the_board(holder, 4)
    page = new_page(1440)
    sign_in(page, holder.username)
    names = texts(page.locator("[data-open]"), 5)
    marked = "document.activeElement.textContent"
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert page.evaluate(marked) == names[at]
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert ring == "3px"
    page.keyboard.press("?")
    box = page.get_by_role("dialog", name="Keys")
    box.wait_for()
    page.keyboard.press("n")
    assert page.url.endswith("/"), "keys rest while the list is shown"
    page.keyboard.press("Escape")
    box.wait_for(state="detached")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=names[1]).wait_for()
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    page.keyboard.press("Escape")
    page.locator("body").press("/")
    page.keyboard.type("n?j")
    assert page.get_by_role("searchbox").input_value().endswith("n?j"), "keys rest while somebody types"
    page.goto("/")
    page.keyboard.press("n")
    page.wait_for_url("**/cases/intake/")


def test_single_keys_can_be_turned_off(new_page, world):
    _, holder, _ = world
    page = new_page(1440)
    sign_in(page, holder.username)
    page.get_by_role("link", name="Keys").click()
    switch = page.get_by_role("button", name="Turn single keys off")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.goto("/")
    page.keyboard.press("n")
    page.keyboard.press("j")
    assert page.url.endswith("/")
    assert page.evaluate("document.activeElement === document.body")


def test_clocks_tick_and_are_said_when_they_run_out(new_page, worker):
    with transaction.atomic():
        ada = worker.acts()
        asked = ada.now - timedelta(hours=4) + timedelta(seconds=70)
        a_triaged_case(by=ada, at=asked, known_as="Skip", spoke=True)
    page = new_page(1440)
    page.clock.install()
    sign_in(page, worker.username)
    first = page.locator(".cases .clock").first
    assert re.match(r"(1 min|less than 1 min) left", first.locator("time").inner_text())
    page.clock.run_for(120_000)
    assert re.match(r"(1 min|less than 1 min) late", first.locator("time").inner_text())
    expect(first).to_have_class(re.compile("missed"))
    expect(page.locator("tbody tr").first).to_have_attribute("class", "is-missed")
    expect(page.get_by_role("status")).to_have_text("Time is up: Triage response")


def test_a_button_pressed_twice_acts_once(new_page, worker):
    page = new_page(1440)
    sign_in(page, worker.username, to="/cases/intake/")
    page.get_by_label("What is happening?").fill("Lost, cold and alone.")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.is_navigation_request() else None)
    page.evaluate(
        """() => {
            const button = document.querySelector(".sticky-save button");
            button.click();
            button.click();
        }"""
    )
    page.wait_for_url("**/case/*/")
    assert sum(one.endswith("/intake/") for one in sent) == 1
    with transaction.atomic():
        worker.acts()
        assert Case.objects.count() == 1


def test_a_draft_goes_on_after_signing_in_again_in_another_tab(new_page, worker):
    page = new_page(1440)
    sign_in(page, worker.username, to="/cases/intake/")
    page.get_by_label("What is happening?").fill("She is at the station.")
    kept = page.locator("[data-kept]")
    kept.get_by_text("Kept").wait_for()
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/sign-in/**")
    page.get_by_label("What is happening?").fill("She is at the station, with one bag.")
    kept.get_by_text("You are signed out").wait_for()
    expect(kept).to_have_attribute("aria-live", "assertive")
    sign_in(other, worker.username)
    kept.get_by_text("Kept").wait_for()
    page.get_by_role("button", name="Save and start the clocks").click()
    page.get_by_text("She is at the station, with one bag.").first.wait_for()


def test_a_page_that_asks_by_itself_says_that_nobody_is_signed_in_any_more(new_page, worker):
    page = new_page(390)
    page.clock.install()
    sign_in(page, worker.username, to="/cases/intake/")
    kept = page.locator("[data-kept]")
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/sign-in/**")
    page.clock.fast_forward("01:01")
    kept.get_by_text("You are signed out").wait_for()
    expect(kept).to_have_attribute("aria-live", "assertive")
    sign_in(other, worker.username)
    page.clock.fast_forward("01:01")
    expect(kept).to_have_text("")


def test_a_lost_connection_is_said_and_what_was_typed_is_kept_later(new_page, worker):
    page = new_page(390)
    sign_in(page, worker.username, to="/cases/intake/")
    page.wait_for_load_state()
    page.context.set_offline(True)
    page.get_by_label("What is happening?").fill("No bars down here.")
    kept = page.locator("[data-kept]")
    kept.get_by_text("no connection").wait_for()
    page.context.set_offline(False)
    kept.get_by_text(re.compile("^Kept")).wait_for()
    page.goto("/cases/intake/")
    expect(page.get_by_label("What is happening?")).to_have_value("No bars down here.")


def test_a_wrong_form_brings_the_reader_to_what_is_wrong(new_page, worker):
    page = new_page(390)
    sign_in(page, worker.username, to="/cases/intake/")
    page.get_by_label("Name, nickname or description").fill("Skip")
    page.evaluate("document.querySelector('form[data-draft-url]').noValidate = true")
    page.get_by_role("button", name="Save and start the clocks").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    alert.get_by_role("link", name="What is happening?").click()
    field = page.get_by_label("What is happening?")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert page.locator(f"#{field.get_attribute('aria-describedby').split()[-1]}").inner_text()
    expect(page.get_by_label("Name, nickname or description")).to_have_value("Skip")


def test_the_record_prints_without_the_screen_round_it(new_page, world):
    made, holder, _ = world
    page = new_page(1440)
    sign_in(page, holder.username, to=reverse("cases:record", args=[made.ids["case_id"]]))
    page.emulate_media(media="print")
    for hidden in (".top", ".no-print", ".said"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_role("heading", name="Chronological record")).to_be_visible()
    expect(page.get_by_text("Late entry: recorded").first).to_be_visible()
    assert page.pdf(format="Letter").startswith(b"%PDF")


def test_nothing_moves_for_those_whom_it_would_make_ill(new_page, worker):
    page = new_page(1440, reduced_motion="reduce")
    sign_in(page, worker.username)
    moves = (
        "[...document.querySelectorAll('*')].some((one) => getComputedStyle(one).transitionDuration !== '0s')"
    )
    assert not page.evaluate(moves)
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moves)


def test_with_forced_colors_the_chosen_is_still_seen(new_page, worker):
    page = new_page(1440, forced_colors="active")
    sign_in(page, worker.username, to="/cases/intake/")
    page.get_by_role("group", name="Danger to self").get_by_text("Likely").click()
    chosen = page.locator(".card.level-likely").first
    assert chosen.evaluate("(card) => getComputedStyle(card).outlineStyle") == "solid"


def test_a_draft_that_is_too_long_is_said_and_not_tried_for_ever(new_page, worker):
    page = new_page(1440)
    page.clock.install()
    sign_in(page, worker.username, to="/cases/intake/")
    asked = []
    page.route("**/drafts/**", lambda route: (asked.append(1), route.fulfill(status=413))[-1])
    page.get_by_label("What is happening?").fill("More than a form can take.")
    page.locator("[data-kept]").get_by_text("Longer than a draft may be").wait_for()
    page.clock.run_for(60_000)
    assert len(asked) == 1
    expect(page.get_by_label("What is happening?")).to_have_value("More than a form can take.")
