"""They reached a bed, or left it, and somebody writes it down later."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Refused
from breakwater.referrals.actions.placement import arrive, leave
from breakwater.referrals.models import Placement, free_beds
from breakwater.referrals.testing import a_bed, a_placement, news_reaches
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
SOON, TYPED = NOON + timedelta(minutes=30), NOON + timedelta(hours=20)


@pytest.fixture
def ada():
    return an_actor()


@pytest.fixture
def bo(ada):
    keeper = an_actor(Role.PARTNER, agency=an_agency(), name="Bo Lund")
    as_seen_by(ada)
    return keeper


@pytest.fixture
def stay(ada, bo):
    return a_placement(a_case(by=ada), a_bed(keeper=bo.agency, at=NOON), by=ada)


def of(stay):
    return Placement.objects.get(pk=stay.pk)


def arrival_in_time(stay):
    clock = Clock.objects.of(stay.pk).get()
    return clock.ended_at, Entry.objects.get(verb="clocks.clock_stopped", about=clock.pk).facts["was_late"]


def test_who_came_in_time_kept_the_promise_though_it_is_written_down_after_it(ada, stay):
    arrive(stay, happened_at=SOON, at=TYPED, by=ada)
    assert (of(stay).arrived_at, arrival_in_time(stay)) == (SOON, (SOON, False))


def test_those_who_placed_hear_from_the_house_when_it_was(ada, bo, stay):
    as_seen_by(bo)
    arrive(Placement.objects.get(pk=stay.pk), happened_at=SOON, at=TYPED, by=bo)
    as_seen_by(ada)
    news_reaches(ada.agency, at=TYPED, times=2)
    assert arrival_in_time(stay) == (SOON, False)


def test_the_bed_is_free_from_when_they_left(ada, stay):
    arrive(stay, at=SOON, by=ada)
    leave(stay, happened_at=SOON + timedelta(hours=1), at=TYPED, by=ada)
    assert of(stay).ends_at == SOON + timedelta(hours=1)
    assert free_beds(SOON + timedelta(hours=2)).filter(pk=stay.bed_id).exists()
    again = a_placement(a_case(by=ada, known_as="Otto Lund"), stay.bed, by=ada, at=SOON + timedelta(hours=2))
    assert again.bed_id == stay.bed_id


def test_nobody_comes_before_the_bed_is_theirs_or_leaves_before_they_came(ada, stay):
    with pytest.raises(Refused, match="before this began"):
        arrive(stay, happened_at=NOON - timedelta(hours=1), at=TYPED, by=ada)
    with pytest.raises(Refused, match="in the future"):
        arrive(stay, happened_at=TYPED + timedelta(hours=1), at=TYPED, by=ada)
    arrive(stay, happened_at=SOON, at=TYPED, by=ada)
    with pytest.raises(Refused, match="before this began"):
        leave(stay, happened_at=SOON - timedelta(minutes=5), at=TYPED, by=ada)
    with pytest.raises(Refused, match="in the future"):
        leave(stay, happened_at=TYPED + timedelta(hours=1), at=TYPED, by=ada)


def test_the_page_asks_before_it_writes_down_that_they_arrived():
    by = an_actor(now=timezone.now())
    begun = by.now - timedelta(hours=5)
    case = a_case(by=by, at=begun)
    stay = a_placement(case, a_bed(keeper=by.agency, at=begun), by=by, at=begun)
    page, where = browser_of(by), reverse("referrals:arrival", args=[stay.pk])
    assert f'href="{where}"' in page.get(reverse("desk:case", args=[case.pk])).content.decode()
    assert "When, if not just now" in page.get(where).content.decode()
    assert of(stay).arrived_at is None, "to look is not to say"
    then = (by.now - timedelta(hours=3)).astimezone(by.zone).replace(second=0, microsecond=0)
    assert press(page, where, by=by, happened_at=then.strftime("%Y-%m-%dT%H:%M")).status_code == 303
    assert of(stay).arrived_at == then
    gone = reverse("referrals:departure", args=[stay.pk])
    typed = (then + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert press(page, gone, by=by, words="To her sister", happened_at=typed).status_code == 303
    assert (of(stay).ended_how, of(stay).ends_at) == ("left", then + timedelta(hours=1))
