"""Board and case page tell each contact that was one, and none that was none."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.follow_up import Try, attempt
from breakwater.cases.actions.not_reached import take_back_contact
from breakwater.cases.models import FollowUp
from breakwater.cases.testing import a_case, a_note
from breakwater.desk.board import Asked, board
from breakwater.trust.testing import an_actor
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=timezone.now())


def last_contact(by):
    pinned, rest = board(by, Asked())
    (row,) = [*pinned, *rest]
    return row.last_contact_at


def test_the_board_tells_the_contact_before_one_that_was_none(ada):
    case = a_case(by=ada, at=ada.now - timedelta(hours=5))
    first, second = (ada.now - timedelta(hours=ago) for ago in (4, 1))
    a_note(case, by=ada, at=first, kind="call", reached=True)
    mistaken = a_note(case, by=ada, at=second, kind="call", reached=True)
    assert last_contact(ada) == second
    take_back_contact(mistaken, reason="The wrong case.", at=ada.now, by=ada)
    assert last_contact(ada) == first


def test_the_case_page_tells_no_try_that_was_none(ada):
    case = a_case(by=ada, at=ada.now - timedelta(hours=5))
    owed = FollowUp.objects.standing().get(case=case, kind="follow_up_24h")
    early = attempt(owed, Try(outcome="reached"), at=ada.now, by=ada)
    page, where = browser_of(ada), reverse("desk:case", args=[case.pk])
    assert "before its time: still owed" in page.get(where).content.decode()
    take_back_contact(early, reason="The wrong box.", at=ada.now, by=ada)
    assert "before its time: still owed" not in page.get(where).content.decode()


def test_a_check_in_that_reached_them_is_a_contact_until_it_is_taken_back(ada):
    case = a_case(by=ada, at=ada.now - timedelta(hours=25))
    note = a_note(case, by=ada, at=ada.now - timedelta(hours=3), kind="call", reached=True)
    owed = FollowUp.objects.standing().get(case=case, kind="follow_up_30d")
    attempt(owed, Try(outcome="no_answer"), at=ada.now - timedelta(hours=1), by=ada)
    assert last_contact(ada) == note.happened_at
    told = attempt(owed, Try(outcome="reached"), at=ada.now - timedelta(minutes=5), by=ada)
    assert last_contact(ada) == told.at
    take_back_contact(told, reason="Her sister.", at=ada.now, by=ada)
    assert last_contact(ada) == note.happened_at
