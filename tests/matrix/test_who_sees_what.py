"""SP-01, SP-18: every page and act, by everybody, about records of each kind: what is answered, told and written."""

from collections.abc import Iterator

import pytest

from tests.matrix.cells import Cell, may_hear, moved, try_it, wrong
from tests.matrix.register import pages
from tests.matrix.share import share
from tests.matrix.world import OWNERS, World

ABOUT = ("plain", "hers", "dry")
_OTHER_VERBS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
_ASKED_OTHERWISE = ("manager", "administrator", "partner")
_FROM_ELSEWHERE = ("manager", "administrator", "partner", "receiver", "advocate", "nurse", "nobody")
"""For a protected record: who wrote it, and one of each kind of those who did not."""
_SHOWN = 60


def found_wrong(world: World, cells: Iterator[Cell]) -> list[str]:
    """Try them, one after another; everything that is wrong, the first of it in full."""
    before = moved()
    found = [sentence for cell in cells for sentence in wrong(world, cell, try_it(world, cell, before))]
    return found[:_SHOWN]


def cells_about(world: World, record: str) -> Iterator[Cell]:
    """Everybody asks for every page about a record, and does every act; pages about nobody are asked for once."""
    for page in pages().values():
        if page.ids or record == "plain":
            for actor in world.who if record == "plain" else _FROM_ELSEWHERE:
                yield Cell(page, "GET", actor, record)
                yield Cell(page, "POST", actor, record)


@pytest.mark.parametrize("record", ABOUT)
def test_everybody_is_answered_as_the_oracle_says(world, record, whole):
    assert found_wrong(world, share(cells_about(world, record), whole=whole)) == []


@pytest.mark.parametrize("verb", _OTHER_VERBS)
def test_another_verb_tells_no_more_and_does_nothing(world, verb, whole):
    cells = (Cell(page, verb, actor, "plain") for page in pages().values() for actor in _ASKED_OTHERWISE)
    assert found_wrong(world, share(cells, whole=whole)) == []


def test_a_verb_is_not_overridden_by_a_header_or_a_field(world, whole):
    cells = (
        Cell(page, verb, actor, "plain", overridden=True)
        for page in pages().values()
        for actor in ("manager", "volunteer")
        for verb in ("GET", "HEAD")
    )
    assert found_wrong(world, share(cells, whole=whole)) == []


def test_what_may_be_known_is_really_shown(world):
    """The matrix would be easy to pass with empty pages: each canary is seen by somebody who may."""
    before = moved()
    for record in OWNERS:
        heard = set()
        for page in pages().values():
            for verb in ("GET", "POST") if not page.ids else ("GET",):
                given = try_it(world, Cell(page, verb, OWNERS[record], record), before)
                heard |= world.cage.heard_in(given.body)
        who = world.who[OWNERS[record]]
        silent = {
            one.text
            for one in world.cage.known.values()
            if one.record == record and may_hear(world, who, one) and one not in heard
        }
        assert silent == set()
