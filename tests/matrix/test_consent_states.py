"""SP-01, SP-08: the same pages and acts, by a partner agency, in each state of consent and under each law."""

from collections.abc import Iterator

import pytest

from tests.matrix.cells import Cell, moved, try_it, wrong
from tests.matrix.leaks import listening
from tests.matrix.register import pages
from tests.matrix.share import share
from tests.matrix.states import STATES, in_state
from tests.matrix.world import OWNERS

_TELLING_STATES = ("none", "in scope", "emergency")
_KEPT_AT_HOME = ("house", "own", "request", "look", "concern")
"""What no consent opens: asked for where none was given, and in the two states that open the most."""


def cells_of_a_partner(record: str, state: str) -> Iterator[Cell]:
    """The partner's worker asks for everything; in an emergency so does whoever broke the glass."""
    actors = ("partner", "responder") if state == "emergency" else ("partner",)
    for page in pages().values():
        for actor in actors:
            cell = Cell(page, "GET", actor, record)
            if page.ids and (state in _TELLING_STATES or cell.holds not in _KEPT_AT_HOME):
                yield cell
                yield Cell(page, "POST", actor, record)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("record", OWNERS)
def test_a_partner_is_answered_as_the_oracle_says(world, record, state, whole):
    found = list[str]()
    with in_state(world, record, state), listening(world.cage, found):
        before = moved()
        for cell in share(cells_of_a_partner(record, state), whole=whole):
            found += wrong(world, cell, try_it(world, cell, before))
    assert found[:60] == []
