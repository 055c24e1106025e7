"""What a tired hand may not do at four in the morning while somebody is in danger."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from breakwater.cases.actions.closing import close_case, reopen_case, why_not_closed_as
from breakwater.cases.actions.follow_up import Try, attempt, book_next_contact
from breakwater.cases.actions.gates import meet_gate
from breakwater.cases.actions.notes import amend_note
from breakwater.cases.actions.screening import read_danger
from breakwater.cases.actions.triage import judge, triage_case
from breakwater.cases.models import Closure, Danger, FollowUp, Gate, Note
from breakwater.cases.testing import EVIDENCE, a_case, a_note, through_gates
from breakwater.cases.timeline import sentence_of
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Refused
from breakwater.kernel.ids import new_id
from breakwater.people.actions.reach import add_contact_point
from breakwater.trust.models import Entry, Sighting
from breakwater.trust.testing import NOON, an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
TONIGHT = NOON + timedelta(hours=8)
SELF_NOW = {"self": ("now", "On the roof.")}
TRIED = "Called four times and knocked; through the door they said no."


def two_workers():
    ada = an_actor()
    return ada, an_actor(agency=ada.agency, name="Eve Holt")


def kinds(case):
    return set(Clock.objects.running().in_episode(case.pk).values_list("kind", flat=True))


def one_gate(case, kind, by, evidence=EVIDENCE):
    return meet_gate(case, kind=kind, evidence=evidence, at=LATER, by=by)


@pytest.mark.parametrize("outcome", ["declined", "moved", "mistake"])
@pytest.mark.parametrize("to", ["self", "from_other", "others", "worker"])
def test_nobody_in_danger_is_left_in_two_taps(outcome, to):
    ada, eve = two_workers()
    case = a_case(by=ada, dangers={to: ("now", "")})
    with pytest.raises(Refused, match="Say in words what was tried"):
        close_case(case, outcome=outcome, at=LATER, by=eve)
    with pytest.raises(Refused, match="not read again within 24 hours"):
        close_case(case, outcome=outcome, words=TRIED, at=LATER, by=eve)


def test_a_danger_now_is_left_by_two_people_after_a_fresh_reading_and_a_word_from_them():
    ada, eve = two_workers()
    case = a_case(by=ada, dangers=SELF_NOW)
    read_danger(case, to="self", level="now", words="Will not come down.", at=LATER, by=ada)
    how = {"outcome": "declined", "words": TRIED}
    with pytest.raises(Refused, match="another worker closes it"):
        close_case(case, at=LATER, by=ada, **how)
    with pytest.raises(Refused, match="nobody heard them decline"):
        close_case(case, at=LATER, by=eve, **how)
    a_note(case, by=eve, at=LATER, kind="call", reached=True, words="Said to leave them alone.")
    with pytest.raises(Refused, match="not read again"):
        close_case(case, at=LATER + timedelta(hours=25), by=eve, **how)
    assert why_not_closed_as(case, at=LATER, by=eve)["declined"] == []
    close_case(case, at=LATER, by=eve, **how)
    assert Entry.objects.get(verb="cases.case_closed").facts["danger"] == "now"


def test_a_likely_danger_is_left_on_a_young_reading_and_words_and_a_death_on_words():
    ada, _ = two_workers()
    case = a_case(by=ada, dangers={"from_other": ("likely", "He waits outside.")})
    read_danger(case, to="from_other", level="likely", words="She is at her mother's.", at=LATER, by=ada)
    close_case(case, outcome="moved", words="Went to her mother in Ohio.", at=LATER, by=ada)
    died = a_case(by=ada, dangers=SELF_NOW)
    with pytest.raises(Refused, match="Say in words"):
        close_case(died, outcome="died", at=LATER, by=ada)
    close_case(died, outcome="died", words="Found by the police at two.", at=LATER, by=ada)
    calm = a_case(by=ada, dangers={"self": ("possible", "")})
    close_case(calm, outcome="declined", at=LATER, by=ada)
    assert Entry.objects.filter(verb="cases.case_closed").last().facts["danger"] == ""


def test_opened_again_a_reading_of_the_time_before_is_none():
    ada, eve = two_workers()
    case = a_case(by=ada, dangers=SELF_NOW)
    read_danger(case, to="self", level="now", words="Still.", at=LATER, by=ada)
    close_case(case, outcome="moved", words=TRIED, at=LATER, by=eve)
    reopen_case(case, because="He is back.", at=TONIGHT, by=eve)
    with pytest.raises(Refused, match="not read again"):
        close_case(case, outcome="moved", words=TRIED, at=TONIGHT, by=eve)


def _raw_closure(case, by, words):
    sql = (
        "INSERT INTO cases_closure"
        " (id, circle_id, case_id, outcome, words, what_worked, reopened_because, starts_at, by_id)"
        " VALUES (%s, %s, %s, 'moved', %s, '', '', now(), %s)"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, (new_id(), case.circle_id, case.pk, words, by.user.pk))


def test_by_raw_sql_nobody_in_danger_is_left_without_a_word_or_alone():
    ada, _ = two_workers()
    case = a_case(by=ada, dangers=SELF_NOW)
    with pytest.raises(IntegrityError, match="without a word"):
        _raw_closure(case, ada, "")
    with pytest.raises(IntegrityError, match="alone"):
        _raw_closure(case, ada, "x")


def test_a_danger_that_pressed_is_read_as_less_only_in_words():
    ada, _ = two_workers()
    case = a_case(by=ada, dangers=SELF_NOW)
    with pytest.raises(Refused, match="Say in words what changed"):
        read_danger(case, to="self", level="possible", words=" ", at=LATER, by=ada)
    read_danger(case, to="self", level="possible", words="Came down, with his brother.", at=LATER, by=ada)
    read_danger(case, to="self", level="none", words="", at=TONIGHT, by=ada)


def test_advice_only_for_somebody_in_danger_asks_why():
    ada, _ = two_workers()
    with pytest.raises(Refused, match="code G is meant for danger that is none"):
        a_case(by=ada, code="G", dangers=SELF_NOW)
    why = "The police hold him, and a doctor is there."
    a_case(by=ada, dangers=SELF_NOW, judgment=judge("uk-mhts-2015", "G", reasons=why))
    a_case(by=ada, code="G", dangers={"worker": ("now", "A dog.")})
    a_case(by=ada, code="B", dangers=SELF_NOW)


def test_nobody_waits_longer_for_us_without_a_reason():
    ada, _ = two_workers()
    case = a_case(by=ada, code="B", dangers={"self": ("likely", "Has pills.")})
    for code, asks in (("G", "meant for danger that is none"), ("C", "less urgent than the one that stands")):
        with pytest.raises(Refused, match=asks):
            triage_case(case, judge("uk-mhts-2015", code), at=LATER, by=ada)
    assert "triage_response" in kinds(case)
    triage_case(case, judge("uk-mhts-2015", "C", reasons="His sister stays with him."), at=LATER, by=ada)
    triage_case(case, judge("uk-mhts-2015", "A"), at=LATER, by=ada)
    triage_case(case, judge("ctrs-1984", answers=_axes(5), reasons="Calm since."), at=LATER, by=ada)


def _axes(each):
    return dict.fromkeys(("dangerousness", "support", "cooperation"), each)


def test_a_gate_is_not_met_with_a_letter():
    ada, _ = two_workers()
    case = a_case(by=ada)
    for kind in ("safe_tonight", "basic_needs"):
        with pytest.raises(Refused, match="Say a little more"):
            one_gate(case, kind, ada, "x")
        with pytest.raises(Refused, match="Say a little more"):
            one_gate(case, kind, ada, "x . . . . . . . . .")
        one_gate(case, kind, ada, "Warm bed")


def test_risk_is_screened_again_by_a_reading_after_intake_or_in_words_by_whom():
    ada, _ = two_workers()
    case = a_case(by=ada, dangers={"self": ("possible", "")})
    with pytest.raises(Refused, match="Nobody has read a danger again since intake"):
        one_gate(case, "rescreened", ada, "Asked again.")
    read_danger(case, to="self", level="possible", words="", at=LATER, by=ada)
    one_gate(case, "rescreened", ada, "Asked again.")
    other = a_case(by=ada)
    one_gate(other, "rescreened", ada, "Columbia screener by Eve Holt at nine: no to all six.")


def test_a_clock_reads_as_what_must_happen_and_once_it_was_met_as_what_was_done():
    ada, _ = two_workers()
    case = a_case(by=ada, dangers={"self": ("likely", "Has pills.")})
    clock = Clock.objects.running().get(episode=case.pk, kind="rescreen")
    assert clock.label == "Screen the risk again"
    read_danger(case, to="self", level="possible", words="Gave them away.", at=LATER, by=ada)
    clock.refresh_from_db()
    assert clock.label == "Risk screened again"
    sentence_of_it = sentence_of(
        "clocks.clock_stopped", Entry.objects.get(verb="clocks.clock_stopped", about=clock.pk).facts
    )
    assert sentence_of_it == "Risk screened again: kept."


def test_one_reachable_contact_is_a_way_that_may_be_used_or_says_why_there_is_none():
    ada, _ = two_workers()
    case = a_case(by=ada)
    add = {"kind": "phone", "value": "555 0100", "how": "", "at": NOON, "by": ada}
    add_contact_point(case.person, safety="unsafe", **add)
    with pytest.raises(Refused, match="No way to reach them that may be used"):
        one_gate(case, "contact", ada, "Sister answers.")
    add_contact_point(case.person, safety="safe", **add | {"value": "555 0101"})
    one_gate(case, "contact", ada, "Sister answers.")


def test_what_the_schedule_owes_is_not_a_contact_that_was_agreed():
    ada, _ = two_workers()
    case = a_case(by=ada)
    with pytest.raises(Refused, match="No next contact is agreed with them yet"):
        one_gate(case, "next_contact", ada)
    book_next_contact(case, due_at=TONIGHT, at=NOON, by=ada)
    one_gate(case, "next_contact", ada, "Tonight at eight.")


def test_whoever_tries_reads_what_was_agreed_for_this_contact_as_it_was_amended_last():
    ada, eve = two_workers()
    case = a_case(by=ada)
    book_next_contact(case, due_at=TONIGHT, agreed="Ring twice, then hang up.", at=NOON, by=ada)
    note = Note.objects.get(case=case)
    amend_note(note, words="Ring three times.", reason="She called back.", version=1, at=LATER, by=ada)
    page = (
        browser_of(eve)
        .get(f"/cases/follow-ups/{FollowUp.objects.booked().get().pk}/attempt/")
        .content.decode()
    )
    assert ("Ring three times." in page, "Ring twice" in page) == (True, False)
    assert Sighting.objects.filter(page="cases:attempt", what="cases.note", ids__contains=[note.pk]).exists()
    owed = FollowUp.objects.standing().filter(case=case).exclude(kind="next_contact").first()
    assert (
        "Agreed with them"
        not in browser_of(eve).get(f"/cases/follow-ups/{owed.pk}/attempt/").content.decode()
    )


def _raw_gate(case):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_gate (id, circle_id, case_id, kind, evidence, lost_because, starts_at)"
            " VALUES (%s, %s, %s, 'safe_tonight', 'x', '', now())", (new_id(), case.circle_id, case.pk),
        )  # fmt: skip
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_stabilized_and_in_danger_now_do_not_stand_beside_each_other():
    ada, _ = two_workers()
    case = through_gates(a_case(by=ada), by=ada, at=LATER)
    assert "stabilization" not in kinds(case)
    read_danger(case, to="self", level="now", words="On the roof.", at=TONIGHT, by=ada)
    assert "stabilization" in kinds(case)
    lost = Gate.objects.get(case=case, kind="safe_tonight")
    assert (lost.ends_at, lost.lost_because) == (TONIGHT, "A danger was read as now.")
    with pytest.raises(Refused, match="they are not safe tonight"):
        meet_gate(case, kind="safe_tonight", evidence=EVIDENCE, at=TONIGHT, by=ada)
    with pytest.raises(IntegrityError, match="nobody in danger now is safe"):
        _raw_gate(case)


def test_a_contact_minutes_after_intake_leaves_the_day_after_owed():
    ada, _ = two_workers()
    case = a_case(by=ada)
    owed = FollowUp.objects.standing().get(case=case, kind="follow_up_24h")
    told = Try(outcome="reached", words="Still here.")
    attempt(owed, told, at=NOON + timedelta(minutes=5), by=ada)
    assert {"follow_up_24h"} == kinds(case) & {"follow_up_24h", "first_contact"}, (
        "they were reached, and it is owed"
    )
    attempt(owed, told, at=NOON + timedelta(hours=11, minutes=59), by=ada)
    assert "follow_up_24h" in kinds(case)
    attempt(owed, told, at=NOON + timedelta(hours=12), by=ada)
    assert "follow_up_24h" not in kinds(case)
    assert owed.attempts.count() == 3


def test_after_a_reopening_early_is_counted_from_then_and_not_from_when_they_first_asked():
    ada, eve = two_workers()
    case = a_case(by=ada)
    close_case(case, outcome="declined", at=LATER, by=ada)
    back = NOON + timedelta(days=30)
    reopen_case(case, because="He is back.", at=back, by=eve)
    owed = FollowUp.objects.standing().get(case=case, kind="follow_up_24h")
    told = Try(outcome="reached", words="Still here.")
    attempt(owed, told, at=back + timedelta(hours=11, minutes=59), by=eve)
    assert "follow_up_24h" in kinds(case), "nobody knows yet how the night went"
    attempt(owed, told, at=back + timedelta(hours=12), by=eve)
    assert "follow_up_24h" not in kinds(case)


def test_what_was_typed_in_late_is_counted_from_when_they_asked():
    ada, _ = two_workers()
    case = a_case(by=ada, at=NOON + timedelta(hours=10), asked_at=NOON)
    owed = FollowUp.objects.standing().get(case=case, kind="follow_up_24h")
    told = Try(outcome="reached", words="Still here.")
    attempt(owed, told, at=NOON + timedelta(hours=12), by=ada)
    assert "follow_up_24h" not in kinds(case)


def test_what_was_booked_is_kept_whenever_they_are_reached():
    ada, _ = two_workers()
    case = a_case(by=ada)
    owed = book_next_contact(case, due_at=TONIGHT, at=NOON, by=ada)
    attempt(owed, Try(outcome="reached"), at=LATER, by=ada)
    assert "next_contact" not in kinds(case)


def test_somebody_else_may_be_the_danger():
    ada, _ = two_workers()
    case = a_case(by=ada, dangers={"from_other": ("likely", "Her husband follows her.")})
    assert "rescreen" in kinds(case)
    as_seen_by(ada)
    assert Danger.objects.pressing().get(case=case).get_to_display() == "From somebody else"
    assert not Closure.objects.exists()
