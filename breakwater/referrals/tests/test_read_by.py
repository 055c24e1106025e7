"""What goes to a listing arrives at the agency that claimed it: that one is named before it is sent, and ever after."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from breakwater.cases.testing import a_case
from breakwater.referrals.models import Handoff, Referral
from breakwater.referrals.rules import read_by
from breakwater.resources.testing import a_service, holds_listing
from breakwater.trust.testing import an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
READ_BY = "Tide Clinic"
_LETTER = {"need": "housing", "words": "A bed for tonight.", "name_told": "no"}
_PACKET = {"sections": ["happening"], "message": "Please take them over."}


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC))


@pytest.fixture
def case(ada):
    return a_case(by=as_seen_by(ada), at=ada.now)


@pytest.fixture
def service():
    return a_service("Open Door", organization="Hope House")


def claimed(service, by, **facts):
    """Two colleagues of an agency of another name took the listing."""
    agency = an_agency(**({"name": READ_BY, "kind": "clinic"} | facts))
    holds_listing(agency, service.organization, at=by.now)
    as_seen_by(by)
    return agency


def shown(browser, where, by, service, said):
    page = press(browser, where, by=by, service=str(service.pk), **said).content.decode()
    return page, re.search(r'name="shown" value="([^"]*)"', page)[1]


@pytest.mark.parametrize(("name", "said"), [("referral", _LETTER), ("handoff", _PACKET)])
def test_before_it_is_sent_whoever_reads_it_is_named(ada, case, service, name, said):
    claimed(service, ada)
    browser, where = browser_of(ada), reverse(f"referrals:{name}", args=[case.pk])
    page, mark = shown(browser, where, ada, service, said)
    assert (READ_BY in page.split("Change it first")[0], "Hope House" in page) == (True, True)
    assert press(browser, where, by=ada, service=str(service.pk), shown=mark, **said).status_code == 303
    as_seen_by(ada)
    sent = (Referral if name == "referral" else Handoff).objects.get()
    after = reverse("referrals:letter" if name == "referral" else "referrals:packet", args=[sent.pk])
    assert f'<dd dir="auto">{READ_BY}' in browser.get(after).content.decode()


@pytest.mark.parametrize(("name", "said"), [("referral", _LETTER), ("handoff", _PACKET)])
def test_what_was_shown_before_somebody_claimed_it_is_shown_again(ada, case, service, name, said):
    browser, where = browser_of(ada), reverse(f"referrals:{name}", args=[case.pk])
    page, mark = shown(browser, where, ada, service, said)
    assert READ_BY not in page
    claimed(service, ada)
    again = press(browser, where, by=ada, service=str(service.pk), shown=mark, **said)
    assert READ_BY in again.content.decode().split("Change it first")[0]
    as_seen_by(ada)
    assert not Referral.objects.exists()
    assert not Handoff.objects.exists()


def test_of_one_that_helps_victims_only_that_it_does(ada, case, service):
    claimed(service, ada, name="Safe Haven", kind="victim_service")
    where = reverse("referrals:referral", args=[case.pk])
    page, _ = shown(browser_of(ada), where, ada, service, _LETTER)
    first = page.split("Change it first")[0]
    assert ("victim-service agency" in first, "Safe Haven" in first) == (True, False)


def test_a_name_that_says_it_is_not_said_twice():
    agency = an_agency(name="Hope House")
    assert read_by("Open Door, Hope House", agency) == ("", False)
    assert read_by("hope  house", agency) == ("", False)
    assert read_by("Open Door, Hope Houses", agency) == ("Hope House", False)
    assert read_by("Open Door, Hope House", None) == ("", False)
