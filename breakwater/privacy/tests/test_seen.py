"""Who saw a record and why; and the copy that the person is given."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.others import read_by_others
from breakwater.cases.testing import a_case
from breakwater.people.actions.reach import add_supporter
from breakwater.referrals.actions.loop import Letter, refer
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Decision, Sighting
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
    release = a_release(an_agency(name="Lantern"), ends=ada.now.astimezone(ada.zone).date() + timedelta(9))
    take_consent(release, circle=case.circle, at=ada.now - timedelta(hours=1), by=ada)
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


def paper(told):
    """What is handed over: the article, and nothing round it."""
    return told.split("<article")[1].split("</article")[0]


def test_the_copy_is_read_over_the_shoulder_by_whoever_must_not_know(ada, boss):
    """No victim-service agency, told or let in; nowhere they may be; nothing said to who must not know."""
    house = an_agency(name="Safe Harbor House", kind="victim_service")
    person = a_case(by=as_seen_by(ada), at=ada.now - timedelta(hours=2), known_as="Marisol").person
    add_supporter(person, name="Raúl Vega", relation="husband", reach="", may_know="", must_not_know=True,
                  at=ada.now, by=ada)  # fmt: skip
    take_consent(a_release(house, ends=ada.now.astimezone(ada.zone).date() + timedelta(9)), circle=person.circle,
                 at=ada.now - timedelta(hours=1), by=ada)  # fmt: skip
    let_out(person, ada)
    let_out(person, ada, recipient=house, recipient_name="", what="That she comes on Friday")
    let_out(person, ada, what="Where she sleeps: 7 Elm St", segments=["location-confidential"])
    let_out(person, ada, what="What raul VEGA wrote to her", recipient_name="Police")
    _, told = page(boss, person, "?for=person")
    assert "Oak County Court" in paper(told)
    for endangers in ("Safe Harbor", "Friday", "Elm St", "VEGA", "Police", "left out here"):
        assert endangers not in paper(told)
    assert "4 lines are left out here" in told
    _, whole = page(boss, person, "?for=person&whole")
    for said in ("Safe Harbor House", "Friday", "Elm St", "VEGA"):
        assert said in paper(whole)


def test_what_another_agency_read_that_was_let_in_is_told_to_whose_record_it_is(ada, boss):
    person = a_case(by=as_seen_by(ada), at=ada.now - timedelta(hours=2), known_as="Marisol").person
    partner = an_actor(now=timezone.now(), agency=an_agency(name="Lantern Shelter"), name="Bo Lund")
    other = a_case(by=as_seen_by(partner), at=ada.now - timedelta(hours=2)).person
    release = a_release(partner.agency, ends=ada.now.astimezone(ada.zone).date() + timedelta(9))
    take_consent(release, circle=person.circle, at=ada.now - timedelta(hours=1), by=as_seen_by(ada))
    assert "No other agency read here" in page(boss, person)[1]
    for _ in range(2):
        browser_of(partner).get(reverse("desk:person", args=[person.pk]))
    browser_of(partner).get(reverse("desk:person", args=[other.pk]))
    _, told = page(boss, person)
    others = told.split('id="others"')[1]
    assert "Lantern Shelter" in others
    assert "2 pages" in others
    assert "Bo Lund" not in told
    as_seen_by(partner)
    assert read_by_others(person.circle_id) == [], "only whose record it is asks"
    as_seen_by(ada)
    assert read_by_others(other.circle_id) == []
    assert not Sighting.objects.filter(agency=partner.agency_id).exists()


def test_it_is_for_reviewers(ada):
    person = a_case(by=ada, at=ada.now - timedelta(hours=2)).person
    assert page(ada, person)[0] == 403
    assert page(an_actor(Role.PRIVACY_OFFICER, now=timezone.now()), person)[0] == 404
