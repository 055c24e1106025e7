"""The list of breaks keeps up with the code; whether each is caught is seen by ``make mutants``."""

import re

import pytest

from tests.mutants import ROOT, applied, mutants

ALL = mutants()


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.breaks)
def test_each_still_breaks_something_that_is_there(one):
    text = (ROOT / one.file).read_text()
    assert applied(one, text) != text
    for test in one.tests:
        assert (ROOT / test.partition("::")[0]).is_file(), test


def test_each_breaks_something_else_and_says_of_which_property():
    assert len({one.breaks for one in ALL}) == len({(one.file, one.old, one.new) for one in ALL}) == len(ALL)
    assert all(re.fullmatch(r"[A-Z0-9.-]+", one.property) for one in ALL)
