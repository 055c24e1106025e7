"""What begins in a case that is closed already runs beside it, is told whom it concerns, and stands in nobody's way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from breakwater.assessments.actions.asking import answer
from breakwater.assessments.actions.judging import hear
from breakwater.assessments.testing import an_assessment
from breakwater.cases.actions.closing import close_case
from breakwater.cases.models import Closure
from breakwater.cases.testing import a_case
from breakwater.clocks.actions import Promise, announce, start
from breakwater.clocks.models import Clock
from breakwater.kernel.db import run_sql
from breakwater.kernel.keys import new_key
from breakwater.messaging.models import Notice
from breakwater.people.actions.reach import add_contact_point
from breakwater.portal.actions.own import Press, say_how_safe
from breakwater.portal.testing import an_own_copy, held_open
from breakwater.referrals.actions.placement import arrive, leave, move
from breakwater.referrals.testing import a_bed, a_placement
from breakwater.trust.access import acting, system_for
from breakwater.trust.actions.consents import raise_segments
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import Entry
from breakwater.trust.testing import an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def boss(now):
    return an_actor(Role.SUPERVISOR, now=now)


@pytest.fixture
def case(boss, now):
    return a_case(by=as_seen_by(boss), at=now - timedelta(hours=2))


def is_closed(case, *, by, at):
    close_case(case, outcome="declined", words="They went to a sister.", at=at, by=by)
    checked()


def checked():
    """What PostgreSQL does at the end of a transaction, done now."""
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET CONSTRAINTS ALL DEFERRED")


def stands_in_nobodys_way(case, clock, *, by, at):
    assert clock.episode is None
    raise_segments(case.circle, ["part2"], at=at, by=by)
    checked()


def test_an_answer_that_must_be_heard_is_so_after_the_case_was_closed(case, boss, now):
    asked = an_assessment(case, by=boss, instrument="rapid-crisis", at=now)
    is_closed(case, by=boss, at=now)
    (alert,) = answer(asked, {"self": "now"}, at=now, by=boss)
    stands_in_nobodys_way(case, Clock.objects.running().get(about=alert.pk), by=boss, at=now)
    hear(alert, did="She is with her sister, who will not leave her.", at=now, by=boss)
    assert not Clock.objects.running().filter(about=alert.pk).exists()


def test_that_it_was_not_heard_is_told_of_the_case_and_not_of_the_privacy_desk(case, boss, now):
    asked = an_assessment(case, by=boss, instrument="rapid-crisis", at=now)
    is_closed(case, by=boss, at=now)
    answer(asked, {"self": "now"}, at=now, by=boss)
    later = now + timedelta(days=1)
    with acting(system_for(boss.agency, now=later)) as by:
        announce(at=later, by=by)
    missed = Entry.objects.filter(verb="clocks.clock_missed").latest("pk")
    react(missed.pk, boss.agency, at=later)
    as_seen_by(boss)
    assert {(one.kind, one.about) for one in Notice.objects.filter(kind__in=("clock", "desk"))} == {
        ("clock", case.pk)
    }


def test_whoever_sleeps_in_a_bed_is_moved_to_another_house_after_the_case_was_closed(case, boss, now):
    bo = an_actor(agency=an_agency(name="Lantern"), now=now)
    here, there = (a_bed(keeper=bo.agency, at=now) for _ in range(2))
    stay = a_placement(case, here, by=as_seen_by(boss), at=now)
    arrive(stay, at=now, by=boss)
    is_closed(case, by=boss, at=now)
    moved = move(stay, there, at=now, by=boss)
    stands_in_nobodys_way(case, Clock.objects.running().get(about=moved.pk), by=boss, at=now)
    leave(arrive(moved, at=now, by=boss), at=now, by=boss)
    assert not Clock.objects.running().filter(about=moved.pk).exists()


def test_what_the_person_says_on_their_copy_is_seen_to_after_the_case_was_closed(case, boss, now):
    point = add_contact_point(
        case.person, kind="phone", value="(555) 010-3", safety="ask_first", how="", at=now, by=boss
    )
    copy, code = an_own_copy(case, by=boss)
    is_closed(case, by=boss, at=now)
    with held_open(code) as holder:
        said = say_how_safe(holder, point, safety="safe", press=Press(key=new_key(copy.pk), at=now))
    as_seen_by(boss)
    stands_in_nobodys_way(case, Clock.objects.running().get(about=said.pk), by=boss, at=now)


def test_a_law_protects_the_words_of_a_closure_whatever_runs_in_the_case_by_then(case, boss, now):
    is_closed(case, by=boss, at=now)
    promise = Promise(kind="critical_answer", about=case.pk, started_at=now)
    start(promise, circle=case.circle, episode=case.pk, at=now, by=boss)
    raise_segments(case.circle, ["part2"], at=now, by=boss)
    checked()
    assert Closure.objects.standing().filter(case=case).exists()
