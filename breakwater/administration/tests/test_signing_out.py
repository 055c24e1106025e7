"""An administrator ends the sessions of somebody whose device was lost, and dismisses nobody."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.trust.actions.sessions import sign_out
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Appointment, Challenge, Entry
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief():
    return an_actor(Role.ADMINISTRATOR, now=timezone.now(), name="Cleo Marsh")


@pytest.fixture
def ada(chief):
    return an_actor(agency=chief.agency, now=chief.now)


def of(actor):
    return Appointment.objects.get(user=actor.user)


def where(name, actor):
    return reverse(f"administration:{name}", args=[of(actor).pk])


def test_every_session_ends_and_a_sign_in_that_is_half_done(chief, ada):
    tablet, desk = browser_of(ada), browser_of(ada)
    soon = timezone.now() + timedelta(minutes=1)
    Challenge.objects.create(token="t", kind="second", user=ada.user, expires_at=soon)
    page = browser_of(chief).get(where("person", ada)).content.decode()
    assert "<dt>Signed in now</dt><dd>2</dd>" in page
    assert press(browser_of(chief), where("signing_out", ada), by=chief).status_code == 303
    assert [one.get("/").status_code for one in (tablet, desk)] == [302, 302]
    assert not Challenge.objects.exists()
    as_seen_by(chief)
    entry = Entry.objects.get(verb="trust.signed_out_by_another")
    assert (entry.about, entry.by, entry.facts) == (ada.user.pk, chief.user, {"sessions": 2})
    assert of(ada).ends_at is None
    assert "End their sessions" not in browser_of(chief).get(where("person", ada)).content.decode()
    assert "An administrator ended your sessions" in browser_of(ada).get("/your-sign-in/").content.decode()


def test_nobody_ends_their_own_like_this_nor_those_of_another_agency(chief, ada):
    with pytest.raises(Refused, match="End your own sessions under Your sign-in"):
        sign_out(of(chief), at=chief.now, by=chief)
    elsewhere = an_actor(Role.ADMINISTRATOR, now=chief.now)
    theirs = of(ada)
    with pytest.raises(Refused, match="none of their sessions is open"):
        sign_out(theirs, at=elsewhere.now, by=as_seen_by(elsewhere))


def test_a_case_manager_ends_nobodys(chief, ada):
    with pytest.raises(NotPermitted):
        sign_out(of(chief), at=ada.now, by=as_seen_by(ada))
