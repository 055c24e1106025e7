"""What a law protects goes into no letter, no packet and to no host without the person's consent."""

from datetime import UTC, datetime, timedelta

import pytest

from breakwater.cases.testing import a_case
from breakwater.people.models import ContactPoint
from breakwater.referrals.actions.handoff import Receiver, offer_case
from breakwater.referrals.actions.loop import Letter, refer
from breakwater.referrals.actions.placement import Guest, place
from breakwater.referrals.models import Referral
from breakwater.referrals.packet import USUAL, packet_of
from breakwater.referrals.testing import a_bed
from breakwater.trust.actions.consents import take_consent
from breakwater.trust.journal import see_shared
from breakwater.trust.models import Decision
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import a_release, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def clinic():
    return an_actor(now=NOW, agency=an_agency(kind="clinic"))


@pytest.fixture
def dot(clinic):
    """Somebody at a detox: everything she writes is protected by federal law."""
    return an_actor(now=NOW, agency=an_agency(kind="detox"))


@pytest.fixture
def case(dot):
    return a_case(by=dot, at=NOW)


def agrees(case, to, by, **facts):
    usual = {
        "kind": "part2", "segments": frozenset({"part2"}), "information": frozenset({"who", "care", "needs"}),
        "what": "That I am in treatment, and what I need", "ends": NOW.date() + timedelta(30), "lets_in": False,
    }  # fmt: skip
    return take_consent(a_release(to, **(usual | facts)), circle=case.circle, at=NOW, by=by)


def a_letter(to, **facts):
    usual = {"to_name": to.name, "to_agency": to, "need": "medical", "words": "Can you see them?"}
    return Letter(**(usual | {"known_as": "Marisol"} | facts))


def test_a_letter_that_says_who_it_is_needs_the_persons_consent(case, dot, clinic):
    with pytest.raises(Unlawful) as refused:
        refer(case, a_letter(clinic.agency), at=NOW, by=dot)
    assert refused.value.code == "P2-CON-02"
    assert [one.answer for one in dot.refused] == [Decision.Answer.REFUSE]


def test_a_letter_that_names_nobody_needs_none_and_carries_nothing(case, dot, clinic):
    assert refer(case, a_letter(clinic.agency, known_as=""), at=NOW, by=dot).goes_with == ""


def test_a_letter_that_may_go_takes_the_notice_and_the_scope_along(case, dot, clinic):
    agrees(case, clinic.agency, dot)
    sent = refer(case, a_letter(clinic.agency), at=NOW, by=dot)
    as_seen_by(clinic)
    read = see_shared(Referral, sent.pk, by=clinic).goes_with
    assert "42 CFR part 2 prohibits unauthorized use or disclosure" in read
    assert "That I am in treatment, and what I need" in read
    assert f"consent until {NOW + timedelta(30):%B}" in read


def test_a_consent_for_one_purpose_does_not_serve_another(case, dot, clinic):
    agrees(case, clinic.agency, dot)
    with pytest.raises(Unlawful):
        refer(case, a_letter(clinic.agency, need="legal"), at=NOW, by=dot)


def test_a_hand_off_takes_along_what_was_agreed_and_no_confidential_place(case, dot, clinic):
    ContactPoint.objects.create(
        circle=case.circle, person=case.person, kind="address", value="Oak Street 9", starts_at=NOW,
        segments=["location-confidential"],
    )  # fmt: skip
    packet = packet_of(case, USUAL, by=dot)
    assert "Oak Street" not in str(packet)
    to = Receiver(name=clinic.agency.name, agency=clinic.agency)
    with pytest.raises(Unlawful):
        offer_case(case, to=to, packet=packet, at=NOW, by=dot)
    agrees(case, clinic.agency, dot)
    assert "42 CFR part 2" in offer_case(case, to=to, packet=packet, at=NOW, by=dot).packet["goes_with"]


def test_a_host_is_told_no_name_that_the_law_keeps(case, dot, clinic):
    bed = a_bed(keeper=clinic.agency, at=NOW - timedelta(days=1))
    as_seen_by(dot)
    with pytest.raises(Unlawful):
        place(case, bed, guest=Guest(known_as="Marisol"), at=NOW, by=dot)
    assert place(case, bed, guest=Guest(), at=NOW, by=dot).known_as == ""


def test_what_no_law_protects_goes_to_who_cares_and_is_written_down(clinic):
    us = as_seen_by(an_actor(now=NOW))
    refer(a_case(by=us, at=NOW), a_letter(clinic.agency), at=NOW, by=us)
    told = Decision.objects.get(act="refer")
    assert (told.answer, told.what) == ("permit", "A referral for medical, with their name")


def test_the_police_are_not_who_cares(clinic):
    us = as_seen_by(an_actor(now=NOW))
    case, police = a_case(by=us, at=NOW), an_agency(kind="police_liaison")
    with pytest.raises(Unlawful) as refused:
        refer(case, a_letter(police), at=NOW, by=us)
    assert refused.value.code == "HIPAA-AUTH-02"
