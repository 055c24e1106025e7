"""A case that came home is asked by the table of whose record it is, and by no other."""

from datetime import timedelta

import pytest

from breakwater.cases.actions.closing import close_case
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.actions.owners import take
from breakwater.cases.actions.screening import find_circumstance
from breakwater.cases.models import Case
from breakwater.cases.testing import a_case
from breakwater.duties.actions.prompts import not_required
from breakwater.duties.models import Prompt
from breakwater.duties.testing import a_duty
from breakwater.kernel.db import all_rows, run_sql
from breakwater.trust.actions.standing import let_out
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, a_guest, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    boss = an_actor(Role.SUPERVISOR)
    a_duty(by=boss, at=NOON - timedelta(days=1))
    return boss


@pytest.fixture
def case(boss):
    """Held by a guest, whose table asks about a child in the home."""
    person = a_case(by=as_seen_by(boss), at=NOON - timedelta(hours=2)).person
    rosa = an_actor(Role.SUPERVISOR, agency=an_agency(name="Lantern Shelter", kind="shelter"))
    a_guest(person.circle, agency=rosa.agency, at=NOON - timedelta(hours=1), by=as_seen_by(boss))
    told = Story(what_is_happening="Nowhere to sleep.", asked_by="self", asked_at=NOON)
    case = take_in(told, person=person, at=NOON, by=as_seen_by(rosa))
    a_duty(by=rosa, at=NOON - timedelta(days=1))
    find_circumstance(case, kind="child_in_home", words="A boy of six.", at=NOON, by=as_seen_by(rosa))
    as_seen_by(boss)
    return Case.objects.select_related("circle").get(pk=case.pk)


def comes_home(case, boss):
    """It is let go of; which entry of the journal the worker will carry to whose record it is."""
    let_out(case.circle, agency=case.agency, at=NOON, by=as_seen_by(boss))
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET CONSTRAINTS ALL DEFERRED")
    [[entry_id]] = all_rows(
        "SELECT (args->>'entry_id')::bigint FROM procrastinate_jobs WHERE task_name = 'trust.react'"
        " AND (args->>'entry_id')::bigint ="
        " (SELECT id FROM trust_entry WHERE verb = 'cases.case_came_home')"
    )
    return entry_id


def test_what_nobody_had_heard_of_yet_is_asked_at_home(case, boss):
    react(comes_home(case, boss), boss.agency, at=NOON)
    as_seen_by(boss)
    assert Prompt.objects.select_related("duty").get().duty.agency == boss.agency


def test_what_its_old_holder_was_asked_is_asked_at_home_and_the_case_can_be_closed(case, boss):
    found = Entry.objects.get(verb="cases.circumstance_found")
    react(found.pk, case.agency, at=NOON)
    entry_id = comes_home(case, boss)
    assert Prompt.objects.get().ended_how == "case_left"
    for _ in range(2):
        react(entry_id, boss.agency, at=NOON)
    as_seen_by(boss)
    home = Case.objects.select_related("circle").get(pk=case.pk)
    asked = Prompt.objects.standing().select_related("duty", "circle", "case").get()
    assert (asked.signal, asked.duty.agency) == ("child_in_home", boss.agency)
    take(home, at=NOON, by=boss)
    not_required(asked, because="The child lives with an aunt.", at=NOON, by=boss)
    close_case(home, outcome="declined", words="They want nothing more.", at=NOON, by=boss)
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
