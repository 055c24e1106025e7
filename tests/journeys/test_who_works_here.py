"""Somebody is appointed, chooses a password, is moved, and is dismissed while holding a case: seen from both sides."""

import re

import pytest
from django.db import transaction

from breakwater.cases.models import Assignment
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.trust.access import actor_for, put_up_walls
from breakwater.trust.models import Appointment
from tests.journeys.conftest import Worker, check_at_both_widths, check_with_axe, sign_in, untold

NEW = "a lantern on the pier"


@pytest.fixture
def chief(worker):
    return Worker("administrator", agency=worker.agency, name="Cleo Marsh")


def joins(page, secret):
    """Whoever was invited chooses a password, and signs in."""
    page.goto("/sign-in/")
    page.get_by_role("link", name="I was given a code").click()
    page.get_by_label("Sign-in name").fill("eve.sato")
    page.get_by_label("The code you were given").fill("WRONG")
    for label in ("New password", "The new password once more"):
        page.get_by_label(label, exact=True).fill(NEW)
    check_at_both_widths(page)
    page.get_by_role("button", name="Choose it").click()
    page.get_by_text("This name and code do not match").wait_for()
    page.get_by_label("The code you were given").fill(secret.lower())
    for label in ("New password", "The new password once more"):
        page.get_by_label(label, exact=True).fill(NEW)
    page.get_by_role("button", name="Choose it").click()
    page.wait_for_url(re.compile("/sign-in/"))
    signs_in(page)


def signs_in(page):
    page.get_by_label("Sign-in name").fill("eve.sato")
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def a_case_of_eve():
    """A case that she takes in, and is accountable for."""
    with transaction.atomic():
        works = Appointment.objects.select_related("user", "agency", "unit", "own_role")
        works = works.get(user__username="eve.sato", ends_at=None)
        by = actor_for(works, now=works.starts_at)
        put_up_walls(by)
        return a_case(by=by, at=by.now, known_as="Marisol Vega")


def test_somebody_joins_moves_and_leaves_and_nobody_falls_through(new_page, worker, chief):
    page, theirs = new_page(1440), new_page(390)
    sign_in(page, chief.username)
    page.get_by_role("heading", name="Who works at").wait_for()
    check_at_both_widths(page)
    page.get_by_role("link", name="Appoint somebody").click()
    page.get_by_label("Their name").fill("Eve Sato")
    page.get_by_label("Sign-in name").fill("eve.sato")
    page.get_by_text("Supervisor", exact=True).click()
    check_at_both_widths(page)
    page.get_by_role("button", name="Appoint and invite").click()
    page.get_by_text("This is shown once.").wait_for()
    check_at_both_widths(page)
    joins(theirs, page.locator("#secret").inner_text())
    assert theirs.goto("/privacy/").status == 200
    case = a_case_of_eve()

    page.get_by_role("link", name="I have handed it over").click()
    page.get_by_role("link", name="Change role or unit").click()
    page.get_by_text("Crisis case manager", exact=True).click()
    page.get_by_text(f"Case {case.number}").wait_for()
    check_at_both_widths(page)
    page.get_by_role("button", name="Change it").click()
    page.get_by_role("heading", name="Crisis case manager").wait_for()
    theirs.goto("/privacy/")
    assert "/sign-in/" in theirs.url, "the very next request is refused"
    signs_in(theirs)
    assert theirs.goto("/privacy/").status == 403

    page.get_by_role("link", name="Dismiss").click()
    page.get_by_text(f"Case {case.number}").wait_for()
    untold(page, "Marisol")
    check_at_both_widths(page)
    page.get_by_role("button", name="Dismiss").click()
    page.get_by_text("1 left in the last 90 days").wait_for()
    theirs.goto("/")
    assert "/sign-in/" in theirs.url, "the very next request is refused"
    check_that_it_waits(case, worker)


def check_that_it_waits(case, worker):
    """The case lies in the duty queue, and its alarm runs."""
    with transaction.atomic():
        worker.acts()
        assert Assignment.objects.owners().get(case=case).worker is None
        assert Clock.objects.running().filter(about=case.pk, kind="duty_queue").exists()


def test_an_agency_is_stopped_by_its_administrator_and_everybody_is_out(new_page, worker, chief):
    page, theirs = new_page(390), new_page(1440)
    sign_in(theirs, worker.username)
    sign_in(page, chief.username)
    page.get_by_role("link", name="Suspension").click()
    check_with_axe(page)
    page.get_by_label("Why?").fill("A laptop was stolen.")
    page.get_by_label("The name of your agency").fill(chief.agency.name)
    page.get_by_label("Your password, once more").fill("harbor light 7")
    page.get_by_role("button", name="Suspend the agency").click()
    page.wait_for_url(re.compile("/sign-in/"))
    theirs.goto("/search/")
    assert "/sign-in/" in theirs.url


def test_roles_and_an_access_review_read_well(new_page, worker, chief):
    page = new_page(390)
    sign_in(page, chief.username)
    page.get_by_role("link", name="Roles").click()
    check_with_axe(page)
    page.get_by_role("link", name="Compare two").click()
    check_with_axe(page)
    page.get_by_role("link", name="Roles").click()
    page.get_by_role("link", name="Make a role").click()
    page.get_by_label("What is the role called?").fill("Night reader")
    page.get_by_label("See the cases of one's agency").check()
    check_with_axe(page)
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("heading", name="Night reader").wait_for()
    page.get_by_role("link", name="Access reviews").click()
    page.get_by_role("button", name="Begin one now").click()
    page.get_by_role("heading", name="Not confirmed: 2").wait_for()
    check_with_axe(page)
    page.get_by_role("button", name=re.compile(f"Confirm.*{worker.appointment.user.name}")).click()
    page.get_by_role("heading", name="Answered: 1").wait_for()
