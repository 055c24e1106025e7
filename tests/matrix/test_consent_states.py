"""SP-01, SP-08: the same pages and acts, by a partner agency, in each state of consent and under each law."""

from collections.abc import Iterator

import pytest

from tests.matrix.cells import Cell, moved, try_it, wrong
from tests.matrix.leaks import listening
from tests.matrix.register import pages
from tests.matrix.share import share
from tests.matrix.states import STATES, in_state
from tests.matrix.test_who_sees_what import cells_of
from tests.matrix.world import OWNERS

_TELLING_STATES = ("none", "in scope", "emergency")
_KEPT_AT_HOME = ("house", "premises", "own", "request", "look", "concern")
"""What no consent opens: asked for where none was given, and in the two states that open the most."""
_ASKED_ALREADY = tuple((record, "none") for record in ("plain", "hers", "dry"))
"""Without any consent the partner is asked about these in ``test_who_sees_what``."""
_NEVER_AGREED = tuple((record, "another kind") for record in ("minor", "hers", "pupil", "dry"))
"""What the law does not let be agreed: the product refuses, and the world is the one without a consent."""


def cells_of_a_partner(record: str, state: str) -> Iterator[Cell]:
    """The partner's worker asks for everything; in an emergency so does whoever broke the glass."""
    actors = ("partner", "responder") if state == "emergency" else ("partner",)
    for page in pages().values():
        for actor in actors:
            cell = Cell(page, "GET", actor, record)
            if page.ids and (state in _TELLING_STATES or cell.holds not in _KEPT_AT_HOME):
                yield cell
                yield Cell(page, "POST", actor, record)


_BOTH = [(record, state) for record in OWNERS for state in STATES]


@pytest.mark.parametrize(
    ("record", "state"), [one for one in _BOTH if one not in (*_ASKED_ALREADY, *_NEVER_AGREED)]
)
def test_a_partner_is_answered_as_the_oracle_says(world, record, state, whole):
    found = list[str]()
    with in_state(world, record, state), listening(world.cage, found):
        before = moved()
        for cell in share(cells_of_a_partner(record, state), whole=whole):
            found += wrong(world, cell, try_it(world, cell, before))
    assert found[:60] == []


@pytest.mark.parametrize(("record", "state"), _ASKED_ALREADY)
def test_without_a_consent_each_of_these_cells_is_asked_with_the_others(record, state):
    assert set(cells_of_a_partner(record, state)) <= set(cells_of("partner", record))


@pytest.mark.parametrize(("record", "state"), _NEVER_AGREED)
def test_what_the_law_does_not_let_be_agreed_changes_nothing(world, record, state):
    """Nothing was agreed, so whoever asked now would ask what was asked without a consent."""
    before = world.records[record]
    with in_state(world, record, state):
        assert world.records[record] is before
