"""An open case is always within reach of the agency that holds it, whoever ends its standing and however."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from breakwater.cases.actions.home import bring_home
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.actions.owners import join_team, take
from breakwater.cases.models import Assignment, Case
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.kernel.db import run_sql
from breakwater.trust.actions.consents import raise_segments, take_consent, withdraw_consent
from breakwater.trust.actions.standing import let_out, narrow_standing
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry, Grant
from breakwater.trust.testing import NOON, a_guest, a_release, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return an_actor(Role.SUPERVISOR)


@pytest.fixture
def person(boss):
    return a_case(by=boss, at=NOON - timedelta(hours=2)).person


@pytest.fixture
def rosa(boss, person):
    """Of a shelter that was let in an hour ago."""
    rosa = an_actor(Role.SUPERVISOR, agency=an_agency(name="Lantern Shelter", kind="shelter"))
    a_guest(person.circle, agency=rosa.agency, at=NOON - timedelta(hours=1), by=as_seen_by(boss))
    return rosa


@pytest.fixture
def case(person, rosa):
    """Theirs, with somebody accountable and somebody who helps."""
    told = Story(what_is_happening="Nowhere to sleep.", asked_by="self", asked_at=NOON)
    case = take_in(told, person=person, at=NOON, by=as_seen_by(rosa))
    join_team(case, worker=an_actor(agency=rosa.agency).user, at=NOON, by=as_seen_by(rosa))
    checked()
    return case


def checked():
    """What PostgreSQL does at the end of a transaction, done now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def is_let_out(case, boss, agency):
    let_out(case.circle, agency=agency, at=NOON, by=boss)


def is_left_without_care(case, boss, agency):
    grant = Grant.objects.get(agency=agency, circle=case.circle)
    narrow_standing(grant, information=frozenset({"who"}), until=None, at=NOON, by=boss)


def the_record_is_protected(case, boss, agency):
    raise_segments(case.circle, ["part2"], at=NOON, by=boss)


def the_person_takes_it_back(case, boss, agency):
    consent = take_consent(a_release(agency), circle=case.circle, at=NOON, by=boss)
    withdraw_consent(consent, words="No more.", at=NOON, by=boss)


def by_raw_sql(case, boss, agency):
    run_sql(
        "UPDATE trust_grant SET ends_at = now() WHERE agency_id = %s AND circle_id = %s",
        (agency.pk, case.circle_id),
    )


ENDS = (
    is_let_out, is_left_without_care, the_record_is_protected, the_person_takes_it_back, by_raw_sql
)  # fmt: skip


@pytest.mark.parametrize("ends", ENDS)
def test_a_case_of_an_agency_that_is_out_waits_where_the_record_is_kept(case, boss, rosa, ends):
    running = set(Clock.objects.running().in_episode(case.pk).values_list("kind", flat=True))
    ends(case, as_seen_by(boss), rosa.agency)
    checked()
    now = Case.objects.visible_to(boss).get(pk=case.pk)
    owner = Assignment.objects.standing().get(case=case)
    assert (now.agency, owner.agency, owner.worker, owner.part) == (boss.agency, boss.agency, None, "owner")
    clocks = Clock.objects.running().in_episode(case.pk)
    assert {one.agency for one in clocks} == {boss.agency}
    assert {one.kind for one in clocks} == running | {"duty_queue"}, "no promise was lost, and the alarm runs"
    entry = Entry.objects.get(verb="cases.case_came_home")
    assert (entry.episode, entry.facts["from_agency_id"]) == (case.pk, str(rosa.agency.pk))
    assert take(now, at=NOON, by=boss).worker == boss.user
    checked()
    as_seen_by(rosa)
    assert not Case.objects.visible_to(rosa).filter(pk=case.pk).exists()


def test_a_standing_that_ends_by_its_day_is_followed_by_the_worker(case, boss, rosa):
    as_seen_by(boss)
    assert bring_home() == 0
    run_sql("SET CONSTRAINTS ALL DEFERRED")
    run_sql("UPDATE trust_grant SET ends_at = now() WHERE agency_id = %s", (rosa.agency.pk,))
    assert bring_home() == 1
    assert bring_home() == 0
    checked()
    assert Case.objects.get(pk=case.pk).agency == boss.agency
    assert Entry.objects.filter(verb="cases.case_came_home").count() == 1


def test_narrowing_that_leaves_the_case_within_reach_moves_nothing(case, boss, rosa):
    grant = Grant.objects.get(agency=rosa.agency)
    narrow_standing(grant, information=frozenset({"who", "care"}), until=None, at=NOON, by=as_seen_by(boss))
    checked()
    as_seen_by(boss)
    assert Case.objects.get(pk=case.pk).agency == rosa.agency


def test_whose_record_it_is_cannot_lose_its_own(boss, person):
    as_seen_by(boss)
    run_sql("UPDATE trust_grant SET ends_at = now() WHERE agency_id = %s", (boss.agency.pk,))
    with pytest.raises(IntegrityError, match="an open case is within reach of who holds it"):
        checked()
