"""A consent that ends runs on a clock; one that was withdrawn runs no longer."""

from datetime import UTC, datetime, timedelta

import pytest

from breakwater.clocks.models import Clock
from breakwater.trust.access import acting
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.actions.consents import take_consent, withdraw_consent
from breakwater.trust.dispatch import react
from breakwater.trust.models import Entry
from breakwater.trust.testing import a_release, an_actor, an_agency

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
