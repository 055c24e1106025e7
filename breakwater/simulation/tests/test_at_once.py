"""The county is lived by two processes in half the time, and is the same county."""

import os
import time

import pytest

from breakwater.simulation.at_once import how_many, in_processes, shared_out
from breakwater.simulation.tests.test_county import OF_EVERY_KIND, digest, made_of, small

pytestmark = pytest.mark.skipif(how_many() < 2, reason="not run: no process is split here")


def test_lived_by_two_processes_it_is_the_same_county(own_database):
    alone, told = made_of(OF_EVERY_KIND), []
    small(OF_EVERY_KIND).build(lambda done, of: told.append((done, of)), processes=2)
    lives = len(small(OF_EVERY_KIND).plans())
    assert told == [(done, lives) for done in range(1, lives + 1)]
    assert digest() == alone


def test_each_returns_what_it_came_to_and_each_has_a_process_of_its_own(own_database):
    told = []
    found = in_processes(
        [lambda tell: os.getpid(), lambda tell: tell() or os.getpid()], lambda: told.append(1)
    )
    assert len({*found, os.getpid()}) == 3
    assert told == [1]


def die(tell):
    os._exit(9)


def fail(tell):
    raise LookupError("nobody lives there")


@pytest.mark.parametrize("ends", [die, fail])
def test_where_one_comes_to_nothing_the_others_are_not_waited_for(own_database, ends):
    began = time.monotonic()
    with pytest.raises(RuntimeError, match="ended before its work was done"):
        in_processes([lambda tell: time.sleep(60), ends], lambda: None)
    assert time.monotonic() - began < 30


def test_shares_are_about_equal_and_no_part_is_taken_apart():
    shares = shared_out([["a"] * 3, ["b"] * 9, ["c"] * 4, ["d"] * 2], 2)
    assert sorted(map(len, shares)) == [9, 9]
    assert not {*shares[0]} & {*shares[1]}
