"""The episode, from asking for help to closure, by real actions as the runtime role."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.follow_up import Try, attempt, book_next_contact
from breakwater.cases.actions.gates import lose_gate, meet_gate
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.actions.notes import Telling, add_note, amend_note
from breakwater.cases.actions.owners import assign, release
from breakwater.cases.actions.triage import judge, read_danger, triage_case
from breakwater.cases.models import Assignment, Case, Danger, FollowUp, Gate, Note
from breakwater.cases.rules import FIRST_CONTACT, GATES, TRIAGE_RESPONSE
from breakwater.cases.testing import a_case, a_closed_case, a_note, through_gates
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused, Stale
from breakwater.people.actions.reach import add_contact_point
from breakwater.trust.capabilities import Role
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, an_agency, as_seen_by

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


def keep_promises():
    """What PostgreSQL checks at the end of a transaction, checked now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def break_promises(sql, case):
    """Change something of the case, and have PostgreSQL look at what it came to."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [case.pk])
        assert cursor.rowcount > 0
    keep_promises()


def running(case):
    return set(Clock.objects.running().in_episode(case.pk).values_list("kind", flat=True))


def test_one_line_is_enough_to_be_taken_in():
    by = an_actor()
    story = Story(
        what_is_happening="He will not stop shaking.", asked_by="self", asked_at=NOON, worker=by.user
    )
    case = take_in(story, at=NOON, by=by)
    keep_promises()
    assert case.person.is_described
    assert {"stabilization", "first_contact", "follow_up_24h"} <= running(case)


def test_clocks_count_from_asking_and_not_from_typing():
    by = an_actor()
    case = a_case(by=by, asked_at=NOON - timedelta(hours=3))
    clock = Clock.objects.get(about=case.pk, kind="stabilization")
    assert clock.due_at == NOON - timedelta(hours=3) + timedelta(hours=48)


def of_kind(case, kind):
    return Clock.objects.filter(about=case.pk, kind=kind).order_by("started_at", "pk").last()


@pytest.mark.parametrize(
    ("code", "promised"),
    [
        ("", {FIRST_CONTACT}),
        ("A", {TRIAGE_RESPONSE}),
        ("C", {FIRST_CONTACT, TRIAGE_RESPONSE}),
        ("G", {FIRST_CONTACT}),
    ],
)
def test_no_code_lets_anybody_wait_longer_for_a_word(code, promised):
    """The visit of code A comes before a first contact would have to; that of code C does not."""
    assert running(a_case(code=code)) & {FIRST_CONTACT, TRIAGE_RESPONSE} == promised


def test_a_calm_code_set_later_takes_back_no_promise_to_speak_with_them():
    by = an_actor()
    case = a_case(by=by)
    due = of_kind(case, FIRST_CONTACT).due_at
    triage_case(case, judge("uk-mhts-2015", "E"), at=NOON + timedelta(minutes=10), by=by)
    assert {FIRST_CONTACT, TRIAGE_RESPONSE} <= running(case)
    assert of_kind(case, FIRST_CONTACT).due_at == due


def test_where_only_a_visit_was_promised_and_it_is_no_longer_somebody_speaks_with_them():
    by, later = an_actor(), NOON + timedelta(minutes=10)
    people = ("Ivo Roth", "Mara Wade", "Sam Ito")
    unheard, heard, tried = (a_case(by=by, code="A", known_as=name) for name in people)
    owed = FollowUp.objects.standing().get(case=tried, kind="follow_up_24h")
    attempt(owed, Try(outcome="reached"), at=NOON + timedelta(minutes=5), by=by)
    a_note(heard, by=by, at=NOON + timedelta(minutes=5), kind="call", reached=True, words="Spoke with her.")
    for case in (unheard, heard, tried):
        triage_case(case, judge("uk-mhts-2015", "F", reasons="It was a dream."), at=later, by=by)
    assert of_kind(unheard, FIRST_CONTACT).started_at == later
    assert not any(FIRST_CONTACT in running(case) for case in (heard, tried))


@pytest.mark.parametrize(
    ("asked_by", "kind", "left"), [("self", "call", {TRIAGE_RESPONSE}), ("walk_in", "meeting", set())]
)
def test_whoever_asks_for_themselves_was_spoken_with(asked_by, kind, left):
    case = a_case(code="B", asked_by=asked_by, spoke=True)
    note = Note.objects.get(case=case)
    assert (note.kind, note.reached, note.happened_at) == (kind, True, NOON)
    assert running(case) & {FIRST_CONTACT, TRIAGE_RESPONSE} == left
    assert FIRST_CONTACT in running(a_case(code="B", asked_by=asked_by))


def test_saying_nothing_is_refused():
    with pytest.raises(Refused, match="Say what is happening"):
        a_case(what_is_happening="  ")


def test_nobody_asks_for_help_tomorrow():
    with pytest.raises(Refused, match="in the future"):
        a_case(asked_at=NOON + timedelta(hours=3))


def test_a_crisis_of_last_spring_is_not_new():
    with pytest.raises(Refused, match="more than 30 days ago"):
        a_case(asked_at=NOON - timedelta(days=90))


def test_a_case_without_a_worker_waits_in_the_queue_with_its_alarm_running():
    case = a_case(worker=None)
    keep_promises()
    assert "duty_queue" in running(case)


def test_taking_a_case_from_the_queue_stops_the_alarm():
    by = an_actor()
    case = a_case(by=by, worker=None)
    assign(case, worker=by.user, at=LATER, by=by)
    keep_promises()
    assert "duty_queue" not in running(case)


def test_putting_a_case_back_into_the_queue_sounds_the_alarm():
    by = an_actor()
    case = a_case(by=by)
    release(case, unit=None, at=LATER, by=by)
    keep_promises()
    assert "duty_queue" in running(case)
    with pytest.raises(Refused, match="waits in that queue already"):
        release(case, unit=None, at=LATER, by=by)


def test_a_code_opens_its_clock_and_a_new_code_replaces_it():
    by = an_actor()
    case = a_case(by=by, code="C")
    assert Clock.objects.running().get(about=case.pk, kind="triage_response").due_at == NOON + timedelta(
        hours=24
    )
    triage_case(case, judge("uk-mhts-2015", "B"), at=LATER, by=by)
    assert Clock.objects.running().get(about=case.pk, kind="triage_response").due_at == LATER + timedelta(
        hours=4
    )
    last = Entry.objects.filter(verb="cases.case_triaged").latest("pk")
    assert (last.facts["code"], last.facts["replaced"]) == ("B", "C")
    with pytest.raises(Refused, match="stands already"):
        triage_case(case, judge("uk-mhts-2015", "B"), at=LATER, by=by)


def test_a_code_that_is_not_in_the_scheme_is_refused():
    with pytest.raises(Refused, match="has no code Z"):
        judge("uk-mhts-2015", "Z")


def test_an_axis_outside_its_range_is_never_clamped():
    with pytest.raises(Refused, match="from 1 to 5"):
        judge("ctrs-1984", answers={"dangerousness": 0, "support": 3, "cooperation": 3})


@pytest.mark.parametrize("total", range(3, 16))
def test_every_total_of_the_rating_scale_has_one_band(total):
    first = min(5, total - 2)
    second = min(5, total - first - 1)
    answers = {"dangerousness": first, "support": second, "cooperation": total - first - second}
    judged = judge("ctrs-1984", answers=answers)
    expected = (
        "3-9" if total <= 9 else "12-13" if total in (12, 13) else "14-15" if total >= 14 else str(total)
    )
    assert judged.code == expected


def test_five_gates_stop_the_stabilization_clock_and_four_do_not():
    by = an_actor()
    case = a_case(by=by)
    through_gates(case, *GATES[:4], by=by, at=LATER)
    assert "stabilization" in running(case)
    through_gates(case, GATES[4], by=by, at=LATER)
    assert "stabilization" not in running(case)
    assert Entry.objects.filter(verb="cases.case_stabilized").count() == 1


def test_a_gate_needs_evidence_and_is_met_once():
    by = an_actor()
    case = a_case(by=by)
    with pytest.raises(Refused, match="how you know"):
        meet_gate(case, kind="contact", evidence=" ", at=LATER, by=by)
    meet_gate(case, kind="basic_needs", evidence="Soup and a coat.", at=LATER, by=by)
    with pytest.raises(Overtaken, match="met already"):
        meet_gate(case, kind="basic_needs", evidence="Soup and a coat.", at=LATER, by=by)


def test_a_lost_gate_starts_stabilization_again():
    by = an_actor()
    case = a_case(by=by)
    through_gates(case, by=by, at=LATER)
    gate = Gate.objects.standing().get(case=case, kind="safe_tonight")
    lose_gate(gate, because="The friend changed his mind.", at=LATER, by=by)
    assert "stabilization" in running(case)
    with pytest.raises(Refused, match="does not stand"):
        lose_gate(gate, because="Again.", at=LATER, by=by)


def test_reaching_the_person_stops_the_first_clock():
    by = an_actor()
    case = a_case(by=by)
    add_note(case, Telling(kind="call", words="Spoke.", happened_at=LATER, reached=True), at=LATER, by=by)
    assert "first_contact" not in running(case)


def test_a_note_says_something_that_has_happened():
    by = an_actor()
    case = a_case(by=by)
    with pytest.raises(Refused, match="Write what happened"):
        add_note(case, Telling(kind="call", words=" ", happened_at=NOON), at=NOON, by=by)
    with pytest.raises(Refused, match="in the future"):
        add_note(case, Telling(kind="call", words="Will call.", happened_at=LATER), at=NOON, by=by)


def test_two_people_amend_a_note_and_nothing_is_lost():
    by = an_actor()
    case = a_case(by=by)
    note = add_note(case, Telling(kind="note", words="First.", happened_at=NOON), at=NOON, by=by)
    amend_note(note, words="Second.", reason="Typing mistake", version=1, at=LATER, by=by)
    with pytest.raises(Stale) as caught:
        amend_note(note, words="Third.", reason="Typing mistake", version=1, at=LATER, by=by)
    assert caught.value.theirs == {"words": "Second."}
    assert Note.objects.get(pk=note.pk).words == "First."


def test_a_case_cannot_close_while_a_clock_runs():
    by = an_actor()
    case = a_case(by=by)
    with pytest.raises(Refused, match="clock “Stabilization” is still running"):
        close_case(case, outcome="stable", what_worked="", at=LATER, by=by)


def test_a_person_is_not_lost_after_one_call():
    by = an_actor()
    case = a_case(by=by)
    with pytest.raises(Refused, match="3 attempts are needed"):
        close_case(case, outcome="lost", what_worked="", at=LATER, by=by)
    owed = FollowUp.objects.standing().get(case=case, kind="follow_up_24h")
    for hours in (1, 30, 80):
        attempt(owed, Try(outcome="no_answer"), at=NOON + timedelta(hours=hours), by=by)
    close_case(case, outcome="lost", what_worked="", at=NOON + timedelta(hours=81), by=by)
    keep_promises()
    assert not running(case)


def test_closing_twice_is_refused_and_reopening_holds_again():
    by = an_actor()
    case = a_closed_case(by=by)
    keep_promises()
    at = NOON + timedelta(days=2)
    with pytest.raises(Overtaken, match="closed already"):
        close_case(case, outcome="declined", what_worked="", at=at, by=by)
    reopen_case(case, because="Called again.", at=at, by=by)
    keep_promises()
    assert "stabilization" in running(case)
    with pytest.raises(Refused, match="open already"):
        reopen_case(case, because="Again.", at=at, by=by)


def test_a_number_that_is_not_safe_is_not_called():
    by = an_actor()
    case = a_case(by=by)
    number = add_contact_point(
        case.person, kind="phone", value="555 010 4477", safety="unsafe", how="", at=NOON, by=by
    )
    owed = FollowUp.objects.standing().filter(case=case).first()
    with pytest.raises(Refused, match="not safe"):
        attempt(owed, Try(outcome="no_answer", contact_point=number), at=LATER, by=by)


def test_when_the_last_promise_is_kept_the_next_is_made():
    by = an_actor()
    case = through_gates(a_case(by=by, code="G"), by=by, at=LATER)
    for owed in FollowUp.objects.standing().filter(case=case).order_by("planned_for"):
        attempt(owed, Try(outcome="reached", words="Well."), at=owed.planned_for, by=by)
    add_note(case, Telling(kind="call", words="Spoke.", happened_at=LATER, reached=True), at=LATER, by=by)
    keep_promises()
    assert running(case) == {"next_contact"}


def test_a_booked_contact_replaces_the_one_before():
    by = an_actor()
    case = a_case(by=by)
    book_next_contact(case, due_at=LATER, at=NOON, by=by)
    book_next_contact(case, due_at=LATER + timedelta(hours=1), at=NOON, by=by)
    assert FollowUp.objects.standing().filter(case=case, kind="next_contact").count() == 1
    with pytest.raises(Refused, match="in the future"):
        book_next_contact(case, due_at=NOON, at=LATER, by=by)


def test_a_danger_read_anew_ends_the_reading_before():
    by = an_actor()
    case = a_case(by=by, dangers={"self": ("likely", "Has pills.")})
    read_danger(case, to="self", level="none", words="Pills given away.", at=LATER, by=by)
    assert Danger.objects.filter(case=case, to="self").count() == 2
    assert Danger.objects.standing().get(case=case, to="self").level == "none"


def test_a_partner_may_not_take_someone_in():
    with pytest.raises(NotPermitted):
        a_case(by=an_actor(Role.PARTNER))


def test_another_agency_cannot_act_on_our_case():
    case = a_case()
    stranger = as_seen_by(an_actor(agency=an_agency()))
    with pytest.raises(NotPermitted, match="does not stand"):
        add_note(case, Telling(kind="note", words="Hello.", happened_at=NOON), at=NOON, by=stranger)
    assert not Case.objects.filter(pk=case.pk).exists()


RAW = {
    "no owner": "UPDATE cases_assignment SET ends_at = now() WHERE case_id = %s",
    "a deleted owner": "DELETE FROM cases_assignment WHERE case_id = %s",
    "no clock": "UPDATE clocks_clock SET ended_at = now() + interval '99 years', ended_how = 'met' WHERE episode = %s",
    "deleted clocks": "DELETE FROM clocks_clock WHERE episode = %s",
    "clocks of another case": "UPDATE clocks_clock SET episode = NULL WHERE episode = %s",
    "a queue without alarm": "UPDATE cases_assignment SET worker_id = NULL WHERE case_id = %s",
}


@pytest.mark.parametrize("way", RAW)
def test_raw_sql_as_the_runtime_role_cannot_let_anybody_fall_through(way):
    case = a_case()
    keep_promises()
    with pytest.raises(DatabaseError, match=r"open case has|duty queue|stays written"):
        break_promises(RAW[way], case)
    assert Assignment.objects.owners().filter(case=case).exists()
