"""Steps of the machines that dice reach seldom: the shortest way to each, taken every time."""

import threading
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, connections, transaction

from breakwater.cases.testing import EVIDENCE, a_case
from breakwater.kernel.db import run_sql
from breakwater.kernel.ids import new_id
from breakwater.referrals.actions.handoff import withdraw_offer
from breakwater.referrals.actions.letters import hold_case
from breakwater.referrals.actions.rides import Seat
from breakwater.referrals.models import Passenger, Ride
from breakwater.referrals.testing import a_handoff, a_ride
from breakwater.trust.access import acting
from breakwater.trust.testing import an_actor
from tests.machines import NOW, locks_in_one_order, refusal
from tests.test_beds_as_machines import _A_PASSENGER, Asking, Riding, Waiting
from tests.test_cases_as_machines import _EVERYTHING_ENDS, GATES, Episode
from tests.test_state_machines import Agreeing


@contextmanager
def by_hand(kind):
    """A machine that is moved by hand, and taken back."""
    machine = kind()
    try:
        yield machine
    finally:
        machine.teardown()


@pytest.mark.django_db
def test_by_raw_sql_nobody_is_picked_up_before_a_driver_was_said():
    with by_hand(Riding) as machine:
        why = refusal(
            machine.bo,
            "UPDATE referrals_ride SET stage = 'picked_up', picked_up_at = now() WHERE id = %s",
            machine.ride.pk,
        )
        assert why == "no_ride_skips_a_stage"


@pytest.mark.django_db
def test_by_raw_sql_nobody_is_placed_from_a_list_who_was_offered_nothing():
    with by_hand(Waiting) as machine:
        for who in ("marisol", "tomas"):
            machine.they_join(who)
        machine.the_house_offers()
        assert machine.offer == "marisol"
        machine.by_raw_sql_nobody_comes_or_goes_another_way("tomas")


@pytest.mark.django_db
def test_who_wanted_a_bed_again_and_then_refused_it_is_not_asked_twice():
    """Although the servers' clock is a day behind the database's, as in every run of these machines."""
    with by_hand(Waiting) as machine:
        for who in ("marisol", "tomas"):
            machine.they_join(who)
        machine.the_house_offers()
        machine.it_is_still_wanted("marisol")
        machine.they_answer(taken=False, reason="not_tonight")
        machine.the_house_offers()
        assert machine.offer == "tomas"
        machine.they_answer(taken=False, reason="not_tonight")
        machine.the_house_offers()
        assert machine.offer == "", "nobody is asked again for a bed that they refused"


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["marisol", "tomas"])
def test_a_bed_that_somebody_had_meanwhile_is_offered_again_to_who_refused_it(who):
    with by_hand(Waiting) as machine:
        machine.they_join("marisol")
        machine.the_house_offers()
        machine.they_answer(taken=False, reason="not_tonight")
        machine.they_join("tomas")
        machine.the_house_offers()
        machine.they_answer(taken=True, reason="")
        machine.the_bed_is_free_again()
        if who == "tomas":
            machine.they_leave_it("marisol", "not_wanted")
            machine.they_join("tomas")
        machine.the_house_offers()
        assert machine.offer == who


@pytest.mark.django_db
def test_by_raw_sql_a_bed_that_is_held_ends_by_whom_it_may():
    with by_hand(Asking) as machine:
        machine.they_are_asked()
        machine.one_says_yes("bo")
        machine.by_raw_sql_a_hold_ends_by_whom_it_may()
        machine.the_bed_that_is_held("take_up")
        machine.by_raw_sql_a_hold_ends_by_whom_it_may()


@pytest.mark.django_db
def test_a_case_is_not_settled_before_its_five_gates_whoever_writes():
    with by_hand(Episode) as machine:
        machine.they_are_seen()
        machine.gates_are_met(set(GATES) - {"safe_tonight", "next_contact"}, EVIDENCE)
        machine.it_is_closed("stable")
        machine.by_raw_sql_it_goes_no_other_way("stable")


@pytest.mark.django_db
def test_by_raw_sql_a_closed_case_takes_nothing_more():
    with by_hand(Episode) as machine:
        machine.it_is_closed("moved")
        machine.by_raw_sql_it_goes_no_other_way("moved")


@pytest.mark.django_db
def test_by_raw_sql_an_offer_that_came_to_nothing_hands_no_case_off():
    with by_hand(Episode) as machine:
        case = machine.case
        with acting(machine.ada):
            handoff = a_handoff(case, by=machine.ada, at=NOW)
            withdraw_offer(handoff, words="They are full.", at=NOW, by=machine.ada)
        ends = (case.pk, case.pk, new_id(), case.circle_id, case.pk, "handed_off")
        why = refusal(machine.ada, _EVERYTHING_ENDS, *ends)
        assert why == "a_case_is_handed_off_by_a_first_contact"


@pytest.mark.django_db
def test_a_consent_that_was_taken_back_is_not_narrowed():
    with by_hand(Agreeing) as machine:
        machine.the_person_agrees(frozenset({"who", "needs"}))
        machine.they_take_it_back(0)
        machine.what_is_over_is_not_narrowed(0)


def test_who_boards_by_raw_sql_waits_for_who_boards_already(own_database):
    """Or each would count the seats without the other."""
    with transaction.atomic():
        ada = an_actor(now=NOW)
    with acting(ada):
        ride = a_ride(a_case(by=ada, at=NOW), by=ada, at=NOW, seat=Seat(seats=1))
        first = Passenger.objects.get(ride=ride)
        others = [a_case(by=ada, at=NOW) for _ in range(2)]
    boards = _A_PASSENGER.replace("SELECT %s, circle_id, case_id", "SELECT %s, %s, %s")
    went = []

    def at_once():
        try:
            with acting(ada), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                cursor.execute(boards, (new_id(), others[1].circle_id, others[1].pk, 2, first.pk))
            went.append("boarded")
        except DatabaseError as error:
            went.append(type(error.__cause__).__name__)
        finally:
            connections.close_all()

    with acting(ada):
        run_sql(boards, (new_id(), others[0].circle_id, others[0].pk, 2, first.pk))
        second = threading.Thread(target=at_once)
        second.start()
        second.join()
    assert went == ["LockNotAvailable"]


@pytest.mark.django_db
def test_whoever_drives_holds_the_cases_before_the_ride_as_who_leaves_it_does():
    with by_hand(Riding) as machine:
        machine.somebody_is_to_drive(by_driver=True)
        machine.others_ride_along(2)
        machine.it_goes_on(by_driver=False, act="picked_up")
        machine.they_do_not_ride_after_all()
        machine.it_goes_on(by_driver=False, act="arrived")


@pytest.mark.django_db
def test_a_case_that_is_held_after_what_hangs_on_it_is_seen():
    with by_hand(Riding) as machine, acting(machine.ada):

        def the_wrong_way_round():
            with locks_in_one_order():
                Ride.objects.lock(machine.ride)
                hold_case(machine.second.pk)

        with pytest.raises(AssertionError, match="referrals_ride"):
            the_wrong_way_round()
        with locks_in_one_order():
            hold_case(machine.second.pk)
            Ride.objects.lock(machine.ride)
            hold_case(machine.second.pk)
