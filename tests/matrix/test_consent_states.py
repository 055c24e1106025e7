"""SP-01, SP-08: the same pages and acts, by a partner agency, in each state of consent and under each law."""

from collections.abc import Iterator

import pytest

from tests.matrix.cells import Cell, moved, try_it, wrong
from tests.matrix.register import pages
from tests.matrix.share import share
from tests.matrix.states import STATES, in_state
from tests.matrix.world import OWNERS


def cells_of_a_partner(record: str, state: str) -> Iterator[Cell]:
    """The partner's worker asks for everything; in an emergency so does whoever broke the glass."""
    actors = ("partner", "responder") if state == "emergency" else ("partner",)
    for page in pages().values():
        if page.ids:
            for actor in actors:
                yield Cell(page, "GET", actor, record)
                yield Cell(page, "POST", actor, record)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("record", OWNERS)
def test_a_partner_is_answered_as_the_oracle_says(world, record, state, whole):
    found = []
    with in_state(world, record, state):
        before = moved()
        for cell in share(cells_of_a_partner(record, state), whole=whole):
            found += wrong(world, cell, try_it(world, cell, before))
    assert found[:60] == []
