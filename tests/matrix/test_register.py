"""H1: every surface says who may use it, has a sample that works, and does not disappear unnoticed."""

from dataclasses import replace

import pytest

from tests.architecture.world import Address, addresses
from tests.matrix import register, states
from tests.matrix import world as the_world
from tests.matrix.acts import DONE, act_of, sent, that_can_be_done
from tests.matrix.oracle import ALLOWED
from tests.matrix.register import Surface
from tests.matrix.surfaces import OPEN_TO_ALL, POLICIES


def test_every_surface_says_who_may_use_it():
    assert register.undeclared(register.register()) == []


def test_nothing_is_declared_that_is_not_there():
    assert register.left_over(register.register()) == []


def test_every_address_is_in_the_matrix_or_open_to_all_with_its_reason():
    assert set(OPEN_TO_ALL) == {one.name for one in addresses()} - register.pages().keys()
    assert all(len(reason) > 40 for reason in OPEN_TO_ALL.values())


def test_no_two_addresses_have_one_name():
    assert register.named_twice() == []


def test_every_surface_can_be_tried(world):
    assert register.without_a_sample(register.pages(), world.ids("plain")) == []


def test_no_more_than_a_tenth_goes_missing_unnoticed():
    now = register.counted(register.register())
    assert register.too_few(now, register.counted_before()) == [], (
        "the register may be broken; if this is meant, count anew in tests/matrix/counted.json"
    )


def test_what_is_asked_for_is_known_to_the_oracle():
    known = frozenset().union(*ALLOWED.values()) | {"opened_it", "not theirs"}
    asked = {one for policy in POLICIES.values() for one in (*policy.reads, *policy.does, *policy.far)}
    assert asked <= known


@pytest.mark.parametrize("name", that_can_be_done())
def test_a_sample_really_does_what_it_says(world, name):
    """Otherwise a matrix of refusals would prove nothing."""
    answer = sent(world, act_of(name))
    assert answer.status_code in DONE, answer.content.decode().partition("<main")[2]


def test_what_waits_for_another_part_of_the_product_is_named():
    assert set(the_world.PENDING) == {
        "platform administrator", "integration token",
    }  # fmt: skip
    assert set(states.PENDING) == {"court order"}


class TestTheRegisterSees:
    def test_a_surface_without_a_policy(self):
        bare = [Surface("page", "cases:rumor", "GET", None), Surface("job", "trust.x", "do", "Breakwater")]
        assert register.undeclared(bare) == [
            "page cases:rumor: add a line to POLICIES in tests/matrix/surfaces.py"
        ]

    def test_an_address_with_an_id_of_which_nothing_is_known(self):
        known = {"cases:rumor": Address("cases:rumor", ("rumor_id",), lambda request: None)}
        assert "rumor_id" in register.without_a_sample(known, {})[0]

    def test_an_act_without_a_sample(self, monkeypatch):
        silent = replace(POLICIES["cases:note"], sends={})
        monkeypatch.setitem(POLICIES, "cases:note", silent)
        assert register.without_a_sample({}, {}) == ["page cases:note: say what its form sends"]

    def test_a_policy_of_nothing(self, monkeypatch):
        monkeypatch.setitem(POLICIES, "cases:gone", POLICIES["cases:note"])
        assert register.left_over(register.register()) == ["page cases:gone"]

    def test_that_it_shrank(self):
        assert register.too_few({"page": 89}, {"page": 100}) == ["page: 89, and 100 before"]
        assert register.too_few({"page": 90}, {"page": 100}) == []
