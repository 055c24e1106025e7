"""Cases and their hand-offs, in any order of acts: what happens is what a model kept by hand says, no more.

Then the same illegal steps by raw SQL, as the role that serves: PostgreSQL names the sentence that each would break.
"""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from breakwater.cases.actions.closing import close_case, reopen_case
from breakwater.cases.actions.follow_up import book_next_contact
from breakwater.cases.actions.gates import lose_gate, meet_gate
from breakwater.cases.actions.intake import Story
from breakwater.cases.actions.owners import assign, release, take
from breakwater.cases.models import Assignment, Closure, FollowUp, Gate
from breakwater.cases.testing import EVIDENCE, a_case, a_note
from breakwater.clocks.models import Clock
from breakwater.kernel.ids import new_id
from breakwater.referrals.actions.handoff import (
    accept_case,
    confirm_contact,
    decline_case,
    take_over,
    withdraw_offer,
)
from breakwater.referrals.actions.letters import Word
from breakwater.referrals.actions.meeting import Together, note_meeting
from breakwater.referrals.models import Handoff, HandoffStage, Meeting
from breakwater.referrals.testing import a_handoff
from breakwater.trust.access import acting
from breakwater.trust.testing import an_actor
from tests.machines import FEW, NOW, Machine, refusal

pytestmark = pytest.mark.django_db

AFTER = {"offered": {"accepted", "declined", "withdrawn"}, "accepted": {"first_contact", "withdrawn"}}
"""What may follow what, from the sheet of the hand-off and not from the product."""
CODES = ("offered", "accepted", "declined", "first_contact", "withdrawn")
OVER = {"declined", "first_contact", "withdrawn"}

_A_STAGE = """
INSERT INTO referrals_handoffstage (id, handoff_id, from_agency_id, to_agency_id, code, told_by, source, words, at,
    by_id, by_agency_id) VALUES (%s, %s, %s, %s, %s, 'person', 'Dee', 'x', now(), %s, %s)
"""
_A_MEETING = """
INSERT INTO referrals_meeting (id, handoff_id, from_agency_id, to_agency_id, kind, outcome, receiver, sender, others,
    words, at, by_id, by_agency_id) VALUES (%s, %s, %s, %s, 'call', 'spoke', 'Dee', '', '', '', now(), %s, %s)
"""


class HandOff(Machine):
    """A case offered to another agency, pushed at both ends."""

    def begin(self):
        self.ada, self.bo = an_actor(now=NOW), an_actor(now=NOW)
        with acting(self.ada):
            self.handoff = a_handoff(a_case(by=self.ada, at=NOW), by=self.ada, at=NOW, to=self.bo.agency)
        self.told, self.met, self.has_them = ["offered"], 0, False

    def whose(self, by_sender):
        return self.ada if by_sender else self.bo

    def goes(self, code, act, *, by, known=True, **how):
        may = known and code in AFTER.get(self.told[-1], set())
        self.tries(act, self.handoff, by=by, may=may, **how)
        self.told += [code] if may else []

    @rule(by_sender=st.booleans(), source=st.sampled_from(["", "Dee at the desk"]))
    def it_is_accepted(self, by_sender, source):
        known, word = bool(source) or not by_sender, Word(source=source)
        self.goes("accepted", accept_case, by=self.whose(by_sender), word=word, known=known)

    @rule(by_sender=st.booleans(), words=st.sampled_from(["", "No bed."]))
    def it_is_declined(self, by_sender, words):
        word = Word(source="Dee at the desk", words=words)
        self.goes("declined", decline_case, by=self.whose(by_sender), word=word, known=bool(words))

    @rule(by_sender=st.booleans(), source=st.sampled_from(["", "Dee at the desk"]))
    def the_receiver_reached_them(self, by_sender, source):
        known, word = bool(source) or not by_sender, Word(source=source)
        known = known and self.has_them
        self.goes("first_contact", confirm_contact, by=self.whose(by_sender), word=word, known=known)

    @rule()
    @precondition(lambda self: not self.has_them)
    def the_receiver_opens_its_case(self):
        story = Story(what_is_happening="From them.", asked_by="partner", asked_at=NOW, worker=self.bo.user)
        may = self.told[-1] in ("offered", "accepted")
        self.tries(take_over, self.handoff, story=story, by=self.bo, may=may)
        self.has_them = may
        self.told += ["accepted"] if may and self.told[-1] == "offered" else []

    @rule(by_sender=st.booleans(), words=st.sampled_from(["", "They stay with us."]))
    def it_is_taken_back(self, by_sender, words):
        by = self.whose(by_sender)
        self.goes("withdrawn", withdraw_offer, by=by, words=words, known=by_sender and bool(words))

    @rule(by_sender=st.booleans(), outcome=st.sampled_from(["spoke", "person_away"]))
    def they_meet(self, by_sender, outcome):
        self.now += NOW - NOW
        may = self.told[-1] not in ("declined", "withdrawn")
        told = Together(kind="visit", outcome=outcome, receiver="Dee Long")
        self.tries(note_meeting, self.handoff, told, held_at=self.now, by=self.whose(by_sender), may=may)
        self.met += may
        if may and outcome == "spoke" and self.told[-1] == "accepted" and self.has_them:
            self.told.append("first_contact")

    @rule()
    def by_raw_sql_nothing_is_told_out_of_its_order_nor_stands_where_nobody_told_it(self):
        sent = (self.handoff.pk, self.ada.agency_id, self.bo.agency_id)
        for code in CODES:
            for by in (self.ada, self.bo):
                why = refusal(by, _A_STAGE, new_id(), *sent, code, by.user.pk, by.agency_id)
                if code not in AFTER.get(self.told[-1], set()) and (code, self.told[-1]) != ("offered",) * 2:
                    assert why == "a_hand_off_stage_is_told_in_order", (code, self.told)
                else:
                    assert why, "the letter would stand where it was not told last"
                if code != self.told[-1]:
                    there = "UPDATE referrals_handoff SET stage = %s, closed_at = %s WHERE id = %s"
                    assert refusal(by, there, code, NOW if code in OVER else None, self.handoff.pk)
                if self.told[-1] in ("declined", "withdrawn"):
                    assert refusal(by, _A_MEETING, new_id(), *sent, by.user.pk, by.agency_id) == (
                        "nobody_meets_for_a_hand_off_that_came_to_nothing"
                    )

    @invariant()
    def both_ends_read_what_the_model_says(self):
        for by in (self.ada, self.bo):
            with acting(by):
                found = Handoff.objects.get(pk=self.handoff.pk)
                codes = HandoffStage.objects.filter(handoff=found).order_by("at", "recorded_at")
                assert (found.stage, [one.code for one in codes]) == (self.told[-1], self.told)
                assert (found.closed_at is not None) == (self.told[-1] in OVER)
                assert Meeting.objects.filter(handoff=found).count() == self.met


GATES = ("safe_tonight", "rescreened", "basic_needs", "contact", "next_contact")
ENDINGS = ("stable", "handed_off", "declined", "lost", "moved", "died", "mistake")
_A_GATE = """
INSERT INTO cases_gate (id, circle_id, case_id, kind, evidence, lost_because, starts_at)
    VALUES (%s, %s, %s, 'contact', 'x', '', now())
"""
_AN_OWNER = """
INSERT INTO cases_assignment (id, circle_id, case_id, agency_id, part, worker_id, starts_at)
    VALUES (%s, %s, %s, %s, 'team', %s, now())
"""
_A_CLOSURE = """
INSERT INTO cases_closure (id, circle_id, case_id, outcome, words, what_worked, reopened_because, starts_at)
    VALUES (%s, %s, %s, %s, '', '', '', now())
"""
_EVERYTHING_ENDS = f"""
WITH owners AS (UPDATE cases_assignment SET ends_at = greatest(now(), starts_at)
        WHERE case_id = %s AND ends_at IS NULL RETURNING 1),
    clocks AS (UPDATE clocks_clock SET ended_at = greatest(now(), started_at), ended_how = 'closed'
        WHERE episode = %s AND ended_at IS NULL RETURNING 1)
{_A_CLOSURE}
"""


class Episode(Machine):
    """A case, from owner to owner and from gate to gate, closed and opened again."""

    def begin(self):
        self.ada = an_actor(now=NOW)
        self.eve = an_actor(agency=self.ada.agency, now=NOW)
        self.people = {"ada": self.ada, "eve": self.eve}
        with acting(self.ada):
            self.case = a_case(by=self.ada, at=NOW)
        self.owner, self.gates, self.ending = "ada", set(), ""
        self.seen = self.handed = False

    @rule(who=st.sampled_from(["ada", "eve"]))
    def it_is_taken(self, who):
        may = not self.ending and self.owner == "queue"
        self.tries(take, self.case, by=self.people[who], may=may)
        self.owner = who if may else self.owner

    @rule(who=st.sampled_from(["ada", "eve"]))
    def it_is_given(self, who):
        may = not self.ending and self.owner != who
        self.tries(assign, self.case, worker=self.people[who].user, by=self.ada, may=may)
        self.owner = who if may else self.owner

    @rule()
    def nobody_is_left(self):
        may = not self.ending and self.owner != "queue"
        self.tries(release, self.case, unit=None, by=self.ada, may=may)
        self.owner = "queue" if may else self.owner

    @rule()
    @precondition(lambda self: not self.ending and not self.seen)
    def they_are_seen(self):
        how = {"kind": "visit", "reached": True, "words": "With them."}
        self.tries(lambda *, at, by: a_note(self.case, by=by, at=at, **how), by=self.ada, may=True)
        self.seen = True

    @rule(
        kinds=st.sets(st.sampled_from(GATES), min_size=1),
        evidence=st.sampled_from(["", EVIDENCE]),
    )
    def gates_are_met(self, kinds, evidence):
        for kind in sorted(kinds):
            with acting(self.ada):
                owed = FollowUp.objects.standing().filter(case=self.case, kind="next_contact")
                is_booked = kind != "next_contact" or owed.exists()
            may = bool(evidence) and not self.ending and kind not in self.gates and is_booked
            self.tries(meet_gate, self.case, kind=kind, evidence=evidence, by=self.ada, may=may)
            self.gates |= {kind} if may else set()

    @rule()
    @precondition(lambda self: not self.ending)
    def the_next_contact_is_booked(self):
        due_at = NOW + timedelta(days=20)
        self.tries(book_next_contact, self.case, due_at=due_at, by=self.ada, may=True)

    @rule(kind=st.sampled_from(GATES), because=st.sampled_from(["", "The sister moved."]))
    def a_gate_is_lost(self, kind, because):
        with acting(self.ada):
            gate = Gate.objects.filter(case=self.case, kind=kind).order_by("-starts_at").first()
        if gate is None:
            return
        may = bool(because) and not self.ending and kind in self.gates
        self.tries(lose_gate, gate, because=because, by=self.ada, may=may)
        self.gates -= {kind} if may else set()

    @rule()
    @precondition(lambda self: not self.ending and not self.handed)
    def it_is_handed_on(self):
        def hand_on(*, at, by):
            handoff = a_handoff(self.case, by=by, at=at)
            accept_case(handoff, word=Word(source="Dee"), at=at, by=by)
            confirm_contact(handoff, word=Word(source="Dee"), at=at, by=by)

        self.tries(hand_on, by=self.ada, may=True)
        self.handed = True

    @rule(outcome=st.sampled_from(ENDINGS))
    def it_is_closed(self, outcome):
        settled = self.seen and self.gates == set(GATES)
        may = not self.ending and self.owner != "queue" and outcome != "lost"
        may = may and {"stable": settled, "handed_off": settled and self.handed}.get(outcome, True)
        self.tries(close_case, self.case, outcome=outcome, by=self.ada, may=may)
        self.ending = outcome if may else self.ending

    @rule(because=st.sampled_from(["", "She called again."]))
    def it_is_opened_again(self, because):
        may = bool(self.ending) and bool(because)
        self.tries(reopen_case, self.case, because=because, by=self.eve, may=may)
        if may:
            self.owner, self.gates, self.ending, self.seen, self.handed = "eve", set(), "", False, False

    @rule(outcome=st.sampled_from(ENDINGS))
    def by_raw_sql_it_goes_no_other_way(self, outcome):
        lies = (new_id(), self.case.circle_id, self.case.pk)
        if self.ending:
            for more in ((_A_GATE, *lies), (_AN_OWNER, *lies, self.ada.agency_id, self.ada.user.pk)):
                assert refusal(self.ada, *more) == "a_closed_case_takes_nothing_more"
            again = (
                "UPDATE cases_closure SET ends_at = greatest(now(), starts_at), reopened_because = 'x'"
                " WHERE case_id = %s AND ends_at IS NULL"
            )
            assert refusal(self.ada, again, self.case.pk) == "an_open_case_has_an_accountable_owner"
            assert refusal(self.ada, _A_CLOSURE, *lies, outcome) == "one_standing_closure_per_case"
        else:
            unconfirmed = outcome == "handed_off" and not self.handed
            assert refusal(self.ada, _A_CLOSURE, *lies, outcome) == (
                "a_case_is_handed_off_by_a_first_contact"
                if unconfirmed
                else "nobody_is_accountable_for_a_closed_case"
            )
            everything = (self.case.pk, self.case.pk, *lies, outcome)
            if unconfirmed:
                why = refusal(self.ada, _EVERYTHING_ENDS, *everything)
                assert why == "a_case_is_handed_off_by_a_first_contact"
            elif outcome in ("stable", "handed_off") and self.gates != set(GATES):
                assert refusal(self.ada, _EVERYTHING_ENDS, *everything) == "a_settled_case_met_its_gates"

    @rule(table=st.sampled_from(["gate", "assignment", "closure", "followup"]))
    def by_raw_sql_nothing_that_ended_comes_back_or_is_unsaid(self, table):
        ended = f"FROM cases_{table} WHERE case_id = %s"
        for change in (
            "ends_at = NULL",
            "ends_at = ends_at + interval '1 day'",
            "starts_at = starts_at - interval '1 day'",
        ):
            why = refusal(
                self.ada,
                f"UPDATE cases_{table} SET {change} WHERE case_id = %s AND ends_at IS NOT NULL",
                self.case.pk,
            )
            assert why in ("what_was_has_been", "no row"), why
        assert refusal(self.ada, f"DELETE {ended}", self.case.pk)

    @invariant()
    def it_stands_as_the_model_says(self):
        with acting(self.ada):
            closed = Closure.objects.standing().filter(case=self.case).values_list("outcome", flat=True)
            assert list(closed) == ([self.ending] if self.ending else [])
            gates = Gate.objects.standing().filter(case=self.case).values_list("kind", flat=True)
            assert set(gates) == self.gates
            owners = [one.worker_id for one in Assignment.objects.owners().filter(case=self.case)]
            runs = Clock.objects.running().in_episode(self.case.pk).exists()
        answers = self.people[self.owner].user.pk if self.owner in self.people else None
        assert (owners, runs) == (([], False) if self.ending else ([answers], True))


TestHandOff, TestEpisode = HandOff.TestCase, Episode.TestCase
TestHandOff.settings = TestEpisode.settings = FEW
