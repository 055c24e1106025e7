"""A case is closed before the worker hears what was found in it: the duty to report is asked all the same."""

from datetime import date, timedelta

import pytest

from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.screening import find_circumstance, read_danger
from breakwater.cases.testing import a_case
from breakwater.clocks.models import Clock
from breakwater.duties.actions.prompts import Report, report
from breakwater.duties.models import Prompt
from breakwater.duties.testing import a_duty
from breakwater.kernel.db import run_sql
from breakwater.people.actions.persons import correct
from breakwater.trust.capabilities import Role
from breakwater.trust.dispatch import react
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, as_seen_by

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def boss():
    boss = an_actor(Role.SUPERVISOR, now=LATER)
    a_duty(by=boss, at=NOON - timedelta(days=1))
    return boss


@pytest.fixture
def case(boss):
    return a_case(by=as_seen_by(boss))


def heard(verb, by, *, times=1):
    entry = Entry.objects.filter(verb=verb).latest("pk")
    for _ in range(times):
        react(entry.pk, by.agency, at=LATER)
    as_seen_by(by)


def is_closed(case, *, by, at=NOON):
    close_case(case, outcome="mistake", words="A wrong number, they said.", at=at, by=by)
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET CONSTRAINTS ALL DEFERRED")


def test_a_child_that_was_found_is_asked_about_beside_the_closed_case(case, boss):
    find_circumstance(case, kind="child_in_home", words="A boy of six.", at=NOON, by=boss)
    is_closed(case, by=boss)
    heard("cases.circumstance_found", boss, times=2)
    prompt = Prompt.objects.standing().select_related("duty", "circle", "case").get(case=case)
    clocks = Clock.objects.running().of(prompt.pk)
    assert {one.episode for one in clocks} == {None}
    assert Entry.objects.filter(verb="duties.prompt_opened", episode=case.pk).count() == 1
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    said = Report(to_whom="County hotline", when=LATER, how="writing", told="A boy of six.")
    report(prompt, said, at=LATER, by=boss)
    assert not Clock.objects.running().of(prompt.pk).exists()


def test_it_is_still_asked_when_the_case_goes_on(case, boss):
    find_circumstance(case, kind="child_in_home", words="A boy of six.", at=NOON, by=boss)
    is_closed(case, by=boss)
    heard("cases.circumstance_found", boss)
    reopen_case(case, because="It was no wrong number.", at=LATER, by=boss)
    assert Prompt.objects.standing().filter(case=case).exists()


def test_an_age_that_is_learned_later_asks_of_open_cases_alone(case, boss):
    read_danger(case, to="from_other", level="likely", words="Her uncle hits her.", at=NOON, by=boss)
    read_danger(case, to="from_other", level="likely", words="He lives upstairs.", at=LATER, by=boss)
    is_closed(case, by=boss, at=LATER)
    correct(case.person, version=1, changes={"birth_date": date(2017, 5, 5)}, at=LATER, by=boss)
    heard("people.person_corrected", boss)
    assert not Prompt.objects.filter(case=case).exists()
