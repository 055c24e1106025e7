"""Messages about a referral, between its two ends."""

import pytest
from django.db import DatabaseError, transaction

from breakwater.cases.testing import a_case
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.messaging.actions.threads import write_on_letter
from breakwater.messaging.models import Message, Thread
from breakwater.messaging.testing import a_letter_message
from breakwater.referrals.actions.loop import open_thread
from breakwater.referrals.testing import a_referral
from breakwater.trust.capabilities import Role
from breakwater.trust.journal import see_shared
from breakwater.trust.models import Decision
from breakwater.trust.rules.law import Unlawful
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor()


@pytest.fixture
def rosa():
    return an_actor(Role.PARTNER, name="Rosa Lind")


def a_thread_between(ada, rosa, **facts):
    as_seen_by(ada)
    referral = a_referral(a_case(by=ada, **facts), by=ada, to_agency=rosa.agency, to_name=rosa.agency.name)
    return open_thread(referral, at=NOON, by=ada)


def test_a_referral_has_one_thread_between_its_two_ends(ada, rosa):
    stranger = an_actor()
    thread = a_thread_between(ada, rosa)
    a_letter_message(thread, by=ada)
    as_seen_by(rosa)
    found = see_shared(Thread, thread.pk, by=rosa, related=("from_agency", "to_agency"))
    assert found.other_end(rosa.agency_id) == ada.agency
    a_letter_message(found, "A bed is made up.", by=rosa)
    assert rosa.stands_in(thread.circle_id) is False
    as_seen_by(ada)
    assert [one.words for one in Message.objects.visible_to(ada)] == [
        "They are on their way.",
        "A bed is made up.",
    ]
    assert Decision.objects.filter(about=thread.about, answer="permit").count() == 1
    as_seen_by(stranger)
    assert not Thread.objects.exists()
    with pytest.raises(NotPermitted):
        write_on_letter(thread, "I too.", is_urgent=False, at=NOON, by=stranger)


def test_a_law_keeps_what_the_sender_writes_and_leaves_nothing_behind():
    ada, rosa = an_actor(agency=an_agency(kind="victim_service")), an_actor(Role.PARTNER)
    thread = a_thread_between(ada, rosa)
    with pytest.raises(Unlawful), transaction.atomic():
        a_letter_message(thread, by=ada)
    assert not Message.objects.exists()
    as_seen_by(rosa)
    assert a_letter_message(thread, "Who is it?", by=rosa).number == 1


def test_a_thread_of_no_letter_is_opened_by_nobody(ada, rosa):
    thread = a_thread_between(ada, rosa)
    with pytest.raises(DatabaseError), transaction.atomic():
        Thread.objects.create(
            circle_id=thread.circle_id, case_id=thread.case_id, about=rosa.agency_id, from_agency=ada.agency,
            to_agency=rosa.agency, opened_at=NOON, last_at=NOON,
        )  # fmt: skip


def test_whoever_does_not_work_here_is_called(ada):
    as_seen_by(ada)
    with pytest.raises(Refused, match="Call them"):
        open_thread(a_referral(a_case(by=ada), by=ada), at=NOON, by=ada)
