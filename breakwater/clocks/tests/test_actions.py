"""Start, stop, pause, excuse."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from breakwater.clocks.actions import (
    Promise,
    pause,
    replace,
    resume,
    resume_overdue,
    start,
    start_all,
    stop,
    stop_kind,
)
from breakwater.clocks.models import Clock, Pause
from breakwater.clocks.testing import a_clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.kernel.ids import new_id
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")


def told(clock):
    """What the journal says of a clock: verbs and facts, oldest first."""
    return [
        (entry.verb.split(".")[1], entry.facts)
        for entry in Entry.objects.filter(about=clock.pk).order_by("pk")
    ]


# --- start


def test_a_clock_is_due_as_its_profile_says():
    clock = a_clock("stabilization")
    assert (clock.due_at, clock.due_soon_at) == (NOON + 48 * HOUR, NOON + 42 * HOUR)
    assert told(clock) == [
        (
            "clock_started",
            {"clock_id": str(clock.pk), "kind": "stabilization", "due_at": "2026-03-12T12:00:00+00:00"},
        )
    ]


def test_days_are_counted_where_the_agency_is():
    """Asked on 10 March at 22:00 in New York, which is already the 11th in Greenwich."""
    clock = a_clock("follow_up_7d", started_at=NOON + 14 * HOUR)
    assert clock.due_at.astimezone(NEW_YORK).isoformat() == "2026-03-17T23:59:59-04:00"
    assert clock.calendar == "local_days"


def test_another_jurisdiction_promises_otherwise():
    england = an_actor(agency=an_agency(profile="gb-eng", time_zone="Europe/London"))
    clock = a_clock("first_contact", by=england)
    assert clock.due_at == NOON + 4 * HOUR
    assert clock.profile == "gb-eng@2026-11"


def test_an_act_may_give_the_limit_or_the_moment():
    assert a_clock("triage_response", limit=2 * HOUR).due_at == NOON + 2 * HOUR
    by_then = (NOON + 3 * DAY).astimezone(NEW_YORK)
    assert a_clock("step", until=by_then).due_at == by_then


def test_a_limit_that_nobody_gives_is_a_mistake_of_ours():
    with pytest.raises(LookupError, match="needs a limit from whoever starts it"):
        a_clock("step")


def test_a_promise_in_the_past_is_refused():
    with pytest.raises(Refused, match="due after it is made"):
        a_clock("step", until=NOON)


def test_the_same_promise_twice_is_refused_and_the_first_runs_on():
    by = an_actor()
    clock = a_clock("step", by=by, until=NOON + HOUR)
    with pytest.raises(Overtaken, match="The clock “Step” already runs"):
        a_clock("step", by=by, circle=clock.circle, about=clock.about, until=NOON + 2 * HOUR)
    assert Clock.objects.running().of(clock.about).get().due_at == NOON + HOUR


def test_several_start_at_once_or_none():
    by = an_actor()
    running = a_clock(by=by)
    promises = [
        Promise(kind=kind, about=running.about, started_at=NOON) for kind in ("stabilization", "next_contact")
    ]
    with pytest.raises(Overtaken, match="“Stabilization” or “Next contact”"):
        start_all(promises, circle=running.circle, episode=None, at=NOON, by=by)
    assert Clock.objects.of(running.about).get() == running


@pytest.mark.parametrize("many", [1, 7])
def test_seven_clocks_cost_as_many_statements_as_one(many):
    by = an_actor()
    circle = open_circle(at=NOON, by=by)
    promises = [Promise(kind="next_contact", about=new_id(), started_at=NOON) for _ in range(many)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        start_all(promises, circle=circle, episode=new_id(), at=NOON, by=by)
    into = [re.findall(r"INSERT INTO \W?(\w+)", query["sql"]) for query in asked]
    assert [tables for tables in into if tables] == [["clocks_clock"], ["trust_change", "trust_entry"]]


def test_only_those_who_may_run_clocks_start_them():
    partner = an_actor(Role.PRIVACY_OFFICER)
    circle = a_clock(by=an_actor(agency=partner.agency)).circle
    with pytest.raises(NotPermitted, match="Start, stop, pause and excuse clocks"):
        a_clock(by=partner, circle=circle)


def test_a_stranger_to_the_circle_runs_no_clock_in_it():
    clock = a_clock()
    stranger = as_seen_by(an_actor(agency=an_agency()))
    with pytest.raises(NotPermitted, match="does not stand"):
        stop(clock, how=Clock.Ended.MET, at=NOON, by=stranger)


# --- stop


@pytest.mark.parametrize(("hours", "late"), [(1, False), (48, False), (49, True)])
def test_a_clock_that_is_stopped_in_time_was_kept(hours, late):
    by = an_actor()
    clock = stop(a_clock("stabilization", by=by), how=Clock.Ended.MET, at=NOON + hours * HOUR, by=by)
    assert (clock.ended_how, clock.ended_at, clock.ended_by) == ("met", NOON + hours * HOUR, by.user)
    assert told(clock)[-1] == (
        "clock_stopped",
        {"clock_id": str(clock.pk), "kind": "stabilization", "how": "met", "was_late": late},
    )


def test_stopping_twice_changes_nothing_and_tells_nothing():
    by = an_actor()
    clock = a_clock(by=by)
    stop(clock, how=Clock.Ended.MET, at=NOON + HOUR, by=by)
    again = stop(clock, how=Clock.Ended.CLOSED, at=NOON + 2 * HOUR, by=by)
    assert (again.ended_how, again.ended_at) == ("met", NOON + HOUR)
    assert len(told(clock)) == 2


def test_what_happened_before_the_promise_stops_it_at_its_start():
    by = an_actor()
    assert stop(a_clock(by=by), how=Clock.Ended.MET, at=NOON - HOUR, by=by).ended_at == NOON


def test_an_excuse_needs_a_reason():
    by = an_actor()
    clock = a_clock(by=by)
    with pytest.raises(Refused, match="Say why this promise is excused"):
        stop(clock, how=Clock.Ended.EXCUSED, excuse="  ", at=NOON, by=by)
    assert (
        stop(clock, how=Clock.Ended.EXCUSED, excuse=" Snowed in. ", at=NOON + HOUR, by=by).excuse
        == "Snowed in."
    )


def test_whichever_of_these_kinds_run_are_stopped():
    by = an_actor()
    clock = a_clock(by=by)
    other = a_clock("stabilization", by=by, circle=clock.circle, about=clock.about)
    stopped = stop_kind(
        ("next_contact", "first_contact"), about=clock.about, how=Clock.Ended.MET, at=NOON, by=by
    )
    assert stopped == [clock]
    assert Clock.objects.running().get() == other


def test_a_clock_takes_the_place_of_the_one_before():
    by = an_actor()
    before = a_clock(by=by)
    promise = Promise(kind="next_contact", about=before.about, started_at=NOON + HOUR)
    made = replace(promise, circle=before.circle, episode=None, at=NOON + HOUR, by=by)
    before.refresh_from_db()
    assert (before.ended_how, made.ended_at) == ("replaced", None)
    first = Promise(kind="rescreen", about=before.about, started_at=NOON)
    assert replace(first, circle=before.circle, episode=None, at=NOON, by=by)


# --- pause


def test_a_clock_that_stood_still_is_due_later_by_as_long():
    by = an_actor()
    clock = a_clock("stabilization", by=by)
    pause(clock, reason="in_hospital", at=NOON + 4 * HOUR, by=by)
    clock = resume(clock, at=NOON + 10 * HOUR, by=by)
    assert (clock.due_at, clock.due_soon_at, clock.paused_at) == (NOON + 54 * HOUR, NOON + 48 * HOUR, None)
    assert [verb for verb, _ in told(clock)] == ["clock_started", "clock_paused", "clock_resumed"]
    assert Pause.objects.get(clock=clock).ends_at == NOON + 10 * HOUR


def test_days_that_were_left_at_the_pause_are_left_at_its_end():
    by = an_actor()
    clock = a_clock("handoff_first_contact", by=by)
    pause(clock, reason="in_hospital", at=NOON + DAY, by=by)
    clock = resume(clock, at=NOON + 3 * DAY, by=by)
    assert clock.due_at.astimezone(NEW_YORK).isoformat() == "2026-03-19T23:59:59-04:00"
    assert clock.due_at - clock.due_soon_at == 2 * DAY


def test_a_pause_says_until_when_and_lasts_no_longer_than_its_reason_allows():
    by = an_actor()
    clock = a_clock("stabilization", by=by)
    with pytest.raises(Refused, match="can be paused until Tue 17 Mar 08:00 at most"):
        pause(clock, reason="in_hospital", until=NOON + 8 * DAY, at=NOON, by=by)
    with pytest.raises(Refused, match="at most"):
        pause(clock, reason="in_hospital", until=NOON, at=NOON, by=by)
    assert pause(clock, reason="in_hospital", at=NOON, by=by).until == NOON + 7 * DAY


@pytest.mark.parametrize(
    ("kind", "reason", "hours", "sentence"),
    [
        ("stabilization", "on_holiday", 1, "cannot be paused for this reason"),
        ("next_contact", "in_hospital", 1, "cannot be paused for this reason"),
        ("stabilization", "in_hospital", 48, "was missed already"),
        ("stabilization", "in_hospital", -1, "before it starts"),
    ],
)
def test_a_promise_is_not_paused_away(kind, reason, hours, sentence):
    by = an_actor()
    with pytest.raises(Refused, match=sentence):
        pause(a_clock(kind, by=by), reason=reason, at=NOON + hours * HOUR, by=by)


def test_a_clock_is_paused_once_and_resumed_once():
    by = an_actor()
    clock = a_clock("stabilization", by=by)
    with pytest.raises(Refused, match="is not paused"):
        resume(clock, at=NOON, by=by)
    pause(clock, reason="in_hospital", at=NOON + HOUR, by=by)
    with pytest.raises(Overtaken, match="already paused"):
        pause(clock, reason="in_custody", at=NOON + 2 * HOUR, by=by)
    resume(clock, at=NOON + 3 * HOUR, by=by)
    with pytest.raises(Refused, match="is not paused"):
        resume(clock, at=NOON + 4 * HOUR, by=by)


def test_a_stopped_clock_is_not_paused():
    by = an_actor()
    clock = a_clock("stabilization", by=by)
    stop(clock, how=Clock.Ended.MET, at=NOON + HOUR, by=by)
    with pytest.raises(Refused, match="already stopped"):
        pause(clock, reason="in_hospital", at=NOON + 2 * HOUR, by=by)


@pytest.mark.parametrize(("hours", "late"), [(60, False), (20, False), (2, False)])
def test_a_clock_that_stands_still_is_stopped_as_if_it_had_run_on(hours, late):
    """Paused with 44 hours left: whatever happens meanwhile is in time."""
    by = an_actor()
    clock = a_clock("stabilization", by=by)
    pause(clock, reason="in_hospital", at=NOON + 4 * HOUR, by=by)
    clock = stop(clock, how=Clock.Ended.MET, at=NOON + hours * HOUR, by=by)
    assert clock.paused_at is None
    assert told(clock)[-1][1]["was_late"] is late
    assert Pause.objects.get(clock=clock).ends_at == NOON + max(hours, 4) * HOUR


def test_a_pause_that_is_over_ends_by_itself_and_at_its_time():
    by = an_actor()
    clock = a_clock("stabilization", by=by)
    pause(clock, reason="in_custody", until=NOON + 10 * HOUR, at=NOON + 4 * HOUR, by=by)
    assert resume_overdue(at=NOON + 9 * HOUR, by=by) == 0
    assert resume_overdue(at=NOON + 12 * HOUR, by=by) == 1
    assert resume_overdue(at=NOON + 13 * HOUR, by=by) == 0
    clock.refresh_from_db()
    assert (clock.due_at, clock.paused_at) == (NOON + 54 * HOUR, None)


def test_another_agencys_pause_is_not_ours_to_end():
    by = an_actor()
    pause(a_clock("stabilization", by=by), reason="in_custody", at=NOON, by=by)
    as_seen_by(stranger := an_actor(agency=an_agency()))
    assert resume_overdue(at=NOON + 30 * DAY, by=stranger) == 0


def test_a_started_clock_is_what_start_returns():
    by = an_actor()
    circle = open_circle(at=NOON, by=by)
    promise = Promise(kind="stabilization", about=new_id(), started_at=NOON)
    made = start(promise, circle=circle, episode=(case := new_id()), at=NOON, by=by)
    found = Clock.objects.get()
    assert (found.pk, found.episode, found.due_at) == (made.pk, case, made.due_at)
