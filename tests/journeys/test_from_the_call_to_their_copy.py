"""In one go: taken in, asked on a phone, a code proposed and set, a safety plan written with her, and her own copy.

It is opened by its code, read and printed without a network, and left in a hurry; nothing of it stays behind. And her
plan, signed by herself on the worker's phone, behind which nothing opens.
"""

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.models import Case, Triage
from breakwater.cases.testing import a_case
from breakwater.plans.models import Agreement
from breakwater.plans.testing import a_goal, a_safety_plan, a_step
from breakwater.portal.library import LASTING
from breakwater.portal.testing import an_own_copy
from tests.journeys.conftest import PASSWORD, check_with_axe, nowhere, sign_in, untold
from tests.journeys.test_family_and_hand import draw
from tests.journeys.test_own_copy import handed_out, opened, shows_nothing, their_phone

_LEFT_ON_IT = """async () => ({
    local: localStorage.length, session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    cookies: document.cookie,
})"""
"""Whatever a page can keep in a browser. Cookies are counted where no page can read them, see ``nothing_stays``."""
_EMPTY = {"local": 0, "session": 0, "databases": 0, "caches": 0, "workers": 0, "cookies": ""}


def taken_in(page):
    """Somebody asks for help, and the clocks start."""
    page.goto("/cases/intake/")
    page.get_by_label("What is happening?").fill("Pills in the house, and alone tonight.")
    page.get_by_label("Name, nickname or description").fill("Marisol")
    page.get_by_role("group", name="Danger to self").get_by_text("Possible").click()
    page.get_by_role("radio", name=re.compile("D ·")).check()
    page.get_by_role("button", name="Save and start the clocks").click()
    page.get_by_role("heading", name="Marisol", level=1).wait_for()


def asked(page):
    """The rapid assessment, an answer that must be heard, and what the result proposes."""
    page.locator("#assessments").get_by_role("link", name="Ask").click()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="The whole sheet, and finish").click()
    group = page.get_by_role("group", name="Are you thinking of ending your life")
    group.get_by_text("I have thought about how").click()
    page.get_by_text("Is what you would use within your reach?").first.wait_for()
    page.get_by_role("button", name="Finish", exact=True).click()
    page.get_by_text("at least Today").wait_for()
    check_with_axe(page)


def triaged_as_proposed(page):
    """A person decides, and sets the code."""
    page.locator("#proposals summary").first.click()
    proposal = page.locator("#proposals li").filter(has_text="Set the triage code anew")
    proposal.get_by_role("button", name="We do this").click()
    page.locator("#proposals li").filter(has_text="Set the triage code anew").get_by_role(
        "link"
    ).first.click()
    page.get_by_role("radio", name=re.compile("B ·")).check()
    page.get_by_label(re.compile("Why")).first.fill("Has thought about how; the pills are in reach.")
    page.get_by_role("button", name="Set the code").click()
    page.get_by_role("heading", name="Marisol", level=1).wait_for()


def planned_with_her(page):
    """Her safety plan, in her words."""
    page.locator("#safety-plan").get_by_role("link", name="Write it with them").click()
    said = {
        "How I notice that it is getting harder": "I stop answering", "What I can do by myself": "The river",
        "People I can ask for help": "Ana, in the evening", "Professionals and lines I can turn to": "988",
        "How my surroundings become safer": "Ana keeps the pills",
    }  # fmt: skip
    for label, words in said.items():
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Save this version").click()
    page.get_by_text("Complete", exact=True).wait_for()


def read_without_network(phone):
    """Everything that was opened is there: to its end, and on paper."""
    phone.context.set_offline(True)
    for words in ("The river", "Ana keeps the pills", "988"):
        expect(phone.get_by_text(words).first).to_be_visible()
    phone.mouse.wheel(0, 5000)
    phone.get_by_role("button", name="Please call me").scroll_into_view_if_needed()
    phone.emulate_media(media="print")
    assert phone.pdf(format="Letter").count(b"/Type /Page\n") == 1
    phone.emulate_media(media="screen")
    assert phone.evaluate("getComputedStyle(document.documentElement).overscrollBehaviorY") == "none", (
        "pulling it down would load it anew, and it would be gone"
    )
    assert phone.evaluate(_LEFT_ON_IT) == _EMPTY


def nothing_stays(phone):
    """No word of it, and no key, on the phone; nor does going back show any."""
    shows_nothing(phone)
    phone.goto("/notes/")
    phone.get_by_label("Code").wait_for()
    assert phone.evaluate(_LEFT_ON_IT) == _EMPTY
    assert not [one for one in phone.context.cookies() if one["name"] == settings.NOTES_COOKIE]


def test_from_the_call_to_a_copy_that_leaves_nothing_behind(new_page, worker):
    page = new_page(390)
    sign_in(page, worker.username)
    taken_in(page)
    asked(page)
    triaged_as_proposed(page)
    planned_with_her(page)
    with transaction.atomic():
        worker.acts()
        case = Case.objects.get()
        assert Triage.objects.standing().get(case=case).code == "B"
    phone = their_phone(new_page)
    phone.clock.set_fixed_time(datetime.now(UTC))  # presses count together however slow the machine is
    opened(phone, handed_out(page, worker, case))
    check_with_axe(phone)
    read_without_network(phone)
    for _ in range(3):
        phone.keyboard.press("Shift")
    phone.wait_for_url(LASTING.exit(worker.agency.profile))
    phone.context.set_offline(False)
    nothing_stays(phone)


@pytest.fixture
def planned(worker):
    with transaction.atomic():
        by = worker.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol Vega")
        a_safety_plan(case, by=by, own_coping="The river")
        a_step(case, by=by, words="See the room on Elm Street", goal=a_goal(case, by=by))
        return case


def test_without_a_network_a_copy_ends_with_its_time_and_with_a_reload(new_page, worker, planned):
    """What cannot be had: a reload without a network shows nothing, and ten minutes are over without one as well."""
    for ends in (lambda phone: phone.clock.run_for("10:01"), reloaded):
        with transaction.atomic():
            _, code = an_own_copy(planned, by=worker.acts())
        phone = their_phone(new_page)
        phone.clock.install()
        opened(phone, code)
        phone.context.set_offline(True)
        ends(phone)
        phone.get_by_text("The river").wait_for(state="detached")
        untold(phone, "river")
        phone.context.set_offline(False)
        phone.goto("/notes/")
        assert phone.evaluate(_LEFT_ON_IT) == _EMPTY


def reloaded(phone):
    """As somebody does who pulls the page down; the browser says that there is no network."""
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        phone.reload()


@pytest.mark.parametrize("scripts", [True, False])
def test_she_signs_her_plan_on_the_workers_phone(new_page, worker, planned, scripts):
    page = new_page(390, java_script_enabled=scripts)
    sign_in(page, worker.username, to=f"/plans/{planned.pk}/agreement/")
    page.get_by_role("link", name="They read and sign it on this device").click()
    page.get_by_text("Español", exact=True).click()
    page.get_by_role("button", name="Lock it, and hand it over").click()
    page.get_by_text("¿Es este su plan?").wait_for()
    assert page.title() == "Formulario"
    page.get_by_text("Sí, firmo").click()
    page.get_by_role("button", name="Esta es mi respuesta").click()
    page.get_by_text("Esto no se guardó").wait_for()
    if scripts:
        draw(page)
        page.get_by_text("Su firma está ahí.").wait_for()
        check_with_axe(page)
    else:
        page.get_by_label("Su nombre").fill("M. V.")
    page.get_by_role("button", name="Esta es mi respuesta").click()
    page.get_by_text("devuelva el aparato").wait_for()
    for where in (f"/plans/{planned.pk}/", f"/case/{planned.pk}/", "/"):
        page.goto(where)
        nowhere(page.get_by_text("Marisol"))
    page.goto("/form/back/")
    page.get_by_label("Your password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Open it again").click()
    page.locator("#agreements").get_by_text("They signed").first.wait_for()
    with transaction.atomic():
        worker.acts()
        assert bool(Agreement.objects.get().drawn) is scripts
