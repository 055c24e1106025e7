"""A clock of a case stands still for a reason that its law allows, on the page where the worker looks."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.clocks.actions import pause
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import a_guest, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(Role.SUPERVISOR, now=timezone.now())


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=ada.now)


def a_clock_of(case):
    running = Clock.objects.running().in_episode(case.pk)
    return next(one for one in running if "in_hospital" in one.spec.pauses)


def test_a_clock_is_paused_on_the_case_page_and_runs_on(ada, case):
    clock, desk = a_clock_of(case), browser_of(ada)
    pausing, resuming = (reverse(f"cases:{name}", args=[clock.pk]) for name in ("pausing", "resuming"))
    assert pausing in desk.get(reverse("desk:case", args=[case.pk])).content.decode()
    assert "They are in hospital" in desk.get(pausing).content.decode()
    assert press(desk, pausing, by=ada, reason="holiday").status_code == 422
    far = (ada.now + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    late = press(desk, pausing, by=ada, reason="in_hospital", until=far)
    assert (late.status_code, b"can be paused until" in late.content) == (422, True)
    assert press(desk, pausing, by=ada, reason="in_hospital").status_code == 303
    as_seen_by(ada)
    clock.refresh_from_db()
    assert clock.paused_at is not None
    page = desk.get(reverse("desk:case", args=[case.pk])).content.decode()
    assert (resuming in page, pausing in page) == (True, False)
    assert press(desk, resuming, by=ada).status_code == 303
    as_seen_by(ada)
    clock.refresh_from_db()
    assert clock.paused_at is None


def test_a_promise_of_another_agency_is_theirs_to_pause(ada, case):
    rosa = an_actor(Role.SUPERVISOR, now=ada.now)
    as_seen_by(ada)
    a_guest(case.circle, agency=rosa.agency, until=None, at=ada.now, by=ada)
    clock = a_clock_of(case)
    as_seen_by(rosa)
    with pytest.raises(NotPermitted, match="theirs to pause"):
        pause(clock, reason="in_hospital", at=rosa.now, by=rosa)
