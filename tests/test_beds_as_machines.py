"""Rounds of asking, waiting lists and rides, in any order of acts: what happens is what a model says, and no more.

Then the same illegal steps by raw SQL, as the role that serves: PostgreSQL names the sentence that each would break.
"""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from breakwater.cases.testing import a_case
from breakwater.kernel.ids import new_id
from breakwater.referrals.actions.answering import accept_ask, decline_ask, put_question
from breakwater.referrals.actions.asking import call_off, reply
from breakwater.referrals.actions.driving import arrive_there, assign_driver, did_not_happen, pick_up
from breakwater.referrals.actions.holds import give_back, take_back, take_up
from breakwater.referrals.actions.placement import Guest, cancel
from breakwater.referrals.actions.rides import Seat, call_ride_off, leave_ride, ride_along
from breakwater.referrals.actions.turns import offer_free_beds, skip_turn, take_off
from breakwater.referrals.actions.waiting import confirm_wait, leave_list, refuse_offer, take_offer
from breakwater.referrals.models import Ask, Hold, Passenger, Placement, Question, Ride, Round, Wait
from breakwater.referrals.testing import a_program, a_ride, a_round, a_wait, asked_of
from breakwater.resources.models import Bed
from breakwater.trust.access import acting
from breakwater.trust.testing import an_actor
from tests.machines import FEW, NOW, Machine, refusal

pytestmark = pytest.mark.django_db

PAST = NOW - timedelta(days=1)
"""Machines in which the clock of the database decides run behind it, as every server that is a little slow does."""
PLACES = ("bo", "cy")

_AN_ASK = """
INSERT INTO referrals_ask (id, round_id, from_agency_id, to_agency_id, program_id, facts, words, asked_at, due_at,
    stage, reason, answer, over_at)
    SELECT %s, round_id, from_agency_id, to_agency_id, %s, facts, words, asked_at, due_at, %s, %s, '', %s
    FROM referrals_ask WHERE id = %s
"""
_ENDS = "UPDATE referrals_hold SET ended_at = now(), ended_how = %s WHERE id = %s AND ended_at IS NULL"


class Asking(Machine):
    """Two places asked for one bed, each with one, pushed at all three ends."""

    def begin(self):
        self.now = PAST
        self.ada = an_actor(now=PAST)
        self.keepers = {name: an_actor(now=PAST) for name in PLACES}
        self.programs = {name: a_program(keeper=by.agency, at=PAST) for name, by in self.keepers.items()}
        with acting(self.ada):
            self.case = a_case(by=self.ada, at=PAST)
        self.round, self.asks, self.hold, self.stay = None, {}, None, None
        self.how, self.won, self.kept, self.asked = "", "", "", set()

    @rule()
    def they_are_asked(self):
        hangs = (
            self.round
            and not self.how
            and (self.kept == "held" or (not self.won and "waiting" in self.asks.values()))
        )
        may = not hangs and not self.stay
        programs = list(self.programs.values())
        made = self.tries(lambda *, at, by: a_round(self.case, *programs, by=by, at=at), by=self.ada, may=may)
        if may:
            self.round, self.asks, self.hold = made, dict.fromkeys(PLACES, "waiting"), None
            self.how, self.won, self.kept, self.asked = "", "", "", set()

    def asked_at(self, name):
        with acting(self.keepers[name]):
            return asked_of(self.programs[name], by=self.keepers[name])

    @rule(name=st.sampled_from(PLACES))
    @precondition(lambda self: self.round)
    def one_says_yes(self, name):
        by, may = self.keepers[name], self.asks[name] == "waiting" and not self.won
        bed = Bed.objects.of(self.programs[name]).get()
        self.hold = self.tries(accept_ask, self.asked_at(name), bed, by=by, may=may) or self.hold
        if may:
            self.asks[name], self.won, self.kept = "accepted", name, "held"

    @rule(name=st.sampled_from(PLACES), reason=st.sampled_from(["", "full"]))
    @precondition(lambda self: self.round)
    def one_says_no(self, name, reason):
        may = bool(reason) and self.asks[name] == "waiting"
        self.tries(decline_ask, self.asked_at(name), reason=reason, by=self.keepers[name], may=may)
        self.asks[name] = "declined" if may else self.asks[name]

    @rule(name=st.sampled_from(PLACES), words=st.sampled_from(["", "With a dog?"]))
    @precondition(lambda self: self.round)
    def one_asks_back(self, name, words):
        may = bool(words) and self.asks[name] == "waiting" and name not in self.asked
        self.tries(put_question, self.asked_at(name), words=words, by=self.keepers[name], may=may)
        self.asked |= {name} if may else set()

    @rule(name=st.sampled_from(PLACES))
    @precondition(lambda self: self.round)
    def we_reply(self, name):
        with acting(self.ada):
            last = (
                Question.objects.filter(ask__round=self.round, ask__program=self.programs[name])
                .order_by("-at")
                .first()
            )
        if last is None:
            return
        may = name in self.asked and self.asks[name] == "waiting"
        self.tries(reply, last, words="No dog.", by=self.ada, may=may)
        self.asked -= {name} if may else set()
        if not may and name in self.asked:
            raw = "UPDATE referrals_question SET reply = 'x', replied_at = now() WHERE id = %s"
            assert refusal(self.ada, raw, last.pk) == "a_question_is_replied_to_while_they_wait"
        elif name not in self.asked:
            raw = "UPDATE referrals_question SET reply = 'other' WHERE id = %s"
            assert refusal(self.ada, raw, last.pk) == "a_question_is_replied_to_once"

    @rule(how=st.sampled_from(["take_up", "give_back", "take_back"]))
    @precondition(lambda self: self.hold)
    def the_bed_that_is_held(self, how):
        may = self.kept == "held"
        if how == "take_back":
            self.tries(take_back, self.hold, words="A leak.", by=self.keepers[self.won], may=may)
            self.kept = "withdrawn" if may else self.kept
            return
        if how == "take_up":
            self.stay = self.tries(take_up, self.hold, guest=Guest(), by=self.ada, may=may) or self.stay
        else:
            self.tries(give_back, self.hold, words="Not needed.", by=self.ada, may=may)
        if may:
            self.kept, self.how = {
                "take_up": ("taken_up", "taken_up"),
                "give_back": ("given_back", "ran_out"),
            }[how]
            self.nobody_is_asked()

    @rule()
    @precondition(lambda self: self.round)
    def we_call_it_off(self):
        may = not self.how
        self.tries(call_off, self.round, by=self.ada, may=may)
        if may:
            self.how, self.kept = "called_off", "given_back" if self.kept == "held" else self.kept
            self.nobody_is_asked()

    @rule()
    @precondition(lambda self: self.stay)
    def the_bed_is_not_needed(self):
        self.tries(cancel, self.stay, words="They went home.", by=self.ada, may=True)
        self.stay = None

    def nobody_is_asked(self):
        self.asks = {name: "called_off" if stage == "waiting" else stage for name, stage in self.asks.items()}

    @rule(name=st.sampled_from(PLACES))
    @precondition(lambda self: self.round)
    def by_raw_sql_a_round_goes_no_other_way(self, name):
        with acting(self.ada):
            ask = Ask.objects.get(round=self.round, program=self.programs[name])
        for stage, reason in (("declined", "full"), ("called_off", "")):
            new = (new_id(), self.programs[name].pk, stage, reason, NOW, ask.pk)
            over = "a_round_that_is_over_asks_nobody" if self.how or self.won else "an_ask_begins_unanswered"
            assert refusal(self.ada, _AN_ASK, *new) == over
        if self.how:
            for change in ("closed_at = NULL, closed_how = ''", "closed_how = 'x'"):
                raw = f"UPDATE referrals_round SET {change} WHERE id = %s"
                assert refusal(self.ada, raw, self.round.pk) == "a_round_ends_once"
        else:
            raw = "UPDATE referrals_round SET closed_at = now(), closed_how = %s WHERE id = %s"
            kept = (
                "a_round_ends_as_its_bed_did"
                if self.nobody_waits()
                else "a_round_that_is_over_keeps_nobody_waiting"
            )
            assert refusal(self.ada, raw, "taken_up", self.round.pk) == kept
        if self.how or self.won:
            new = (new_id(), self.programs[name].pk, "waiting", "", None, ask.pk)
            assert refusal(self.ada, _AN_ASK, *new) == "a_round_that_is_over_asks_nobody"

    def nobody_waits(self):
        return "waiting" not in self.asks.values() and self.kept != "held"

    @rule()
    @precondition(lambda self: self.hold)
    def by_raw_sql_a_hold_ends_by_whom_it_may(self):
        keeper = self.keepers[self.won]
        wrong = [
            (self.ada, "withdrawn", "only_the_place_takes_its_bed_back"),
            (keeper, "given_back", "only_those_who_asked_take_it_or_give_it_back"),
            (keeper, "taken_up", "only_those_who_asked_take_it_or_give_it_back"),
            (self.ada, "ran_out", "a_hold_runs_out_by_its_clock"),
            (self.ada, "taken_up", "a_bed_that_was_taken_up_is_theirs"),
        ]
        for by, how, why in wrong:
            assert refusal(by, _ENDS, how, self.hold.pk) == (why if self.kept == "held" else "no row"), how
        if self.kept != "held":
            again = "UPDATE referrals_hold SET ended_at = NULL, ended_how = '' WHERE id = %s"
            assert refusal(keeper, again, self.hold.pk) == "a_hold_ends_once"

    @invariant()
    def all_read_what_the_model_says(self):
        if not self.round:
            return
        with acting(self.ada):
            found = Round.objects.get(pk=self.round.pk)
            stages = {one.program_id: one.stage for one in Ask.objects.filter(round=found)}
            assert found.closed_how == self.how
            assert stages == {self.programs[name].pk: stage for name, stage in self.asks.items()}
            holds = [one.ended_how or "held" for one in Hold.objects.filter(round=found)]
            assert holds == ([self.kept] if self.won else [])
            assert Placement.objects.standing().filter(case=self.case).exists() == bool(self.stay)


_WHO = ("marisol", "tomas")


class Waiting(Machine):
    """Two people on the list of a house with one bed, pushed by those who sent them and by the house."""

    def begin(self):
        self.now = PAST
        self.ada, self.bo = an_actor(now=PAST), an_actor(now=PAST)
        self.program = a_program(keeper=self.bo.agency, at=PAST)
        with acting(self.ada):
            self.cases = {who: a_case(by=self.ada, at=PAST) for who in _WHO}
        self.line, self.waits, self.over = [], {}, {}
        self.offer, self.hold, self.stay, self.passed = "", None, None, set()

    def goes_on(self):
        """The bed goes to the first in line to whom it was not offered in vain; the model says to whom."""
        if self.offer or self.stay:
            return
        self.offer = next((who for who in self.line if who not in self.passed), "")
        with acting(self.ada):
            self.hold = Hold.objects.standing().filter(from_agency=self.ada.agency).first()
        assert (self.hold.wait_id if self.hold else None) == (
            self.waits[self.offer].pk if self.offer else None
        )

    @rule(who=st.sampled_from(_WHO))
    def they_join(self, who):
        may = who not in self.line
        case = self.cases[who]
        made = self.tries(lambda *, at, by: a_wait(case, self.program, by=by, at=at), by=self.ada, may=may)
        if may:
            self.waits[who], self.line, self.passed = made, [*self.line, who], self.passed - {who}

    @rule()
    def the_house_offers(self):
        self.tries(offer_free_beds, self.program, by=self.bo, may=True)
        self.goes_on()

    @rule(taken=st.booleans(), reason=st.sampled_from(["", "not_tonight"]))
    @precondition(lambda self: self.hold)
    def they_answer(self, taken, reason):
        may = bool(self.offer) and (taken or bool(reason))
        if taken:
            self.stay = self.tries(take_offer, self.hold, guest=Guest(), by=self.ada, may=may) or self.stay
        else:
            self.tries(refuse_offer, self.hold, reason=reason, by=self.ada, may=may)
        if may:
            self.passed |= {self.offer}
            if taken:
                self.ends(self.offer, "placed")
            self.offer = ""

    @rule(who=st.sampled_from(_WHO))
    @precondition(lambda self: self.waits)
    def it_is_still_wanted(self, who):
        if who in self.waits:
            self.tries(confirm_wait, self.waits[who], by=self.ada, may=who in self.line)
            skipped = getattr(self, "skipped", set())
            self.passed -= {who} - skipped if who in self.line else set()

    @rule(who=st.sampled_from(_WHO), reason=st.sampled_from(["", "not_wanted"]))
    def they_leave_it(self, who, reason):
        if who in self.waits:
            may = who in self.line and bool(reason)
            self.tries(leave_list, self.waits[who], reason=reason, by=self.ada, may=may)
            if may:
                self.offer = "" if self.offer == who else self.offer
                self.ends(who, "left")

    @rule(who=st.sampled_from(_WHO), act=st.sampled_from(["skip", "take off"]))
    def the_house_passes_over_or_takes_off(self, who, act):
        if who not in self.waits:
            return
        may = who in self.line
        does, reason = {"skip": (skip_turn, "no_answer"), "take off": (take_off, "twice")}[act]
        self.tries(does, self.waits[who], reason=reason, by=self.bo, may=may)
        if not may:
            return
        self.offer = "" if self.offer == who else self.offer
        if act == "skip":
            self.passed |= {who}
            self.skipped = getattr(self, "skipped", set()) | {who}
        else:
            self.ends(who, "taken_off")
        self.goes_on()

    @rule()
    @precondition(lambda self: self.stay)
    def the_bed_is_free_again(self):
        self.tries(cancel, self.stay, words="They went home.", by=self.ada, may=True)
        self.stay, self.passed = None, set(getattr(self, "skipped", set()))

    def ends(self, who, how):
        self.line.remove(who)
        self.over[who] = how
        self.skipped = getattr(self, "skipped", set()) - {who}

    @rule(who=st.sampled_from(_WHO))
    def by_raw_sql_nobody_comes_or_goes_another_way(self, who):
        if who not in self.waits:
            return
        wait = self.waits[who].pk
        if who in self.line:
            ended = "UPDATE referrals_wait SET closed_at = now(), closed_how = %s, reason = %s WHERE id = %s"
            placed = refusal(self.ada, ended, "placed", "", wait)
            offered = self.offer == who
            kept = "nobody_leaves_a_list_with_a_bed_offered"
            assert placed == (kept if offered else "who_is_placed_from_a_list_took_an_offer")
            if offered:
                assert refusal(self.ada, ended, "left", "x", wait) == kept
                assert refusal(self.bo, ended, "taken_off", "x", wait) == kept
        else:
            back = "UPDATE referrals_wait SET closed_at = NULL, closed_how = '', reason = '' WHERE id = %s"
            assert refusal(self.ada, back, wait) == refusal(self.bo, back, wait) == "a_wait_ends_once"
            assert refusal(self.bo, "DELETE FROM referrals_wait WHERE id = %s", wait)

    @invariant()
    def both_sides_read_what_the_model_says(self):
        for by in (self.ada, self.bo):
            with acting(by):
                open_now = Wait.objects.in_line().filter(program=self.program).values_list("pk", flat=True)
                assert list(open_now) == [self.waits[who].pk for who in self.line]
                standing = Hold.objects.standing().values_list("wait", flat=True)
                assert list(standing) == ([self.waits[self.offer].pk] if self.offer else [])
        with acting(self.ada):
            assert Placement.objects.standing().exists() == bool(self.stay)


NEXT = {
    "asked": {"assigned", "did_not_happen", "canceled"},
    "assigned": {"assigned", "picked_up", "did_not_happen", "canceled"},
    "picked_up": {"arrived", "did_not_happen", "canceled"},
}
STAGES = ("asked", "assigned", "picked_up", "arrived", "did_not_happen", "canceled")
_A_PASSENGER = """
INSERT INTO referrals_passenger (id, circle_id, case_id, ride_id, agency_id, seats, needs, told_as, words, joined_at)
    SELECT %s, circle_id, case_id, ride_id, agency_id, %s, needs, '', '', now() FROM referrals_passenger WHERE id = %s
"""
_RIDE_STANDS = """
UPDATE referrals_ride SET stage = %s, driver_id = %s, picked_up_at = coalesce(picked_up_at, now()),
    arrived_at = CASE WHEN %s = 'arrived' THEN now() END,
    over_at = CASE WHEN %s IN ('arrived', 'did_not_happen', 'canceled') THEN now() END,
    reason = CASE WHEN %s = 'did_not_happen' THEN 'other' ELSE '' END WHERE id = %s
"""


class Riding(Machine):
    """A ride that one agency arranges and another drives, with up to eight seats for two people's parties."""

    def begin(self):
        self.ada, self.bo = an_actor(now=NOW), an_actor(now=NOW)
        with acting(self.ada):
            first, self.second = (a_case(by=self.ada, at=NOW) for _ in range(2))
            self.ride = a_ride(first, by=self.ada, at=NOW, driving="partner", partner=self.bo.agency)
        self.stage, self.driver, self.seats, self.along = "asked", None, 1, None

    def goes(self, code, act, *args, by, known=True, **how):
        may = known and code in NEXT.get(self.stage, set())
        self.tries(act, self.ride, *args, by=by, may=may, **how)
        self.stage = code if may else self.stage
        return may

    @rule(by_driver=st.booleans())
    def somebody_is_to_drive(self, by_driver):
        by = self.bo if by_driver else self.ada
        if self.goes("assigned", assign_driver, self.bo.user, by=by, known=by_driver):
            self.driver = self.bo.user.pk

    @rule(by_driver=st.booleans(), act=st.sampled_from(["picked_up", "arrived"]))
    def it_goes_on(self, by_driver, act):
        does = {"picked_up": pick_up, "arrived": arrive_there}[act]
        self.goes(act, does, by=self.bo if by_driver else self.ada)

    @rule(by_driver=st.booleans(), reason=st.sampled_from(["", "car"]))
    def it_does_not_happen(self, by_driver, reason):
        by = self.bo if by_driver else self.ada
        self.goes("did_not_happen", did_not_happen, by=by, reason=reason, known=bool(reason))

    @rule(by_driver=st.booleans(), words=st.sampled_from(["", "They walked."]))
    def it_is_called_off(self, by_driver, words):
        by = self.bo if by_driver else self.ada
        self.goes("canceled", call_ride_off, by=by, words=words, known=bool(words) and not by_driver)

    @rule(seats=st.integers(1, 8))
    def others_ride_along(self, seats):
        may = self.stage in ("asked", "assigned") and self.along is None and self.seats + seats <= 8
        made = self.tries(ride_along, self.second, self.ride, Seat(seats=seats), by=self.ada, may=may)
        if may:
            self.along, self.seats = made, self.seats + seats

    @rule()
    @precondition(lambda self: self.along)
    def they_do_not_ride_after_all(self):
        may = self.stage in ("asked", "assigned", "picked_up")
        self.tries(leave_ride, self.along, by=self.ada, may=may)
        if may:
            again = "UPDATE referrals_passenger SET left_at = NULL WHERE id = %s"
            assert refusal(self.ada, again, self.along.pk) == "who_left_a_ride_has_left"
            self.seats, self.along = self.seats - self.along.seats, None

    @rule(code=st.sampled_from(STAGES), by_driver=st.booleans())
    def by_raw_sql_a_ride_goes_no_other_way(self, code, by_driver):
        by, over = self.bo if by_driver else self.ada, self.stage not in NEXT
        driver = None if code == "asked" else self.bo.user.pk
        if (code == self.stage or code in NEXT.get(self.stage, set())) and not over:
            if code == "canceled" and by_driver:
                why = refusal(by, _RIDE_STANDS, code, self.driver, code, code, code, self.ride.pk)
                assert why == "who_arranged_a_ride_calls_it_off"
            return
        why = refusal(by, _RIDE_STANDS, code, driver, code, code, code, self.ride.pk)
        expected = (
            {"a_ride_ends_once"}
            if over
            else {"no_ride_skips_a_stage", "who_drives_is_said_before_the_pick_up"}
        )
        assert why in expected | {"those_who_drive_say_who_drives"}, (self.stage, code, why)

    @rule(seats=st.sampled_from([1, 8]))
    def by_raw_sql_nobody_boards_too_late_or_beyond_the_seats(self, seats):
        with acting(self.ada):
            first = Passenger.objects.filter(ride=self.ride).earliest("joined_at")
        why = refusal(self.ada, _A_PASSENGER, new_id(), seats, first.pk)
        late = self.stage not in ("asked", "assigned")
        full = (
            "a_ride_takes_as_many_as_it_has_seats"
            if self.seats + seats > 8
            else "everybody_rides_once_in_a_ride"
        )
        assert why == ("nobody_boards_a_ride_that_is_on_its_way" if late else full)
        assert refusal(self.ada, "UPDATE referrals_ride SET seats = 20 WHERE id = %s", self.ride.pk)

    @invariant()
    def both_ends_read_what_the_model_says(self):
        for by in (self.ada, self.bo):
            with acting(by):
                found = Ride.objects.get(pk=self.ride.pk)
                assert (found.stage, found.driver_id) == (self.stage, self.driver)
                assert (found.over_at is not None) == (self.stage not in NEXT)
        with acting(self.ada):
            assert sum(one.seats for one in Passenger.objects.on_board().filter(ride=self.ride)) == self.seats


TestAsking, TestWaiting, TestRiding = Asking.TestCase, Waiting.TestCase, Riding.TestCase
TestAsking.settings = TestWaiting.settings = TestRiding.settings = FEW
