"""SP-34: each fault drill is done by a test that is there, or waits for something by name."""

import tomllib

from tests.controls import ROOT, is_there

DRILLS = 24


def test_every_fault_drill_is_a_test_or_waits_by_name():
    told = tomllib.loads((ROOT / "tests" / "faults.toml").read_text(encoding="utf-8"))["fault"]
    assert [one["id"] for one in told] == [f"F{number}" for number in range(1, DRILLS + 1)]
    assert [test for one in told for test in one.get("tests", ()) if not is_there(test)] == []
    assert [one["id"] for one in told if not one.get("tests") and len(one.get("waits", "")) < DRILLS] == []
    assert sum(bool(one.get("tests")) for one in told) > DRILLS / 2
