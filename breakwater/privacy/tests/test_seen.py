"""Who saw a record and why; and the copy that the person is given."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.testing import a_case
from breakwater.referrals.actions.loop import Letter, refer
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Decision
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


@pytest.fixture
def boss(ada):
    return an_actor(Role.PRIVACY_OFFICER, agency=ada.agency, now=timezone.now(), name="Ines Roy")


def page(by, person, copy=""):
    answer = browser_of(by).get(reverse("privacy:seen", args=[person.pk]) + copy)
    return answer.status_code, answer.content.decode()


def let_out(person, by, **facts):
    """A permit as it is written down; warnings and courts have no page of their own yet."""
    usual = {
        "agency": by.agency, "by": by.user, "act": "disclose", "circle": person.circle, "answer": "permit",
        "recipient_name": "Oak County Court", "purpose": "HLEGAL", "what": "The record of May",
        "basis": "a court order", "at": datetime.now(UTC),
    }  # fmt: skip
    as_seen_by(by)
    return Decision.objects.create(**(usual | facts))


def test_it_says_what_left_who_stands_there_and_who_looked(ada, boss):
    as_seen_by(ada)
    case = a_case(by=ada, at=ada.now - timedelta(hours=2), known_as="Marisol")
    clinic = an_agency(name="Tide Clinic", kind="clinic")
    refer(case, Letter(to_name=clinic.name, to_agency=clinic, need="medical", words="?", known_as="Marisol"),
          at=ada.now, by=ada)  # fmt: skip
    take_consent(a_release(an_agency(name="Lantern"), ends=ada.now.date() + timedelta(9)), circle=case.circle,
                 at=ada.now - timedelta(hours=1), by=ada)  # fmt: skip
    browser_of(ada).get(reverse("desk:case", args=[case.pk]))
    status, told = page(boss, case.person)
    assert status == 200
    for words in (
        "Tide Clinic",
        "A referral for medical, with their name",
        "Lantern",
        "The person agreed",
        ada.name,
    ):
        assert words in told


def test_the_persons_copy_counts_what_the_law_counts_and_names_no_worker(ada, boss):
    person = a_case(by=ada, at=ada.now - timedelta(hours=2), known_as="Marisol").person
    for _ in range(3):
        let_out(person, ada)
    let_out(person, ada, recipient_name="Tide Clinic", purpose="TREAT")
    status, told = page(boss, person, "?for=person")
    assert status == 200
    assert "Oak County Court" in told
    assert "3 times since" in told
    assert "Tide Clinic" not in told.split("<article")[1]
    assert ada.name not in told.split("<article")[1]


def test_the_copy_of_a_victim_service_agency_does_not_say_whose_it_is():
    agency = an_agency(name="Safe Harbor House", kind="victim_service")
    vera = an_actor(now=timezone.now(), agency=agency)
    person = a_case(by=vera, at=vera.now - timedelta(hours=2)).person
    officer = an_actor(Role.PRIVACY_OFFICER, agency=agency, now=timezone.now())
    _, told = page(officer, person, "?for=person")
    assert "Safe Harbor House" not in told.split("<article")[1].split("</article")[0]


def test_it_is_for_reviewers(ada):
    person = a_case(by=ada, at=ada.now - timedelta(hours=2)).person
    assert page(ada, person)[0] == 403
    assert page(an_actor(Role.PRIVACY_OFFICER, now=timezone.now()), person)[0] == 404
