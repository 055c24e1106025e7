"""A clock that stands still breaches nothing, and the unit of a case is the unit of whoever answers for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from breakwater.cases.actions.owners import assign, take
from breakwater.cases.testing import a_case, a_queued_case
from breakwater.clocks.actions import pause
from breakwater.clocks.models import Clock
from breakwater.desk.asked import Asked
from breakwater.desk.board import board, counts
from breakwater.desk.loads import loads
from breakwater.trust.access import actor_for
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Appointment, Unit
from breakwater.trust.testing import an_actor, as_seen_by

pytestmark = pytest.mark.django_db

LAST = "follow_up_30d"


@pytest.fixture
def ada():
    return an_actor(Role.SUPERVISOR, now=timezone.now())


def paused(by, *kinds, leaves=(LAST,), **facts):
    """A case of three days ago: what stands still was due yesterday; of all the rest only one promise runs."""
    case = a_case(by=by, at=by.now - timedelta(hours=72), **facts)
    as_seen_by(by)
    running = Clock.objects.running().in_episode(case.pk)
    for clock in running.filter(kind__in=kinds).select_related("circle"):
        pause(clock, reason="in_hospital", at=by.now - timedelta(hours=60), by=by)
    running.exclude(kind__in=(*kinds, *leaves)).update(ended_at=by.now, ended_how="met")
    return case


def shown(by, which="all", **asked):
    as_seen_by(by)
    pinned, rest = board(by, Asked(which=which, **asked))
    return [(one.known_as, one.state) for one in (*pinned, *rest)]


def breaching(by):
    (mine,) = [one for one in loads(by) if one.worker_id == by.user_id]
    return counts(by, intake="/cases/intake/").which["breaching"], mine.missed


@pytest.mark.parametrize("dangers", [{}, {"self": ("now", "Said so.")}], ids=["calm", "in danger now"])
def test_whoever_is_in_hospital_breaches_nothing_and_stands_where_the_next_promise_is_due(ada, dangers):
    paused(ada, "stabilization", known_as="Hal", dangers=dangers)
    assert shown(ada) == [("Hal", "ok")]
    assert shown(ada, "breaching") == []
    assert breaching(ada) == (0, 0)


def test_what_ticks_goes_before_what_stands_still(ada):
    paused(ada, "stabilization", known_as="Hal")
    a_case(by=ada, at=ada.now - timedelta(hours=2), known_as="Late")
    assert shown(ada) == [("Late", "missed"), ("Hal", "ok")]
    assert shown(ada, "breaching") == [("Late", "missed")]
    assert breaching(ada) == (1, 1)


def test_a_case_of_which_every_clock_stands_still_is_on_the_board_all_the_same(ada):
    paused(ada, "stabilization", leaves=(), known_as="Hal")
    assert shown(ada) == [("Hal", "ok")]
    assert (shown(ada, "breaching"), breaching(ada)) == ([], (0, 0))


def somebody_of(agency, unit, now):
    """Somebody who works in a unit, or in none."""
    made = an_actor(agency=agency, now=now)
    Appointment.objects.filter(user=made.user).update(unit=unit)
    return actor_for(Appointment.objects.get(user=made.user), now=now)


def test_a_case_is_of_the_unit_of_whoever_answers_for_it(ada):
    day, night = ada.unit, Unit.objects.create(agency=ada.agency, name="Night team")
    of_the_night, of_none = (somebody_of(ada.agency, unit, ada.now) for unit in (night, None))
    case = a_queued_case(by=as_seen_by(ada), at=ada.now, known_as="Lou")
    assert [len(shown(ada, unit=one.pk)) for one in (day, night)] == [1, 0]
    assign(case, worker=of_the_night.user, at=ada.now, by=ada)
    assert [len(shown(ada, unit=one.pk)) for one in (day, night)] == [0, 1]
    assign(case, worker=of_none.user, at=ada.now, by=ada)
    assert len(shown(ada, unit=night.pk)) == 1, "it stays where it was"


def test_what_somebody_takes_from_the_queue_of_all_comes_to_their_unit(ada):
    case = a_queued_case(by=ada, at=ada.now, unit=None, known_as="Lou")
    assert shown(ada, unit=ada.unit.pk) == []
    take(case, at=ada.now, by=ada)
    assert len(shown(ada, unit=ada.unit.pk)) == 1
