"""Many hands on one list in the same moment, really committed, on a database of its own: the rows decide.

No bed is offered to two people, nobody is offered two beds, and what was taken was not passed over as well.
"""

import os
from collections import Counter
from datetime import UTC, datetime
from threading import Thread

import pytest
from django.db import transaction

from breakwater.cases.actions.owners import take
from breakwater.cases.testing import a_case, a_queued_case
from breakwater.kernel.errors import Overtaken
from breakwater.referrals.actions.driving import assign_driver
from breakwater.referrals.actions.placement import Guest, place
from breakwater.referrals.actions.rides import Seat, ride_along
from breakwater.referrals.actions.turns import offer_free_beds, skip_turn
from breakwater.referrals.actions.waiting import leave_list, take_offer
from breakwater.referrals.library import RIDES
from breakwater.referrals.models import Hold, Passenger, Placement, Ride, Wait
from breakwater.referrals.testing import a_program, a_ride, a_wait
from breakwater.referrals.tests.test_both_ends_at_once import at_once
from breakwater.resources.models import Bed
from breakwater.trust.access import acting
from breakwater.trust.capabilities import Role
from breakwater.trust.testing import an_actor, an_agency
from conftest import wait_until

MANY = int(os.environ.get("LUCK_MANY", "8"))


@pytest.fixture
def world(own_database):
    """A house with two beds, and a worker who sends people there."""
    now = datetime.now(UTC)
    with transaction.atomic():
        bo = an_actor(Role.PARTNER, agency=an_agency(), now=now)
        program = a_program(keeper=bo.agency, at=now, beds=2)
        ada = an_actor(now=now)
    return now, bo, ada, program


def in_line(ada, program, now, many):
    found = []
    for _ in range(many):
        with acting(ada):
            found.append(a_wait(a_case(by=ada, at=now), program, by=ada, at=now))
    return found


def test_two_beds_free_at_once_go_to_the_first_two_however_many_look(world):
    now, bo, ada, program = world
    waits = in_line(ada, program, now, 4)
    ended = at_once(*[(bo, lambda by: offer_free_beds(program, at=now, by=by))] * MANY)
    assert Counter(ended) == {"done": MANY}
    with acting(bo):
        holds = list(Hold.objects.order_by("starts_at"))
    assert {one.wait_id for one in holds} == {one.pk for one in waits[:2]}
    assert len({one.bed_id for one in holds}) == len(holds) == 2


def test_one_offer_is_taken_once(world):
    now, bo, ada, program = world
    in_line(ada, program, now, 1)
    with acting(bo):
        (hold,) = offer_free_beds(program, at=now, by=bo)
    ended = at_once(*[(ada, lambda by: take_offer(hold, guest=Guest(), at=now, by=by))] * MANY)
    assert ended.count("done") == 1
    assert all("not on this list any more" in one for one in ended if one != "done")
    with acting(ada):
        assert Placement.objects.standing().count() == 1
        assert Wait.objects.get().closed_how == "placed"


@pytest.mark.parametrize("what", ["passed over", "left", "given to somebody else"])
def test_an_offer_that_is_taken_while_something_else_is_done_ends_one_way(world, what):
    now, bo, ada, program = world
    wait, _ = in_line(ada, program, now, 2)
    with acting(bo):
        hold = next(one for one in offer_free_beds(program, at=now, by=bo) if one.wait_id == wait.pk)
    with acting(ada):
        other = a_case(by=ada, at=now)
    against = {
        "passed over": (bo, lambda by: skip_turn(wait, reason="no_answer", at=now, by=by)),
        "left": (ada, lambda by: leave_list(wait, reason="not_wanted", at=now, by=by)),
        "given to somebody else": (ada, lambda by: place(other, hold.bed, guest=Guest(), at=now, by=by)),
    }
    take = (ada, lambda by: take_offer(hold, guest=Guest(), at=now, by=by))
    taken, done = at_once(take, against[what])
    assert {taken, done} & {"done"}, "one of them went through"
    assert not (taken == done == "done"), "and not both"
    with acting(ada):
        beds = Counter(Placement.objects.standing().values_list("bed", flat=True))
        assert (hold.bed_id in beds) is (taken == "done")
    with acting(bo):
        kept = Counter(Hold.objects.filter(ended_at=None).values_list("bed", flat=True))
        assert all(many == 1 for many in (kept | beds).values()), "no bed is kept for two"
        assert not kept.keys() & beds.keys()


def test_one_driver_is_given_one_ride_of_many_at_that_time(world):
    now, _, ada, _ = world
    rides = []
    for _ in range(MANY):
        with acting(ada):
            rides.append(a_ride(a_case(by=ada, at=now), by=ada, at=now))
    acts = [(ada, lambda by, ride=ride: assign_driver(ride, ada.user, at=now, by=by)) for ride in rides]
    ended = at_once(*acts)
    assert ended.count("done") == 1
    assert all("drive somebody else" in one for one in ended if one != "done"), Counter(ended)
    with acting(ada):
        assert Ride.objects.driven_by(ada).count() == 1


def test_who_gives_a_driver_a_ride_waits_for_who_does_so_and_not_within_postgresqls_own_check(
    world, how_many
):
    """Two who check it at once may wait for each other, and PostgreSQL breaks one of them off."""
    now, _, ada, _ = world
    with acting(ada):
        rides = [a_ride(a_case(by=ada, at=now), by=ada, at=now) for _ in range(2)]
    heard = []

    def come():
        heard.extend(at_once((ada, lambda by: assign_driver(rides[1], ada.user, at=now, by=by))))

    other = Thread(target=come)
    with acting(ada):
        assign_driver(rides[0], ada.user, at=now, by=ada)
        other.start()
        wait_until(lambda: heard or how_many("wait_event = 'advisory'"))
    other.join()
    assert "drive somebody else" in heard[0]


def test_the_last_seats_of_a_ride_are_taken_by_as_many_as_fit(world):
    now, _, ada, _ = world
    with acting(ada):
        cases = [a_case(by=ada, at=now) for _ in range(MANY)]
        ride = a_ride(a_case(by=ada, at=now), by=ada, at=now, seat=Seat(seats=RIDES.most_seats - 3))
    acts = [
        (ada, lambda by, case=case: ride_along(case, ride, Seat(seats=2), at=now, by=by)) for case in cases
    ]
    ended = at_once(*acts)
    assert ended.count("done") == 1, Counter(ended)
    assert all("Not so many seats" in one for one in ended if one != "done"), Counter(ended)
    with acting(ada):
        assert (
            sum(one.seats for one in Passenger.objects.on_board().filter(ride=ride)) == RIDES.most_seats - 1
        )


def test_one_case_in_the_queue_is_taken_by_one_of_many(world):
    now, _, ada, _ = world
    with transaction.atomic():
        others = [an_actor(agency=ada.agency, now=now) for _ in range(MANY)]
    with acting(ada):
        case = a_queued_case(by=ada, at=now)
    ended = at_once(*[(one, lambda by: take(case, at=now, by=by)) for one in others])
    assert ended.count("done") == 1, Counter(ended)
    assert all("accountable for this case already" in one for one in ended if one != "done"), Counter(ended)


def test_who_joins_while_beds_are_offered_is_neither_lost_nor_doubled(world):
    now, bo, ada, program = world
    cases = []
    for _ in range(MANY):
        with acting(ada):
            cases.append(a_case(by=ada, at=now))
    joins = [(ada, lambda by, case=case: a_wait(case, program, by=by, at=now)) for case in cases]
    looks = [(bo, lambda by: offer_free_beds(program, at=now, by=by))] * 4
    ended = at_once(*joins, *looks)
    assert Counter(ended) == {"done": MANY + 4}
    with acting(bo):
        offer_free_beds(program, at=now, by=bo)
        assert Wait.objects.open().count() == MANY
        assert Hold.objects.standing().values("bed").distinct().count() == Hold.objects.count() == 2
        assert set(Bed.objects.of(program).values_list("pk", flat=True)) == set(
            Hold.objects.values_list("bed", flat=True)
        )
    with acting(ada), pytest.raises(Overtaken):
        a_wait(cases[0], program, by=ada, at=now)
