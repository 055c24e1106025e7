"""Two people erase a record: one proposes, the other decides on another screen, and the first prints what is left."""

import os
from datetime import UTC, datetime

import pytest

from breakwater.cases.testing import a_closed_case
from breakwater.privacy.jobs import go_through_all
from breakwater.trust.access import acting, actor_for
from tests.journeys.conftest import Worker, check_with_axe, sign_in, untold

THEN = datetime(2018, 3, 1, 17, tzinfo=UTC)
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def person(worker):
    """Somebody whose case was closed in 2018, gone through last night."""
    with acting(actor_for(worker.appointment, now=THEN)) as then:
        found = a_closed_case(by=then, at=THEN).person
    go_through_all(at=datetime.now(UTC))
    return found


def shot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_one_proposes_the_other_decides(new_page, worker, person):
    officer = Worker("privacy_officer", agency=worker.agency, name="Ines Roy")
    second = Worker("supervisor", agency=worker.agency, name="Olga Lind")
    page, other = new_page(390), new_page(1440)
    sign_in(page, officer.username, to="/privacy/")
    sign_in(other, second.username, to="/privacy/")
    page.get_by_role("region", name="Kept long enough").get_by_role("link", name="Marisol Vega").click()
    page.get_by_text("Every rule lets it go").wait_for()
    check_with_axe(page)
    shot(page, "keeping")
    page.get_by_role("link", name="Propose to erase it").click()
    page.get_by_role("button", name="Propose it").click()
    page.get_by_text("Somebody else decides.").wait_for()

    other.reload()
    check_with_axe(other)
    shot(other, "desk")
    other.get_by_role("link", name="Decide", exact=True).click()
    other.get_by_text("What goes").click()
    check_with_axe(other)
    shot(other, "deciding")
    other.get_by_text("Erase it", exact=True).click()
    other.get_by_role("button", name="Decide").click()
    other.get_by_role("heading", name="A record was erased").wait_for()
    check_with_axe(other)
    shot(other, "erased")

    assert page.reload().status == 404
    page.goto(page.url.split("/privacy/")[0] + "/privacy/keeping/")
    check_with_axe(page)
    shot(page, "terms")
    page.goto(page.url.split("/privacy/")[0] + "/privacy/")
    page.get_by_text("Erased lately").click()
    page.get_by_role("link", name="Certificate of").click()
    page.get_by_text("Cases: 1").wait_for()
    page.emulate_media(color_scheme="dark")
    check_with_axe(page)
    shot(page, "certificate")
    untold(page, "Marisol")
