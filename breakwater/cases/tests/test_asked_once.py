"""The views behind which the wall of a case is asked once: they show whom the tables show, and nothing besides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from breakwater.cases.testing import a_triaged_case
from breakwater.clocks.models import Clock
from breakwater.kernel.db import all_rows, run_sql
from breakwater.trust.actions.circles import open_circle
from breakwater.trust.models import Grant
from breakwater.trust.testing import an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=timezone.now() - timedelta(minutes=1))


@pytest.fixture
def case(ada):
    return a_triaged_case(by=ada, at=ada.now, dangers={"self": ("now", "Said so twice.")})


def seen(case):
    """In how many rows each view, and the table beneath, shows a case to whoever looks."""
    of_case = (f"{view} WHERE case_id" for view in ("cases_next", "cases_in_danger_now", "cases_at_a_glance"))
    asked = (*of_case, "cases_case WHERE id")
    return [len(all_rows(f"SELECT 1 FROM {one} = %s", (case.pk,))) for one in asked]


def clocks_of(case):
    """The kinds of clocks that a glance shows, and the one that is due first."""
    ((clocks,),) = all_rows("SELECT clocks FROM cases_at_a_glance WHERE case_id = %s", (case.pk,))
    ((first,),) = all_rows("SELECT clock_id FROM cases_next WHERE case_id = %s", (case.pk,))
    return sorted(kind for kind, *_ in clocks), first


def test_a_case_is_in_the_views_for_those_for_whom_it_is_in_its_table(ada, case):
    assert seen(case) == [1, 1, 1, 1]
    for information, expected in ((["who"], 0), (["needs", "who"], 0), (["care", "who"], 1)):
        as_seen_by(ada)
        theirs = an_agency()
        grant = {"basis": "care", "information": information, "starts_at": ada.now}
        Grant.objects.create(circle=case.circle, agency=theirs, **grant)
        an_actor(agency=theirs)
        assert seen(case) == [expected] * 4, information


def test_a_standing_that_ended_or_has_not_begun_shows_nothing_of_a_case(ada, case):
    now = timezone.now()
    day = timedelta(days=1)
    for starts, ends in ((now - 2 * day, now - day), (now + day, None)):
        as_seen_by(ada)
        theirs = an_agency()
        grant = {"basis": "care", "information": ["care", "who"], "starts_at": starts, "ends_at": ends}
        Grant.objects.create(circle=case.circle, agency=theirs, **grant)
        an_actor(agency=theirs)
        assert seen(case) == [0, 0, 0, 0]


def test_nothing_of_a_case_is_there_for_strangers_and_nobody(ada, case):
    an_actor(agency=an_agency())
    assert seen(case) == [0, 0, 0, 0]
    run_sql("SELECT set_config('breakwater.agency', '', true), set_config('breakwater.user', '', true)")
    assert seen(case) == [0, 0, 0, 0]


def test_a_clock_that_lies_in_another_circle_is_not_told_with_the_case(ada, case):
    as_it_was = clocks_of(case)
    stranger = an_actor(agency=an_agency(), now=ada.now)
    Clock.objects.create(
        circle=open_circle(at=ada.now, by=stranger), agency=stranger.agency, kind="duty_queue", profile="us-2026-1",
        about=case.pk, episode=case.pk, started_at=ada.now, due_soon_at=ada.now, due_at=ada.now + timedelta(seconds=1),
    )  # fmt: skip
    as_seen_by(ada)
    assert clocks_of(case) == as_it_was


def test_what_is_due_first_of_all_that_runs_comes_first(case):
    kinds, first = clocks_of(case)
    running = Clock.objects.running().in_episode(case.pk).order_by("due_at", "pk")
    assert (kinds, first) == (sorted(one.kind for one in running), running[0].pk)
