"""Each sentence with which an act on a case is refused, met once."""

from datetime import timedelta

import pytest

from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.follow_up import Try, attempt
from breakwater.cases.actions.gates import lose_gate, meet_gate
from breakwater.cases.actions.intake import Story, take_in
from breakwater.cases.actions.notes import name_barrier, remove_barrier
from breakwater.cases.actions.owners import assign, join_team, leave_team, take
from breakwater.cases.actions.screening import read_danger
from breakwater.cases.actions.triage import judge
from breakwater.cases.models import Case, FollowUp, Gate
from breakwater.cases.testing import a_case, a_closed_case, a_note, a_queued_case, stabilized
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.people.actions.reach import add_contact_point, end_contact_point
from breakwater.trust.access import Actor
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import NOON, a_guest, an_actor, as_seen_by

pytestmark = pytest.mark.django_db
BEFORE, LATER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)


@pytest.fixture
def by() -> Actor:
    return an_actor(Role.SUPERVISOR)


@pytest.fixture
def case(by) -> Case:
    return a_case(by=by)


def a_colleague(by: Actor, role: str = Role.CASE_MANAGER, name: str = "Bo Lind") -> Actor:
    colleague = an_actor(role, agency=by.agency, name=name)
    as_seen_by(by)
    return colleague


def a_number(case: Case, by: Actor, safety: str = "safe", value: str = "202-555-0142"):
    return add_contact_point(case.person, kind="phone", value=value, safety=safety, how="", at=NOON, by=by)


def try_to_reach(case: Case, by: Actor, **facts):
    owed = FollowUp.objects.standing().filter(case=case).first()
    at = facts.pop("at", LATER)
    return attempt(owed, Try(**({"outcome": "no_answer"} | facts)), at=at, by=by)


def a_story(**facts) -> Story:
    return Story(**({"what_is_happening": "Out of insulin.", "asked_by": "self", "asked_at": NOON} | facts))


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"asked_by": ""}, "Say who asked"),
        ({"dangers": {"self": ("perhaps", "")}}, "whether it is none, possible, likely or now"),
        ({"asked_at": NOON - timedelta(days=31)}, "days ago is not a new crisis"),
    ],
)
def test_a_story_that_cannot_be(by, told, sentence):
    with pytest.raises(Refused, match=sentence):
        take_in(a_story(**told), at=NOON, by=by)


def test_somebody_with_an_open_case_is_not_taken_in_twice(by, case):
    with pytest.raises(Refused, match=r"Add what is new to that case\."):
        take_in(a_story(), person=case.person, at=NOON, by=by)


def test_what_happens_in_a_case_is_for_its_holder_to_write(by, case):
    partner = an_actor()
    as_seen_by(by)
    a_guest(case.circle, agency=partner.agency, until=None, at=BEFORE, by=by)
    as_seen_by(partner)
    with pytest.raises(NotPermitted, match="Ask them, or offer them what you know"):
        name_barrier(case, words="No papers.", at=NOON, by=partner)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"kind": "gossip"}, "a meeting or advocacy"),
        ({"minutes": 100_000}, "Minutes are from 0 to"),
    ],
)
def test_a_note_that_says_too_little_or_too_much(by, case, facts, sentence):
    with pytest.raises(Refused, match=sentence):
        a_note(case, by=by, **facts)


def test_a_barrier_is_named_and_removed_in_words_once(by, case):
    with pytest.raises(Refused, match="Say what stands in the way"):
        name_barrier(case, words=" ", at=NOON, by=by)
    barrier = name_barrier(case, words="No papers.", at=NOON, by=by)
    with pytest.raises(Refused, match="Say how it was removed"):
        remove_barrier(barrier, how="", at=LATER, by=by)
    remove_barrier(barrier, how="The consulate issued a pass.", at=LATER, by=by)
    with pytest.raises(Refused, match="This barrier was removed already"):
        remove_barrier(barrier, how="Again.", at=LATER, by=by)


def test_a_gate_is_one_of_five_and_met_after_the_asking(by, case):
    with pytest.raises(Refused, match="There is no such gate"):
        meet_gate(case, kind="pearly", evidence="Seen.", at=LATER, by=by)
    with pytest.raises(Refused, match="before help was asked for"):
        meet_gate(case, kind="safe_tonight", evidence="Seen.", met_at=BEFORE, at=LATER, by=by)


def test_a_gate_is_not_lost_without_a_reason(by, case):
    stabilized(case, by=by, at=LATER)
    with pytest.raises(Refused, match="Say what changed"):
        lose_gate(Gate.objects.standing().filter(case=case).first(), because=" ", at=LATER, by=by)


def test_a_danger_has_somebody_and_a_level(by, case):
    with pytest.raises(Refused, match="Say to whom the danger is"):
        read_danger(case, to="the cat", level="now", words="", at=NOON, by=by)


def test_a_code_that_its_scheme_does_not_have():
    with pytest.raises(Refused, match="This triage cannot be saved"):
        judge("uk-mhts-2015", "Z")


def test_an_attempt_says_what_came_of_it_and_by_a_way_of_theirs(by, case):
    with pytest.raises(Refused, match="Say what came of it"):
        try_to_reach(case, by, outcome="perhaps")
    with pytest.raises(Refused, match="not a way to reach this person"):
        try_to_reach(case, by, contact_point=a_number(a_case(by=by, known_as="Otto Lund"), by))


def test_a_way_that_ended_or_is_not_safe_is_not_used(by, case):
    gone, unsafe = a_number(case, by), a_number(case, by, "unsafe", "202-555-0143")
    end_contact_point(gone, at=NOON, by=by)
    gone.refresh_from_db()
    with pytest.raises(Refused, match="This way to reach them holds no longer"):
        try_to_reach(case, by, contact_point=gone)
    with pytest.raises(Refused, match="marked as not safe"):
        try_to_reach(case, by, contact_point=unsafe)


def test_nobody_is_lost_before_enough_attempts_over_enough_time(by, case):
    with pytest.raises(Refused, match="attempts are needed before somebody is lost to contact"):
        close_case(case, outcome="lost", at=LATER, by=by)
    for minutes in range(3):
        try_to_reach(case, by, at=LATER + timedelta(minutes=minutes))
    with pytest.raises(Refused, match="or more before somebody is lost to contact"):
        close_case(case, outcome="lost", at=LATER + timedelta(hours=1), by=by)


def test_a_case_ends_in_a_known_way(by, case):
    with pytest.raises(Refused, match="Say how it ended"):
        close_case(case, outcome="somehow", at=LATER, by=by)


def test_a_case_is_opened_again_with_a_reason_and_after_it_was_closed(by):
    case = a_closed_case(by=by)
    with pytest.raises(Refused, match="Say why it is opened again"):
        reopen_case(case, because="", at=NOON + timedelta(days=2), by=by)
    with pytest.raises(Refused, match="cannot be opened again before it was closed"):
        reopen_case(case, because="They called.", at=NOON, by=by)


def test_a_case_is_taken_once_and_by_a_person(by):
    case = a_queued_case(by=by)
    with pytest.raises(Refused, match="A case is taken by a person"):
        take(case, at=NOON, by=Actor(user=None, agency=by.agency, role=Role.SYSTEM, now=NOON))
    take(case, at=NOON, by=by)
    with pytest.raises(Overtaken, match="You are accountable for this case already"):
        take(case, at=LATER, by=by)


def test_only_those_who_work_here_on_cases_can_be_accountable(by, case):
    with pytest.raises(Refused, match="is accountable already"):
        assign(case, worker=by.user, at=LATER, by=by)
    officer = a_colleague(by, Role.PRIVACY_OFFICER)
    with pytest.raises(Refused, match="and cannot be accountable for a case"):
        assign(case, worker=officer.user, at=LATER, by=by)
    stranger = an_actor(name="Cy Roe")
    as_seen_by(by)
    with pytest.raises(Refused, match="Cy Roe does not work for"):
        assign(case, worker=stranger.user, at=LATER, by=by)


def test_a_team_has_each_colleague_once_and_not_its_owner(by, case):
    colleague = a_colleague(by)
    with pytest.raises(Refused, match="and so helps with it already"):
        join_team(case, worker=by.user, at=LATER, by=by)
    with pytest.raises(Refused, match="Bo Lind is not on the team"):
        leave_team(case, worker=colleague.user, at=LATER, by=by)
    join_team(case, worker=colleague.user, at=LATER, by=by)
    with pytest.raises(Overtaken, match="Bo Lind is on the team already"):
        join_team(case, worker=colleague.user, at=LATER, by=by)
