"""What is written while a law comes to protect what it belongs to is protected as well, whoever is first."""

import pytest
from django.utils import timezone

from breakwater.assessments.actions.asking import answer
from breakwater.assessments.testing import an_assessment
from breakwater.cases.actions.notes import amend_note
from breakwater.cases.testing import a_case, a_note
from breakwater.kernel.db import all_rows
from breakwater.plans.testing import a_need, a_safeguard, a_safety_plan, a_step, an_agreement
from breakwater.trust.access import acting
from breakwater.trust.actions.protecting import protect_part
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor


def a_step_for_a_need(case, boss):
    need = a_need(case, by=boss)
    return need, lambda: a_step(case, by=boss, need=need), "plans_step"


def a_plan_talked_over(case, boss):
    need = a_need(case, by=boss)
    a_step(case, by=boss, need=need)
    return need, lambda: an_agreement(case, by=boss), "plans_agreement"


def a_note_amended(case, boss):
    note = a_note(case, by=boss, at=boss.now)
    told = {"words": "Spoke with her sister.", "reason": "It was her sister.", "version": 1}
    return note, lambda: amend_note(note, at=boss.now, by=boss, **told), "cases_amendment"


def an_answer_given(case, boss):
    asked = an_assessment(case, by=boss, instrument="rapid-crisis")
    return asked, lambda: answer(asked, {"self": "now"}, at=boss.now, by=boss), "assessments_answer"


def a_safety_plan_written_anew(case, boss):
    plan = a_safety_plan(case, by=boss)
    words = {"warning_signs": "I stop eating."}
    return plan, lambda: a_safety_plan(case, by=boss, version=1, **words), "plans_safetyplan"


def surroundings_made_safer(case, boss):
    return a_safety_plan(case, by=boss), lambda: a_safeguard(case, by=boss), "plans_safeguard"


@pytest.fixture
def boss(own_database):
    return an_actor(Role.SUPERVISOR, now=timezone.now())


@pytest.fixture
def case(boss):
    with acting(boss):
        return a_case(by=boss, at=boss.now)


WRITTEN = (
    a_step_for_a_need, a_plan_talked_over, a_note_amended, an_answer_given, a_safety_plan_written_anew,
    surroundings_made_safer,
)  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_what_is_written_while_a_law_comes_is_protected_too(boss, case, meanwhile, as_owner, written):
    with acting(boss):
        part, act, table = written(case, boss)

    def protects():
        with acting(boss):
            protect_part(part, ["psychotherapy-notes"], at=boss.now, by=boss)

    ended = meanwhile(act, protects, by=boss)
    assert ended is None, ended
    rows = as_owner(lambda: all_rows(f"SELECT segments FROM {table}"))
    assert {tuple(one) for (one,) in rows} == {("psychotherapy-notes",)}


def test_two_laws_that_come_at_once_for_two_parts_of_a_plan_both_protect_it(boss, case, meanwhile, as_owner):
    with acting(boss):
        first, second = a_need(case, by=boss), a_need(case, by=boss, domain="food")
        an_agreement_of(case, boss, first, second)

    def protects(part, segment):
        with acting(boss):
            protect_part(part, [segment], at=boss.now, by=boss)

    ended = meanwhile(
        lambda: protect_part(first, ["psychotherapy-notes"], at=boss.now, by=boss),
        lambda: protects(second, "sud-counseling-notes"),
        by=boss,
    )
    assert ended is None, ended
    rows = as_owner(lambda: all_rows("SELECT segments FROM plans_agreement"))
    assert rows == [(["psychotherapy-notes", "sud-counseling-notes"],)]


def an_agreement_of(case, boss, *needs):
    for need in needs:
        a_step(case, by=boss, need=need)
    return an_agreement(case, by=boss)
