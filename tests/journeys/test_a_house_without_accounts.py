"""A worker at a desk asks a shelter and a church; the church has no account, and answers by a link on a phone.

It asks something first, keeps a place before the shelter says yes, and what it kept becomes a referral.
"""

import re
from datetime import UTC, datetime

import pytest
from django.db import transaction
from playwright.sync_api import expect

from breakwater.cases.testing import a_case
from breakwater.referrals.testing import a_program, news_reaches
from breakwater.resources.models import Bed, Phone, Place, Program
from breakwater.trust.testing import an_agency
from tests.journeys.conftest import Worker, check_with_axe, sign_in, texts
from tests.journeys.test_the_loop_closes import opened


@pytest.fixture
def places(worker):
    """A crisis line, the worker of a shelter, and a church of the directory that nobody here keeps."""
    with transaction.atomic():
        shelter = Worker(
            "partner", agency=an_agency(name="Tide House", kind="shelter"), name="Tide House desk"
        )
        a_program(keeper=shelter.agency, at=datetime.now(UTC))
        church = Place.objects.create(
            source="testing", external_id="grace", name="Grace Church Cots", city="Dayton"
        )
        Program.objects.create(place=church, kind=Bed.Kind.SHELTER_ADULT)
        Phone.objects.create(source="testing", external_id="grace", place=church, number="(937) 555-0142")
    return worker, shelter


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"])
def test_a_church_keeps_a_place_by_a_link_before_a_shelter_says_yes(new_page, places, options):
    ada, shelter = places
    look = check_with_axe if options.get("java_script_enabled", True) else (lambda page: None)
    with transaction.atomic():
        by = ada.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol")
    desk, phone, inside = new_page(1440, **options), new_page(390, **options), new_page(390, **options)
    sign_in(desk, ada.username, to=f"/referrals/{case.pk}/asking/")
    link, code = asked_both(desk, look)
    opened(phone, link, code, look, by_hand=bool(options), words="asks you for a place")
    they_ask_and_are_replied_to(desk, phone, ada, look)
    sign_in(inside, shelter.username, to="/referrals/house/")
    inside.get_by_role("link", name=re.compile("Answer")).click()
    phone.get_by_label("Your name").first.fill("Sister Agnes")
    phone.get_by_role("button", name="Yes, we keep a place").click()
    phone.get_by_role("heading", name="You keep a place").wait_for()
    look(phone)
    inside.get_by_role("button", name=re.compile("Yes: hold")).click()
    inside.get_by_text("Another place was faster").wait_for()

    news_reaches(ada.agency, at=datetime.now(UTC))
    desk.reload()
    desk.get_by_role("heading", name="Grace Church Cots keeps a place").wait_for()
    desk.get_by_text("Told by Sister Agnes, Grace Church Cots, by a link and its code").wait_for()
    look(desk)
    desk.get_by_role("button", name="Take this place").click()
    desk.get_by_role("heading", name="Marisol", level=1).wait_for()
    expect(desk.get_by_text("Grace Church Cots").first).to_be_attached()
    phone.goto("/answers/")
    phone.get_by_text("Somebody comes").wait_for()


def asked_both(desk, look):
    """Both are asked at once; the church gets a link, and its code is read to it at the number of the directory."""
    desk.get_by_role("button", name="Show the places").click()
    desk.get_by_label(re.compile("Grace Church Cots")).check()
    desk.get_by_text("No account: by a link or a call").wait_for()
    look(desk)
    desk.get_by_role("button", name="Ask them all at once").click()
    desk.get_by_role("link", name=re.compile("Let them answer by a link")).click()
    desk.get_by_text("(937) 555-0142").wait_for()
    look(desk)
    desk.get_by_role("button", name="Make the link and its code").click()
    link, code = texts(desk.locator(".codes code"), 2)
    return link, code


def they_ask_and_are_replied_to(desk, phone, ada, look):
    """The question stands with its clock where those who asked wait for others, until it is replied to."""
    phone.get_by_label("Your name").first.fill("Sister Agnes")
    phone.get_by_label("Anything to say?").fill("Can they climb stairs?")
    phone.get_by_role("button", name="Ask something first").click()
    phone.get_by_text("No reply yet").wait_for()
    look(phone)
    news_reaches(ada.agency, at=datetime.now(UTC))
    desk.goto("/referrals/sent/")
    desk.get_by_role("heading", name="They wait for a reply from us").wait_for()
    look(desk)
    desk.get_by_role("link", name=re.compile("Read and reply")).click()
    desk.get_by_role("link", name=re.compile("Reply")).click()
    desk.get_by_label("Your reply").fill("Yes, slowly.")
    desk.get_by_role("button", name="Reply").click()
    desk.get_by_text("Yes, slowly.").wait_for()
    phone.goto("/answers/")
    phone.get_by_text("Yes, slowly.").wait_for()
