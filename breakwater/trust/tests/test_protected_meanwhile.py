"""What protects a record while others act on it: nothing that was raised is lost, and nobody comes in meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from breakwater.trust.access import acting
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.consents import lower_segment, raise_segments, take_consent, withdraw_consent
from breakwater.trust.actions.glass import Emergency, break_glass
from breakwater.trust.actions.standing import let_out
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Circle, Glass, Grant
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import a_guest, a_release, an_actor, an_involvement

NOW = datetime.now(UTC)
EARLIER = NOW - timedelta(hours=1)
WHY = Emergency(reason="life_threat", words="Unconscious at the bus stop.", lasts=timedelta(hours=1))


def protection_of(circle):
    return set(Circle.objects.get(pk=circle.pk).segments)


@pytest.mark.django_db
def test_what_a_colleague_raised_after_the_page_was_read_stays():
    ada = an_actor(now=NOW)
    circle = open_circle(at=EARLIER, by=ada)
    as_read = Circle.objects.get(pk=circle.pk)
    raise_segments(circle, ["part2"], at=NOW, by=ada)
    raise_segments(as_read, ["vsp"], at=NOW, by=ada)
    assert protection_of(circle) == {"part2", "vsp"}


@pytest.mark.django_db
def test_what_is_lowered_takes_nothing_along_that_was_raised_after_the_page_was_read():
    olga = an_actor(Role.PRIVACY_OFFICER, now=NOW)
    ada = an_actor(now=NOW, agency=olga.agency)
    circle = open_circle(at=EARLIER, by=ada)
    raise_segments(circle, ["education"], at=NOW, by=ada)
    as_read = Circle.objects.get(pk=circle.pk)
    raise_segments(circle, ["part2"], at=NOW, by=ada)
    lower_segment(as_read, "education", reason="No school record after all.", at=NOW, by=olga)
    assert protection_of(circle) == {"part2"}


def a_grant_past_every_act(circle, ada, guest):
    Grant.objects.create(circle=circle, agency=guest.agency, basis="care", information=["who"], starts_at=NOW)


def by_consent(circle, ada, guest):
    release = replace(a_release(guest.agency), ends=NOW.date() + timedelta(9))
    take_consent(release, circle=circle, at=NOW, by=ada)


def by_letting_in(circle, ada, guest):
    a_guest(circle, agency=guest.agency, until=None, at=NOW, by=ada)


def by_breaking_glass(circle, ada, guest):
    break_glass([circle.pk], WHY, at=NOW, by=guest)


@pytest.mark.parametrize(
    ("comes_in", "is_told"),
    [
        (by_consent, Unlawful),
        (by_letting_in, Unlawful),
        (by_breaking_glass, Unlawful),
        (a_grant_past_every_act, IntegrityError),
    ],
)
def test_nobody_comes_in_while_a_law_comes_to_protect_it(meanwhile, comes_in, is_told):
    with transaction.atomic():
        guest = an_actor(Role.RESPONDER, now=NOW)
        olga = an_actor(Role.SUPERVISOR, now=NOW)
        circle = open_circle(at=EARLIER, by=olga)
        as_read = Circle.objects.get(pk=circle.pk)

    def comes():
        with acting(guest if comes_in is by_breaking_glass else olga):
            comes_in(as_read, olga, guest)

    ended = meanwhile(lambda: raise_segments(circle, ["vsp"], at=NOW, by=olga), comes, by=olga)
    assert type(ended) is is_told, ended
    with acting(guest):
        assert not Circle.objects.filter(pk=circle.pk).exists()


@pytest.mark.django_db
class TestAnotherServersClockIsAheadOfOurs:
    """It wrote a minute from now when something began; ours ends it, and whoever was let in is out for good."""

    AHEAD = NOW + timedelta(minutes=1)

    def a_circle(self):
        ada = an_actor(Role.SUPERVISOR, now=NOW)
        return ada, open_circle(at=EARLIER, by=ada)

    def grant_of(self, circle):
        return Grant.objects.exclude(agency=circle.opened_by_id).get(circle=circle)

    def test_a_consent_that_is_withdrawn_closes_what_it_opened(self):
        guest = an_actor(now=NOW)
        ada, circle = self.a_circle()
        release = replace(a_release(guest.agency), ends=NOW.date() + timedelta(9))
        consent = take_consent(release, circle=circle, at=self.AHEAD, by=ada)
        withdraw_consent(consent, words="No more.", at=NOW, by=ada)
        grant = self.grant_of(circle)
        assert grant.ends_at == grant.starts_at

    def test_whoever_is_let_out_is_out(self):
        guest = an_actor(now=NOW)
        ada, circle = self.a_circle()
        a_guest(circle, agency=guest.agency, until=None, at=self.AHEAD, by=ada)
        let_out(circle, agency=guest.agency, at=NOW, by=ada)
        grant = self.grant_of(circle)
        assert grant.ends_at == grant.starts_at

    def test_what_comes_to_protect_the_record_closes_what_it_does_not_open(self):
        guest = an_actor(now=NOW)
        ada, circle = self.a_circle()
        a_guest(circle, agency=guest.agency, until=None, at=self.AHEAD, by=ada)
        raise_segments(circle, ["vsp"], at=NOW, by=ada)
        grant = self.grant_of(circle)
        assert grant.ends_at == grant.starts_at

    def test_what_was_said_of_somebody_close_gives_way_to_what_is_said_now(self):
        ada, circle = self.a_circle()
        said = an_involvement(circle=circle, at=self.AHEAD, by=ada)
        again = an_involvement(circle=circle, at=NOW, by=ada, answer="agreed")
        said.refresh_from_db()
        assert (said.ends_at, again.ends_at) == (said.starts_at, None)


@pytest.mark.django_db
def test_whoever_broke_a_glass_looks_through_it_at_once_though_our_clock_is_behind():
    ada = an_actor(now=NOW)
    circle = open_circle(at=EARLIER, by=ada)
    a_minute_ago = datetime.now(UTC) - timedelta(minutes=1)
    bo = an_actor(Role.RESPONDER, now=a_minute_ago)
    (glass,) = break_glass([circle.pk], WHY, at=bo.now, by=bo)
    assert Glass.objects.open(bo.now).get() == glass
    assert glass.is_open(bo.now)
    assert Grant.objects.standing(bo.now).of(bo).get().starts_at == glass.opened_at


@pytest.mark.django_db
def test_nobody_says_that_a_glass_was_open_long_before():
    ada = an_actor(now=NOW)
    circle = open_circle(at=EARLIER, by=ada)
    bo = an_actor(Role.RESPONDER, now=EARLIER)
    (glass,) = break_glass([circle.pk], WHY, at=bo.now, by=bo)
    assert glass.opened_at > NOW - timedelta(minutes=6)
