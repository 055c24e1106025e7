"""A contact that was none: it is marked, nothing is deleted, and what it had stopped runs again."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.follow_up import Try, attempt, book_next_contact
from breakwater.cases.actions.not_reached import take_back_contact
from breakwater.cases.models import Attempt, FollowUp, Note, NotReached
from breakwater.cases.rules import is_kept_by
from breakwater.cases.testing import a_case, a_closed_case, a_note, through_gates
from breakwater.cases.tests.test_episode import keep_promises
from breakwater.cases.timeline import chronology_of
from breakwater.clocks.models import Clock
from breakwater.kernel.db import run_sql
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import NOON, a_guest, an_actor, an_agency, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER, NEXT_DAY = NOON + HOUR, NOON + 23 * HOUR
WHY = "The wrong case."


@pytest.fixture
def by():
    return an_actor(Role.SUPERVISOR)


@pytest.fixture
def case(by):
    return a_case(by=by)


def dues(case):
    return dict(Clock.objects.running().of(case.pk).values_list("kind", "due_at"))


def owed(case):
    standing = FollowUp.objects.standing().filter(case=case)
    return dict(standing.values_list("kind", "planned_for"))


def spoke(case, by, at, kind="call"):
    return a_note(case, by=by, at=at, kind=kind, reached=True, words="Spoke with him.")


def tried(owed, by, at, outcome="reached"):
    return attempt(owed, Try(outcome=outcome), at=at, by=by)


def take_back(contact, by, at=NEXT_DAY + HOUR):
    made = take_back_contact(contact, reason=WHY, at=at, by=by)
    keep_promises()
    return made


def test_a_note_on_the_wrong_case_starts_what_it_had_stopped_by_the_same_hour(by, case):
    promised, check_ins = dues(case), owed(case)
    note = spoke(case, by, NEXT_DAY)
    assert promised.keys() - dues(case).keys() == {"first_contact", "follow_up_24h"}
    take_back(note, by)
    assert (dues(case), owed(case)) == (promised, check_ins)
    again = Note.objects.get(pk=note.pk)
    assert (again.words, again.reached) == ("Spoke with him.", True), "what was written stays"
    assert not Note.objects.filter(case=case).contacts().exists()
    left = Attempt.objects.get(follow_up__case=case)
    assert left.taken_back, "so is the try that it left behind"
    assert not Attempt.objects.spoke().exists()


def test_a_visit_that_was_none_starts_the_response_that_a_code_promised(by):
    case = a_case(by=by, code="B")
    promised = dues(case)
    note = spoke(case, by, NOON + timedelta(minutes=5), kind="visit")
    assert "triage_response" not in dues(case)
    take_back(note, by)
    assert dues(case) == promised


def test_a_decline_in_the_wrong_box_owes_every_check_in_again(by, case):
    promised, check_ins = dues(case), owed(case)
    first = FollowUp.objects.standing().filter(case=case).order_by("planned_for").first()
    made = tried(first, by, LATER, "declined")
    assert owed(case) == {}
    take_back(made, by)
    assert owed(case) == check_ins
    assert {kind: due for kind, due in dues(case).items() if kind in promised} == promised


def test_what_a_true_contact_would_have_stopped_does_not_start(by, case):
    promised = dues(case)
    note = spoke(case, by, LATER)
    spoke(case, by, NEXT_DAY)
    take_back(note, by)
    assert promised.keys() - dues(case).keys() == {"first_contact", "follow_up_24h"}


def test_and_starts_when_that_one_was_none_either(by, case):
    promised = dues(case)
    first, second = spoke(case, by, LATER), spoke(case, by, NEXT_DAY)
    take_back(first, by)
    take_back(second, by)
    assert dues(case) == promised


def test_what_runs_again_may_end_again_and_start_again(by, case):
    promised = dues(case)
    take_back(spoke(case, by, LATER), by)
    take_back(spoke(case, by, LATER + HOUR), by)
    assert dues(case) == promised


def test_the_contact_that_was_agreed_takes_the_place_of_the_one_made_by_itself(by):
    case = through_gates(a_case(by=by, code="G"), by=by, at=LATER)
    for one in FollowUp.objects.standing().filter(case=case).order_by("planned_for"):
        tried(one, by, one.planned_for)
    spoke(case, by, LATER)
    last = FollowUp.objects.filter(case=case).latest("planned_for").planned_for
    agreed = book_next_contact(case, due_at=last + 40 * HOUR, at=last, by=by)
    note = tried(agreed, by, last + HOUR)
    keep_promises()
    assert dues(case).keys() == {"next_contact"}
    assert dues(case)["next_contact"] != agreed.planned_for
    take_back(note, by, at=last + 2 * HOUR)
    assert dues(case) == owed(case) == {"next_contact": agreed.planned_for}


def test_a_contact_that_was_booked_since_stands(by, case):
    agreed = book_next_contact(case, due_at=NOON + 2 * HOUR, at=NOON, by=by)
    made = tried(agreed, by, LATER)
    newer = book_next_contact(case, due_at=NOON + 90 * HOUR, at=LATER, by=by)
    take_back(made, by)
    assert owed(case)["next_contact"] == newer.planned_for


def test_of_a_case_that_was_closed_since_only_the_mark_is_made(by, case):
    note = spoke(case, by, LATER)
    close_case(case, outcome="mistake", words="", at=NEXT_DAY, by=by)
    take_back(note, by)
    assert (dues(case), note.pk) == ({}, NotReached.objects.get().note_id)
    other = a_case(by=by, known_as="Otto Lund")
    agreed = book_next_contact(other, due_at=NOON + 2 * HOUR, at=NOON, by=by)
    said = tried(agreed, by, LATER)
    close_case(other, outcome="mistake", words="", at=LATER + HOUR, by=by)
    reopen_case(other, because="Called again.", at=NEXT_DAY, by=by)
    begun = dues(other)
    take_back(said, by)
    assert dues(other) == begun, "opened again, its promises began anew"


def test_nobody_is_lost_by_a_try_that_was_none_and_who_was_not_reached_may_be(by, case):
    one = FollowUp.objects.standing().get(case=case, kind="follow_up_24h")
    for hours in (1, 30, 80):
        tried(one, by, NOON + hours * HOUR, "no_answer")
    note = spoke(case, by, NOON + 81 * HOUR)
    at = NOON + 82 * HOUR
    with pytest.raises(Refused, match="attempts are needed"):
        close_case(case, outcome="lost", at=at, by=by)
    take_back(note, by, at=at)
    close_case(case, outcome="lost", at=at, by=by)


def test_it_is_said_once_with_a_reason_and_of_a_contact(by, case):
    with pytest.raises(Refused, match="does not say that they were reached"):
        take_back(a_note(case, by=by), by)
    owes = FollowUp.objects.standing().filter(case=case).first()
    with pytest.raises(Refused, match="does not say that they were reached"):
        take_back(tried(owes, by, LATER, "no_answer"), by)
    note = spoke(case, by, LATER)
    with pytest.raises(Refused, match="Say why: the wrong case, or the wrong box"):
        take_back_contact(note, reason=" ", at=LATER, by=by)
    take_back(note, by)
    with pytest.raises(Overtaken, match="taken back already"):
        take_back(note, by)


def test_a_try_that_a_note_left_behind_stands_for_the_note(by, case):
    note = spoke(case, by, NEXT_DAY)
    left = Attempt.objects.get(follow_up__case=case)
    assert take_back(left, by).note_id == note.pk
    with pytest.raises(Overtaken, match="taken back already"):
        take_back(left, by)


def test_only_who_holds_the_case_says_so(by, case):
    note = spoke(case, by, LATER)
    guest = an_actor(Role.SUPERVISOR, agency=an_agency())
    as_seen_by(by)
    a_guest(case.circle, agency=guest.agency, until=None, at=NOON, by=by)
    as_seen_by(guest)
    with pytest.raises(NotPermitted):
        take_back_contact(note, reason=WHY, at=LATER, by=guest)
    stranger = browser_of(an_actor(Role.SUPERVISOR, agency=an_agency(), now=timezone.now()))
    assert stranger.get(reverse("cases:note_not_reached", args=[note.pk])).status_code == 404


def test_a_note_on_a_closed_case_is_marked(by):
    case = a_closed_case(by=by)
    take_back(spoke(case, by, NOON + 40 * HOUR), by)
    assert dues(case) == {}


def test_a_mark_stays_and_nobody_makes_one_from_another_circle(by, case):
    note = spoke(case, by, LATER)
    take_back(note, by)
    with pytest.raises(DatabaseError, match="stays written"), transaction.atomic():
        run_sql("UPDATE cases_notreached SET reason = 'Other.'")
    other = spoke(case, by, LATER + HOUR)
    thief = as_seen_by(an_actor(agency=an_agency()))
    own = a_case(by=thief)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        NotReached.objects.create(circle=own.circle, note_id=other.pk, reason=WHY)


def test_which_contacts_keep_which_clocks():
    told = {"started_at": NOON, "due_soon_at": NEXT_DAY}
    assert is_kept_by("first_contact", [("call", NOON, False)], **told)
    assert not is_kept_by("first_contact", [("call", NOON - HOUR, False)], **told)
    assert not is_kept_by("triage_response", [("call", LATER, False)], **told)
    assert is_kept_by("triage_response", [("visit", LATER, False)], **told)
    assert not is_kept_by("follow_up_24h", [("call", LATER, False)], **told)
    assert is_kept_by("follow_up_24h", [("call", LATER, True)], **told), "declined"
    assert is_kept_by("next_contact", [("call", NEXT_DAY, False)], **told)


def test_the_pages_ask_why_and_show_it_beside_what_was_written():
    by = an_actor(Role.SUPERVISOR, now=timezone.now())
    begun = by.now - 5 * HOUR
    case = a_case(by=by, at=begun)
    page, desk = browser_of(by), reverse("desk:case", args=[case.pk])
    note = spoke(case, by, begun + HOUR)
    where = reverse("cases:note_not_reached", args=[note.pk])
    assert where in page.get(desk).content.decode()
    assert "What was written stays" in page.get(where).content.decode()
    assert press(page, where, by=by, reason="").status_code == 422
    assert press(page, where, by=by, reason=WHY)["Location"] == f"{desk}#chronology"
    again = press(page, where, by=by, reason=WHY)
    assert (again.status_code, b"taken back already" in again.content) == (422, True)
    shown = page.get(reverse("cases:chronology", args=[case.pk])).content.decode()
    assert (shown.count(WHY), where in shown) == (2, False), "beside the note, and where it was taken back"
    added = next(one for one in chronology_of(case) if one.verb == "cases.note_added")
    assert (added.taken_back.reason, added.is_contact) == (WHY, True)


def test_a_try_is_taken_back_where_it_stands():
    by = an_actor(Role.SUPERVISOR, now=timezone.now())
    case = a_case(by=by, at=by.now - 30 * HOUR)
    one = FollowUp.objects.standing().get(case=case, kind="follow_up_24h")
    made = tried(one, by, by.now - HOUR)
    page = browser_of(by)
    tries = reverse("cases:next_contact", args=[case.pk])
    where = reverse("cases:attempt_not_reached", args=[made.pk])
    assert where in page.get(tries).content.decode()
    assert press(page, where, by=by, reason=WHY).status_code == 303
    shown = page.get(tries).content.decode()
    assert (where in shown, WHY in shown) == (False, True)
    assert owed(case)["follow_up_24h"] == one.planned_for
