"""A consent that ends runs on a clock, and so does a request about a record, until it is withdrawn or answered."""

from datetime import UTC, datetime, timedelta

import pytest

from breakwater.clocks.models import Clock
from breakwater.trust.access import acting
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.consents import take_consent, withdraw_consent
from breakwater.trust.actions.requests import Answer, answer_request, check_asker, extend_request
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import Entry
from breakwater.trust.testing import a_release, a_request, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def ada():
    return an_actor(now=NOW)


def hear(verb, ada):
    for _ in range(2):
        react(Entry.objects.get(verb=verb).pk, ada.agency, at=NOW)


def test_a_consent_with_an_end_is_watched_once_until_it_is_withdrawn(ada):
    with acting(ada):
        circle = open_circle(at=NOW, by=ada)
        consent = take_consent(
            a_release(an_agency(), ends=NOW.date() + timedelta(9)), circle=circle, at=NOW, by=ada
        )
    hear("trust.consent_given", ada)
    clock = Clock.objects.get(about=consent.pk)
    assert clock.due_at == consent.ends_at
    withdraw_consent(consent, words="", at=NOW, by=ada)
    hear("trust.consent_withdrawn", ada)
    clock.refresh_from_db()
    assert clock.ended_at is not None


def test_a_consent_without_an_end_has_no_clock(ada):
    release = a_release(an_agency(), kind="part2_tpo", ends=None)
    take_consent(release, circle=open_circle(at=NOW, by=ada), at=NOW, by=ada)
    hear("trust.consent_given", ada)
    assert not Clock.objects.exists()


def test_a_request_about_a_record_has_one_clock_that_moves_with_its_extension_until_it_is_answered(ada):
    circle = open_circle(at=NOW - timedelta(days=60), by=ada)
    ines = as_seen_by(an_actor(Role.PRIVACY_OFFICER, agency=ada.agency, now=NOW))
    asked = a_request(circle, by=ines, received_at=NOW - timedelta(days=3))
    hear("trust.record_request_received", ada)
    clock = Clock.objects.running().get(about=asked.pk)
    assert (clock.due_at, clock.label) == (asked.due_at, "Answer the request about their record")
    extend_request(asked, reason="It is stored away.", at=NOW, by=ines)
    hear("trust.record_request_extended", ada)
    hear("trust.record_request_received", ada)
    asked.refresh_from_db()
    assert Clock.objects.running().get(about=asked.pk).due_at == asked.due_at
    check_asker(asked, how="known", words="", at=NOW, by=ines)
    answer_request(asked, Answer(outcome="granted"), at=NOW, by=ines)
    hear("trust.record_request_answered", ada)
    hear("trust.record_request_extended", ada)
    assert not Clock.objects.running().filter(about=asked.pk).exists()


def test_a_request_that_was_found_in_a_drawer_is_late_at_once(ada):
    circle = open_circle(at=NOW - timedelta(days=60), by=ada)
    asked = a_request(circle, by=ada, received_at=NOW - timedelta(days=45))
    hear("trust.record_request_received", ada)
    assert Clock.objects.overdue(NOW).get().about == asked.pk
