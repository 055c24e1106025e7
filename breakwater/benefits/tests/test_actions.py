from datetime import UTC, timedelta

import pytest
from django.db import IntegrityError, transaction

from breakwater.benefits.actions.applying import (
    Proof,
    begin_application,
    book_interview,
    end_application,
    end_interview,
    see_to_paper,
    submit,
    want_papers,
)
from breakwater.benefits.actions.notices import (
    Letter,
    appeal,
    ask_address,
    file_renewal,
    find_last_day,
    note_notice,
)
from breakwater.benefits.models import Application, Notice, Paper, Screening
from breakwater.benefits.overview import calendar_of, losses_of
from breakwater.benefits.testing import (
    a_screening,
    a_submitted_application,
    an_application,
    an_interview,
    some_papers,
    told,
)
from breakwater.cases.actions.closing import close_case, why_not_closed_as
from breakwater.cases.actions.screening import read_danger
from breakwater.cases.testing import a_case
from breakwater.clocks.actions import announce
from breakwater.clocks.models import Alarm, Clock
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, as_seen_by

pytestmark = pytest.mark.django_db

TODAY = NOON.date()


def running(application):
    found = Clock.objects.running().of(application.pk).order_by("due_at")
    return {clock.kind: clock for clock in found}


def due_days(application):
    return {kind: (one.due_at.astimezone(UTC) - NOON).days for kind, one in running(application).items()}


@pytest.fixture
def ada():
    return an_actor()


@pytest.fixture
def case(ada):
    return a_case(by=ada)


def test_a_pre_screen_keeps_what_came_out_and_nothing_about_citizenship(ada, case):
    screening = a_screening(case, by=ada, settled=False)
    screening = Screening.objects.get(pk=screening.pk)
    assert screening.told == {"size": 2, "income": 100, "resources": 20, "age": 30, "children": True}
    assert (screening.answers["snap"]["answer"], screening.answers["snap"]["faster"]) == ("unknown", True)
    silent = Screening.objects.get(pk=a_screening(case, by=ada, settled=None).pk)
    assert screening.answers == silent.answers


def test_an_application_goes_from_beginning_to_decision_on_the_programs_clocks(ada, case):
    application = an_application(case, by=ada, is_expedited=True)
    assert set(running(application)) == {"benefit_filing"}
    lease, slips = sorted(some_papers(application, by=ada), key=lambda one: one.words, reverse=True)
    submit(application, Proof(how="online", hand="person"), submitted_at=NOON, at=NOON, by=ada)
    assert set(running(application)) == {"benefit_papers", "snap_expedited", "snap_decision"}
    assert (due_days(application)["snap_expedited"], due_days(application)["snap_decision"]) == (7, 30)
    see_to_paper(lease, how="got", at=NOON, by=ada)
    assert "benefit_papers" in running(application)
    see_to_paper(slips, how="not_needed", at=NOON, by=ada)
    assert "benefit_papers" not in running(application)
    an_interview(application, by=ada)
    end_interview(application, kept=True, at=NOON + timedelta(days=3), by=ada)
    assert Clock.objects.get(kind="benefit_interview").ended_how == "met"
    told(application, "approved", by=ada)
    assert set(running(application)) == {"snap_recertification", "benefit_address"}
    application.refresh_from_db()
    assert (application.stage, application.submitted_hand) == ("approved", "person")


def test_a_benefit_without_a_legal_clock_is_asked_after(ada, case):
    assert set(running(a_submitted_application(case, by=ada, program="ssi"))) == {"benefit_status"}


def test_a_refusal_runs_to_the_last_day_the_notice_or_the_law_gives(ada, case):
    dated = TODAY - timedelta(days=6)
    snap = told(a_submitted_application(case, by=ada), "denied", by=ada, dated=dated)
    assert (snap.stage, due_days(snap)) == ("denied", {"snap_fair_hearing": 84})
    ssi = told(a_submitted_application(case, by=ada, program="ssi"), "denied", by=ada, dated=dated)
    assert due_days(ssi) == {"ssa_reconsideration": 59}
    said = TODAY + timedelta(days=9)
    tanf = told(a_submitted_application(case, by=ada, program="tanf"), "denied", by=ada, last_day=said)
    assert set(due_days(tanf)) == {"benefit_hearing"}
    relief = told(a_submitted_application(case, by=ada, program="local_relief"), "denied", by=ada)
    assert set(due_days(relief)) == {"benefit_last_day"}
    find_last_day(relief, last_day=said, at=NOON, by=ada)
    assert set(due_days(relief)) == {"benefit_hearing"}


def test_a_stop_has_two_deadlines_and_an_appeal_keeps_both(ada, case):
    snap = told(a_submitted_application(case, by=ada), "approved", by=ada)
    stops = TODAY + timedelta(days=20)
    snap = told(snap, "stopped", by=ada, reason="renewal", effective_on=stops)
    assert due_days(snap) == {"snap_kept_during_appeal": 10, "snap_fair_hearing": 90}
    appeal(snap, at=NOON, by=ada)
    assert set(running(snap)) == {"benefit_status"}
    kept = Clock.objects.of(snap.pk).get(kind="snap_kept_during_appeal")
    assert kept.ended_how == "met"
    medicaid = told(a_submitted_application(case, by=ada, program="medicaid"), "approved", by=ada)
    medicaid = told(medicaid, "denied", by=ada, effective_on=stops)
    assert (medicaid.stage, due_days(medicaid)["medicaid_kept_during_appeal"]) == ("lost", 19)


def test_what_was_refused_is_applied_for_again_and_knows_its_past(ada, case):
    denied = told(a_submitted_application(case, by=ada), "denied", by=ada)
    again = an_application(case, by=ada)
    denied.refresh_from_db()
    assert (denied.ended_how, again.again_of_id, running(denied)) == ("again", denied.pk, {})


def test_a_renewal_runs_beside_the_case_and_its_address_is_asked_before(ada, case):
    snap = told(a_submitted_application(case, by=ada), "approved", by=ada)
    assert {one.episode for one in running(snap).values()} == {None}
    ask_address(snap, still_right=False, at=NOON, by=ada)
    assert set(running(snap)) == {"snap_recertification"}
    file_renewal(snap, at=NOON, by=ada)
    assert set(running(snap)) == {"benefit_status"}
    lost = told(snap, "denied", by=ada, reason="mail")
    assert lost.stage == "lost"


def test_a_benefit_under_way_keeps_a_case_open_until_it_is_handed_on(ada, case):
    application = a_submitted_application(case, by=ada)
    approved = told(a_submitted_application(case, by=ada, program="wic"), "approved", by=ada)
    reasons = why_not_closed_as(case, at=NOON, by=ada)["declined"]
    assert [(one.panel, "hand it on" in one.sentence) for one in reasons] == [("benefits", True)]
    with pytest.raises(Refused, match=r"The clock “SNAP decision” is still running\. A benefit is under way"):
        close_case(case, outcome="declined", at=NOON, by=ada)
    end_application(application, how="handed_on", outcome="Their sister", at=NOON, by=ada)
    clock = Clock.objects.of(application.pk).get(kind="snap_decision")
    assert (clock.ended_how, clock.excuse) == ("excused", "Their sister")
    close_case(case, outcome="declined", at=NOON, by=ada)
    assert "benefit_renewal" in running(approved)
    lost = told(approved, "stopped", by=ada, reason="mail", at=NOON + timedelta(days=1))
    assert {one.episode for one in running(lost).values()} == {None}


def test_a_case_in_which_only_an_office_is_waited_for_gets_a_next_contact(ada, case):
    application = a_submitted_application(case, by=ada)
    papers = some_papers(application, by=ada)
    others = Clock.objects.running().in_episode(case.pk).exclude(about=application.pk)
    others.update(ended_at=NOON, ended_how=Clock.Ended.MET)
    for paper in papers:
        see_to_paper(paper, how="got", at=NOON, by=ada)
    kinds = set(Clock.objects.running().in_episode(case.pk).values_list("kind", flat=True))
    assert kinds == {"snap_decision", "next_contact"}
    read_danger(case, to="self", level="now", words="", at=NOON, by=ada)
    Clock.objects.running().filter(kind="next_contact").update(ended_at=NOON, ended_how=Clock.Ended.MET)
    read_danger(case, to="self", level="none", words="Slept, and says so himself.", at=NOON, by=ada)
    kinds = set(Clock.objects.running().in_episode(case.pk).values_list("kind", flat=True))
    assert kinds == {"snap_decision", "next_contact"}, (
        "a danger that is over leaves nobody to the office alone"
    )


def test_its_last_day_is_announced_once(ada, case):
    application = told(a_submitted_application(case, by=ada), "denied", by=ada)
    for days in (80, 80, 95, 95):
        announce(at=NOON + timedelta(days=days), by=ada)
    alarms = Alarm.objects.filter(clock__about=application.pk).values_list("kind", flat=True)
    assert sorted(alarms) == ["due_soon", "missed"]


def test_what_is_due_and_what_was_lost_is_told_to_those_who_watch(ada, case):
    snap = told(a_submitted_application(case, by=ada), "denied", by=ada)
    told(a_submitted_application(case, by=ada, program="wic"), "denied", by=ada, reason="not_told")
    rows = calendar_of(ada, is_mine=True, most=9)
    assert [(row.application.program, row.clock.kind) for row in rows] == [
        ("wic", "wic_hearing"), ("snap", "snap_fair_hearing"),
    ]  # fmt: skip
    lost = losses_of(ada)
    assert (lost["total"].percent, [label for label, _ in lost["by_program"]]) == (
        50,
        ["SNAP (food stamps)", "WIC"],
    )
    stranger = as_seen_by(an_actor())
    assert calendar_of(stranger, is_mine=False, most=9) == []
    assert losses_of(stranger)["total"].all == 0
    assert not Application.objects.visible_to(stranger).filter(pk=snap.pk).exists()


def test_the_journal_tells_it_by_codes(ada, case):
    application = told(a_submitted_application(case, by=ada), "denied", by=ada)
    found = Entry.objects.of_episode(case.pk).filter(about=application.pk, verb__startswith="benefits.")
    assert set(found.values_list("verb", flat=True)) == {
        "benefits.application_started", "benefits.application_submitted", "benefits.notice_received",
    }  # fmt: skip


def refusals(ada, case):
    """Each refusal, by the words it is told in."""
    begun = an_application(case, by=ada)
    sent = a_submitted_application(case, by=ada, program="medicaid")
    denied = told(a_submitted_application(case, by=ada, program="wic"), "denied", by=ada)
    acts = {"at": NOON, "by": ada}
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

    def read(**facts):
        return lambda: note_notice(
            sent, Letter(**({"kind": "denied", "dated": TODAY, "reason": "papers"} | facts)), **acts
        )

    proof = Proof(how="mail", hand="worker")
    return {
        "Choose what to apply for": lambda: begin_application(case, "gold", is_expedited=False, **acts),
        "has no faster decision": lambda: begin_application(case, "ssi", is_expedited=True, **acts),
        "An application for this is already open": lambda: begin_application(
            case, "snap", is_expedited=False, **acts
        ),
        "Say which papers": lambda: want_papers(begun, [" "], due_on=None, **acts),
        "This day is over. Ask the office": lambda: want_papers(begun, ["x"], due_on=yesterday, **acts),
        "a time still to come. Check day": lambda: submit(
            begun, proof, submitted_at=NOON + timedelta(hours=1), **acts
        ),
        "it stands at “Submitted”": lambda: submit(sent, proof, submitted_at=NOON, **acts),
        "booked for a time still to come": lambda: book_interview(begun, interview_at=NOON, **acts),
        "No interview is booked": lambda: end_interview(begun, kept=True, **acts),
        "Say why it ends": lambda: end_application(begun, how="handed_on", outcome=" ", **acts),
        "has not come yet": read(dated=tomorrow),
        "Say why it was refused": read(reason=""),
        "Say from which day": read(kind="approved"),
        "stop before it begins": read(kind="approved", holds_from=TODAY, holds_until=yesterday),
        "lies before the date on the notice": read(last_day=yesterday),
        "Nothing was refused that could": lambda: find_last_day(sent, last_day=tomorrow, **acts),
        "This day is over. Ask legal aid": lambda: find_last_day(denied, last_day=yesterday, **acts),
        "Medicaid: it stands at “Submitted”": lambda: appeal(sent, **acts),
        "WIC: it stands at “Denied”": lambda: file_renewal(denied, **acts),
        "Nothing is approved": lambda: ask_address(denied, still_right=True, **acts),
    }


def test_every_refusal_says_what_to_do(ada, case):
    for sentence, act in refusals(ada, case).items():
        with pytest.raises(Refused, match=sentence), transaction.atomic():
            act()


def test_what_has_ended_stays_as_it_is(ada, case):
    application = an_application(case, by=ada)
    paper, _ = some_papers(application, by=ada)
    see_to_paper(paper, how="got", at=NOON, by=ada)
    with pytest.raises(Overtaken, match="This paper was seen to already: handed in"):
        see_to_paper(paper, how="got", at=NOON, by=ada)
    end_application(application, how="given_up", outcome="Not now", at=NOON, by=ada)
    with pytest.raises(Overtaken, match="This application has ended: not wanted any more"):
        submit(application, Proof(how="mail", hand="worker"), submitted_at=NOON, at=NOON, by=ada)


def test_only_whoever_holds_the_case_works_on_it(ada, case):
    with pytest.raises(NotPermitted):
        begin_application(case, "snap", is_expedited=False, at=NOON, by=an_actor())


ROUND_THE_ACTION = {
    "a_submitted_application_has_its_proof": {"stage": "submitted"},
    "an application does not go from started to approved": {"stage": "approved"},
    "an_ended_application_says_how": {"stage": "ended"},
    "an_application_handed_on_says_to_whom": {"stage": "ended", "ended_how": "handed_on", "ends_at": NOON},
    "application_ends_after_it_starts": {
        "stage": "ended", "ended_how": "over", "ends_at": NOON - timedelta(days=1),
    },
    "a_benefit_ends_after_it_begins": {"holds_from": TODAY, "holds_until": TODAY - timedelta(days=1)},
}  # fmt: skip


@pytest.mark.parametrize("name", ROUND_THE_ACTION)
def test_postgresql_refuses_what_the_actions_never_write(ada, case, name):
    application = an_application(case, by=ada)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**ROUND_THE_ACTION[name])


def test_postgresql_knows_no_second_application_and_none_that_begins_elsewhere(ada, case):
    begun = an_application(case, by=ada)
    facts = {
        name: getattr(begun, name) for name in ("circle", "case", "programs", "is_expedited", "starts_at")
    }
    with pytest.raises(IntegrityError, match="one_standing_application_for_a_program"), transaction.atomic():
        Application.objects.create(**facts, program="snap")
    with pytest.raises(IntegrityError, match="begins by being started"), transaction.atomic():
        Application.objects.create(**facts, program="wic", stage="approved", holds_from=TODAY)
    sent = a_submitted_application(case, by=ada, program="wic")
    with pytest.raises(IntegrityError, match="an_approved_benefit_says_from_when"), transaction.atomic():
        Application.objects.filter(pk=sent.pk).update(stage="approved")
    with pytest.raises(IntegrityError, match="a_refusal_says_why"), transaction.atomic():
        Notice.objects.create(circle=case.circle, application=sent, kind="denied", dated=TODAY, at=NOON)


def test_postgresql_keeps_what_a_paper_says(ada, case):
    paper, _ = some_papers(an_application(case, by=ada), by=ada)
    for name, facts in {
        "a_paper_that_was_seen_to_says_how": {"ends_at": NOON},
        "paper_ends_after_it_starts": {"ends_at": NOON - timedelta(days=1), "ended_how": "got"},
        "a_paper_says_what_it_is": {"words": ""},
    }.items():
        with pytest.raises((IntegrityError, ValueError), match=name), transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(**facts)
