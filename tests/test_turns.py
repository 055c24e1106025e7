"""What waits and what works begin by turns, and nothing is lost or begun twice."""

from tests.turns import by_turns

BUSY, OTHER = "tests/matrix/test_crossed_ids.py", "breakwater/cases/tests/test_rules.py"
WAITING = [
    "tests/journeys/test_live.py",
    "tests/luck/test_streams.py",
    "breakwater/server/tests/test_running.py",
]


def test_what_waits_and_what_works_begin_by_turns_and_the_short_ones_last():
    modules = [OTHER, *WAITING, BUSY, BUSY, OTHER]
    assert list(by_turns(modules)) == [WAITING[0], BUSY, *WAITING[1:], OTHER]
