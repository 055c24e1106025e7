"""What must always be true, tried by going round the actions."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from breakwater.cases.actions.notes import amend_note
from breakwater.cases.models import (
    Amendment,
    Assignment,
    Attempt,
    Barrier,
    Case,
    Circumstance,
    Closure,
    Danger,
    FollowUp,
    Gate,
    Note,
    NotReached,
    Triage,
)
from breakwater.cases.testing import a_case, a_closed_case, a_note, a_queued_case
from breakwater.clocks.models import Clock
from breakwater.kernel.db import constraint_of, run_sql
from breakwater.kernel.ids import new_id
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import NOON, a_guest, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
BEFORE, LATER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)


def the_promises_are_checked():
    """What PostgreSQL checks at the end of a transaction, checked now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def part(case, **facts):
    return {"circle": case.circle, "case": case, "starts_at": NOON} | facts


def twice(model, case, **facts):
    for _ in range(2):
        model.objects.create(**part(case, **facts))


def backwards(model, case, **facts):
    model.objects.create(**part(case, ends_at=BEFORE, **facts))


A_CODE = {"scheme": "uk-mhts-2015", "version": "2015", "code": "B", "urgency": 1}
WRONG = {
    "one_case_per_number": lambda case, by: Case.objects.create(
        circle=case.circle,
        person=case.person,
        agency=case.agency,
        number=case.number,
        asked_at=NOON,
        what_is_happening="Again.",
    ),
    "a_case_says_what_is_happening": lambda case, by: Case.objects.filter(pk=case.pk).update(
        what_is_happening=""
    ),
    "assignment_ends_after_it_starts": lambda case, by: Assignment.objects.owners().update(ends_at=BEFORE),
    "only_an_owner_may_be_a_queue": lambda case, by: Assignment.objects.create(
        **part(case, agency=by.agency, part="team", worker=None)
    ),
    "one_accountable_owner_per_case": lambda case, by: Assignment.objects.create(
        **part(case, agency=by.agency, worker=by.user)
    ),
    "once_on_the_team": lambda case, by: twice(
        Assignment, case, agency=by.agency, part="team", worker=by.user
    ),
    "closure_ends_after_it_starts": lambda case, by: backwards(
        Closure, case, outcome="moved", reopened_because="x"
    ),
    "a_reopening_says_why": lambda case, by: Closure.objects.create(
        **part(case, outcome="moved", ends_at=LATER)
    ),
    "one_standing_closure_per_case": lambda case, by: twice(Closure, case, outcome="moved"),
    "danger_ends_after_it_starts": lambda case, by: backwards(Danger, case, to="self", level="now"),
    "one_standing_reading_per_danger": lambda case, by: twice(Danger, case, to="self", level="now"),
    "circumstance_ends_after_it_starts": lambda case, by: backwards(Circumstance, case, kind="weapon"),
    "one_standing_circumstance_of_a_kind": lambda case, by: twice(Circumstance, case, kind="weapon"),
    "triage_ends_after_it_starts": lambda case, by: backwards(Triage, case, **A_CODE),
    "one_standing_triage_code_per_case": lambda case, by: twice(Triage, case, **A_CODE),
    "gate_ends_after_it_starts": lambda case, by: backwards(
        Gate, case, kind="contact", evidence="Sister.", lost_because="Gone."
    ),
    "a_gate_is_met_on_evidence": lambda case, by: Gate.objects.create(
        **part(case, kind="contact", evidence="")
    ),
    "a_lost_gate_says_why": lambda case, by: Gate.objects.create(
        **part(case, kind="contact", evidence="Sister.", ends_at=LATER)
    ),
    "a_gate_is_met_once": lambda case, by: twice(Gate, case, kind="contact", evidence="Sister."),
    "a_note_says_something": lambda case, by: Note.objects.create(
        circle=case.circle, case=case, happened_at=NOON, words=""
    ),
    "amendments_come_one_after_another": lambda case, by: [
        Amendment.objects.create(circle=case.circle, note=note, version=2, words="New.", reason="Slip")
        for note in [a_note(case, by=by)] * 2
    ],
    "either_a_note_or_a_try_was_no_contact": lambda case, by: NotReached.objects.create(
        circle=case.circle, reason="The wrong case."
    ),
    "a_note_that_was_no_contact_says_why": lambda case, by: NotReached.objects.create(
        circle=case.circle, note=a_note(case, by=by, reached=True)
    ),
    "an_amendment_says_something": lambda case, by: Amendment.objects.create(
        circle=case.circle, note=a_note(case, by=by), version=2, words="New.", reason=""
    ),
    "barrier_ends_after_it_starts": lambda case, by: backwards(
        Barrier, case, words="No letter", removed_how="Went"
    ),
    "a_barrier_has_a_name": lambda case, by: Barrier.objects.create(**part(case, words="")),
    "a_removed_barrier_says_how": lambda case, by: Barrier.objects.create(
        **part(case, words="No letter", ends_at=LATER)
    ),
    "follow_up_ends_after_it_starts": lambda case, by: backwards(
        FollowUp, case, kind="follow_up_90d", planned_for=LATER, ended_how="lost"
    ),
    "an_ended_follow_up_says_how": lambda case, by: FollowUp.objects.create(
        **part(case, kind="follow_up_90d", planned_for=LATER, ends_at=LATER)
    ),
    "one_standing_follow_up_of_a_kind": lambda case, by: twice(
        FollowUp, case, kind="follow_up_90d", planned_for=LATER
    ),
}


@pytest.mark.parametrize("constraint", WRONG)
def test_the_database_refuses(constraint):
    by = an_actor()
    case = a_case(by=by)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        WRONG[constraint](case, by)
    assert constraint_of(refused.value) == constraint


def test_every_constraint_is_tried():
    named = {
        one.name for model in apps.get_app_config("cases").get_models() for one in model._meta.constraints
    }
    assert named == set(WRONG)


RAW = {
    "an ended owner": "UPDATE cases_assignment SET ends_at = now() WHERE case_id = %s",
    "an owner who only helps": "UPDATE cases_assignment SET part = 'team' WHERE case_id = %s",
    "an owner of another case": "UPDATE cases_assignment SET case_id = gen_random_uuid() WHERE case_id = %s",
    "a deleted owner": "DELETE FROM cases_assignment WHERE case_id = %s",
    "ended clocks": "UPDATE clocks_clock SET ended_at = due_at, ended_how = 'met' WHERE episode = %s",
    "deleted clocks": "DELETE FROM clocks_clock WHERE episode = %s",
    "clocks of no case": "UPDATE clocks_clock SET episode = NULL WHERE episode = %s",
    "clocks of another case": "UPDATE clocks_clock SET episode = gen_random_uuid() WHERE episode = %s",
    "a queue without alarm": "UPDATE cases_assignment SET worker_id = NULL WHERE case_id = %s",
    "a deleted case": "DELETE FROM cases_case WHERE id = %s",
}


def try_raw(statement, case):
    with connection.cursor() as cursor:
        cursor.execute(statement, [case.pk])
        assert cursor.rowcount > 0
    the_promises_are_checked()


@pytest.mark.parametrize("way", RAW)
def test_raw_sql_as_the_runtime_role_lets_nobody_fall_through(way):
    case = a_case()
    the_promises_are_checked()
    said = r"open case has|duty queue|stays written|in_the_circle_of_its_case"
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        try_raw(RAW[way], case)
    assert Assignment.objects.owners().filter(case=case, worker__isnull=False).exists()
    assert Clock.objects.running().in_episode(case.pk).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clocks_clock SET ended_at = due_at, ended_how = 'met' WHERE about = %s AND kind = 'duty_queue'",
        "UPDATE clocks_clock SET kind = 'step' WHERE about = %s AND kind = 'duty_queue'",
        "UPDATE clocks_clock SET about = gen_random_uuid() WHERE about = %s AND kind = 'duty_queue'",
    ],
)
def test_the_alarm_of_a_duty_queue_cannot_be_silenced_by_raw_sql(statement):
    case = a_queued_case()
    with pytest.raises(IntegrityError, match="running alarm"), transaction.atomic():
        try_raw(statement, case)


def test_raw_sql_cannot_open_a_closed_case_without_owner_and_clock():
    case = a_closed_case()
    the_promises_are_checked()
    with pytest.raises(IntegrityError, match="open case has an accountable owner"), transaction.atomic():
        try_raw(
            "UPDATE cases_closure SET ends_at = now() + interval '9 years', reopened_because = 'x' WHERE case_id = %s",
            case,
        )


def test_a_case_cannot_be_opened_by_raw_sql_without_owner():
    case = a_case()
    with pytest.raises(IntegrityError, match="accountable owner"):
        open_without_owner(case)


@transaction.atomic
def open_without_owner(like):
    Case.objects.create(
        circle=like.circle, person=like.person, agency=like.agency, number="ZZZ-ZZZZ", asked_at=NOON,
        what_is_happening="Nobody holds this.",
    )  # fmt: skip
    the_promises_are_checked()


def test_the_clock_of_another_agency_does_not_hold_our_case():
    ours = an_actor(Role.SUPERVISOR)
    case = a_case(by=ours)
    theirs = an_actor(agency=an_agency())
    as_seen_by(ours)
    a_guest(case.circle, agency=theirs.agency, until=None, at=NOON - timedelta(days=9), by=ours)
    as_seen_by(theirs)
    Clock.objects.create(
        circle=case.circle, agency=theirs.agency, kind="step", profile="us@x", about=new_id(), episode=case.pk,
        started_at=NOON, due_soon_at=NOON, due_at=LATER,
    )  # fmt: skip
    as_seen_by(ours)
    with pytest.raises(IntegrityError, match="open case has a running clock"), transaction.atomic():
        try_raw(
            "UPDATE clocks_clock SET ended_at = due_at, ended_how = 'met' WHERE kind <> 'step' AND episode = %s",
            case,
        )


def test_nobody_closes_our_case_from_within_a_circle_of_their_own():
    case = a_case()
    thief = as_seen_by(an_actor(agency=an_agency()))
    own = a_case(by=thief)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Closure.objects.create(circle=own.circle, case_id=case.pk, outcome="mistake", starts_at=NOON)
    assert constraint_of(refused.value) == "closure_lies_in_the_circle_of_its_case"


@pytest.mark.parametrize("hung_on", ["note", "follow-up"])
def test_nothing_is_hung_on_our_rows_from_within_another_circle(hung_on):
    ours = an_actor()
    case = a_case(by=ours)
    note, owed = a_note(case, by=ours), FollowUp.objects.filter(case=case).first()
    thief = as_seen_by(an_actor(agency=an_agency()))
    own = a_case(by=thief)
    rows = {
        "note": Amendment(circle=own.circle, note_id=note.pk, version=2, words="x", reason="x"),
        "follow-up": Attempt(circle=own.circle, follow_up_id=owed.pk, outcome="reached", at=NOON),
    }
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        rows[hung_on].save(force_insert=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_note SET words = 'other'",
        "DELETE FROM cases_note",
        "UPDATE cases_amendment SET words = 'other'",
        "DELETE FROM cases_attempt",
        "UPDATE cases_attempt SET outcome = 'reached'",
        *(
            f"DELETE FROM cases_{table}"
            for table in ("case", "danger", "triage", "gate", "assignment", "barrier", "followup", "closure")
        ),
    ],
)
def test_what_belongs_to_the_record_stays(statement):
    by = an_actor()
    note = a_note(a_case(by=by), by=by)
    amend_note(note, words="Told it again", reason="Misheard", version=1, at=NOON, by=by)
    with pytest.raises(DatabaseError, match=r"stays written|permission denied"), transaction.atomic():
        run_sql(statement)


def test_no_row_of_a_case_is_there_for_another_agency():
    by = an_actor()
    case = a_case(by=by, code="B", dangers={"self": ("now", "")})
    a_note(case, by=by)
    as_seen_by(an_actor(agency=an_agency()))
    for model in apps.get_app_config("cases").get_models():
        assert not model.objects.exists(), model


def test_the_code_wall_stands_where_row_security_does_not():
    ours = an_actor()
    case = a_case(by=ours)
    stranger = an_actor(agency=an_agency())
    as_seen_by(ours)
    assert Case.objects.filter(pk=case.pk).exists()
    assert not Case.objects.visible_to(stranger).filter(pk=case.pk).exists()


def test_questions_about_cases():
    by = an_actor()
    mine, nobodys, ended = a_case(by=by), a_queued_case(by=by), a_closed_case(by=by)
    assert set(Case.objects.open()) == {mine, nobodys}
    assert set(Case.objects.closed()) == {ended}
    assert set(Case.objects.nobodys()) == {nobodys}
    assert set(Case.objects.held_by(by)) == {mine, nobodys, ended}
    assert list(Case.objects.of_person(mine.person)) == [mine]
