"""Of many secrets any one can be destroyed, and no other changes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.kernel.cipher import DataKey, Place, Unreadable
from breakwater.kernel.tree import FILE, LEVELS, Tree, leaf_of, read, written

LEAVES = st.lists(st.uuids().map(leaf_of), min_size=2, max_size=6, unique=True)


@given(LEAVES, st.data())
def test_who_is_destroyed_has_no_key_and_everybody_else_the_same(circles, data):
    whole = Tree.new()
    before = {one: whole.key_of(one) for one in circles}
    gone = data.draw(st.sets(st.sampled_from(circles)))
    left = whole.without(gone)
    assert {one for one in circles if not left.bears(one)} == gone
    assert {one: left.key_of(one) for one in circles if one not in gone} == {
        one: key for one, key in before.items() if one not in gone
    }
    for one in gone:
        with pytest.raises(Unreadable):
            left.key_of(one)


def test_nothing_that_is_kept_leads_to_who_was_destroyed():
    """No twig stands on the way to them, and the secret of none is on it: it could be grown again from there."""
    whole, leaf = Tree.new(), leaf_of(UUID(int=7))
    way = {leaf >> turns for turns in range(LEVELS + 1)}
    left = whole.without([leaf])
    assert not way & set(left.twigs)
    assert whole.key_of(leaf).secret not in left.twigs.values()
    assert whole.twigs[1] not in left.twigs.values()
    assert len(left.twigs) == LEVELS
    assert left.without([leaf]) == left


def test_keys_of_two_are_different_and_so_are_those_of_two_trees():
    one, other = Tree.new(), Tree.new()
    keys = [tree.key_of(leaf_of(UUID(int=number))).secret for tree in (one, other) for number in (1, 2)]
    assert len(set(keys)) == len(keys)


def test_a_file_says_what_the_trees_were(tmp_path):
    trees = [Tree.new().without([leaf_of(UUID(int=3))]), Tree.new()]
    (tmp_path / FILE).write_text(written(trees))
    assert read(tmp_path / FILE) == trees
    assert read(tmp_path / "none") == []


def test_who_has_the_agencys_key_and_knows_whose_words_they_are_reads_nothing_without_the_persons():
    agencys, place = DataKey.new(UUID(int=1), UUID(int=2)), Place("t", "c", "1")
    person = Tree.new().key_of(leaf_of(UUID(int=3)))
    cell = agencys.encrypt(b"words", place, person)
    assert agencys.decrypt(cell, place, person) == b"words"
    for forged in (person._replace(secret=bytes(32)), person._replace(tree="0" * 8), None):
        with pytest.raises(Unreadable):
            agencys.decrypt(cell, place, forged)
