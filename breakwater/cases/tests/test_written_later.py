"""A try is written down after it happened: clocks stop as of then, and it says when."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.closing import close_case
from breakwater.cases.actions.follow_up import Try, attempt, book_next_contact
from breakwater.cases.models import FollowUp
from breakwater.cases.testing import a_case
from breakwater.cases.timeline import chronology_of
from breakwater.clocks.actions import announce
from breakwater.clocks.models import Alarm, Clock
from breakwater.kernel.errors import Refused
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
DUE = NOON + timedelta(hours=10)
SPOKE, TYPED = DUE - timedelta(minutes=10), DUE + timedelta(minutes=20)


def tried(owed, by, happened_at, *, outcome="reached", at=TYPED):
    return attempt(owed, Try(outcome=outcome, happened_at=happened_at), at=at, by=by)


def test_who_was_reached_in_time_was_reached_in_time_whenever_it_is_typed():
    by = an_actor(Role.SUPERVISOR)
    owed = book_next_contact(a_case(by=by), due_at=DUE, at=NOON, by=by)
    announce(at=DUE + timedelta(minutes=1), by=by)
    made = tried(owed, by, SPOKE)
    clock = Clock.objects.of(owed.case_id).get(kind="next_contact")
    assert (clock.ended_how, clock.ended_at, made.at) == ("met", SPOKE, SPOKE)
    assert FollowUp.objects.get(pk=owed.pk).ends_at == SPOKE
    stopped = Entry.objects.get(verb="clocks.clock_stopped", about=clock.pk)
    assert (stopped.at, stopped.facts["was_late"]) == (SPOKE, False)
    assert Alarm.objects.filter(clock=clock, kind="missed").exists(), (
        "what was announced stays in the journal"
    )


def test_a_try_that_comes_late_is_late_even_so():
    by = an_actor(Role.SUPERVISOR)
    owed = book_next_contact(a_case(by=by), due_at=DUE, at=NOON, by=by)
    tried(owed, by, DUE + timedelta(minutes=5))
    clock = Clock.objects.of(owed.case_id).get(kind="next_contact")
    assert Entry.objects.get(verb="clocks.clock_stopped", about=clock.pk).facts["was_late"] is True


def test_three_tries_of_three_days_count_though_they_are_typed_on_the_last():
    by = an_actor(Role.SUPERVISOR)
    case = a_case(by=by)
    owed = FollowUp.objects.standing().get(case=case, kind="follow_up_24h")
    thursday = NOON + timedelta(hours=81)
    for hours in (1, 30, 80):
        tried(owed, by, NOON + timedelta(hours=hours), outcome="no_answer", at=thursday)
    assert close_case(case, outcome="lost", at=thursday, by=by).outcome == "lost"


def test_whether_a_contact_came_early_is_told_by_when_it_happened():
    by = an_actor(Role.SUPERVISOR)
    case = a_case(by=by)
    owed = FollowUp.objects.standing().get(case=case, kind="follow_up_24h")
    tried(owed, by, NOON + timedelta(minutes=5), at=NOON + timedelta(hours=20))
    assert FollowUp.objects.standing().filter(pk=owed.pk).exists(), (
        "who spoke with them then does not know the night"
    )


@pytest.mark.parametrize(
    ("moves", "sentence"),
    [(timedelta(minutes=30), "in the future"), (-timedelta(days=1), "before this began")],
)
def test_a_try_lies_neither_in_the_future_nor_before_it_was_owed(moves, sentence):
    by = an_actor(Role.SUPERVISOR)
    owed = book_next_contact(a_case(by=by), due_at=DUE, at=NOON, by=by)
    with pytest.raises(Refused, match=sentence) as refused:
        tried(owed, by, TYPED + moves)
    assert set(refused.value.fields) == {"happened_at"}


def test_the_page_asks_when_and_shows_what_was_written_late():
    by = an_actor(Role.SUPERVISOR, now=timezone.now())
    begun = by.now - timedelta(hours=5)
    case = a_case(by=by, at=begun)
    owed = book_next_contact(case, due_at=by.now + timedelta(hours=1), at=begun, by=by)
    page, where = browser_of(by), reverse("cases:attempt", args=[owed.pk])
    assert "When, if not just now" in page.get(where).content.decode()
    tomorrow = (by.now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    refused = press(page, where, by=by, outcome="no_answer", happened_at=tomorrow)
    assert (refused.status_code, b"<details open>" in refused.content) == (422, True)
    then = (by.now - timedelta(hours=3)).astimezone(by.zone)
    typed = press(page, where, by=by, outcome="no_answer", happened_at=then.strftime("%Y-%m-%dT%H:%M"))
    assert typed.status_code == 303
    assert "Late entry: recorded" in page.get(where).content.decode()
    late = next(one for one in chronology_of(case) if one.verb == "cases.follow_up_attempted")
    assert (late.is_late, late.at) == (True, then.replace(second=0, microsecond=0))
