"""The security case names tests that exist: each promise, each row of the standards, each path of the threat model."""

import re
from collections import Counter

import pytest

from tests.controls import LISTED, ROOT, Control, faults, is_there, printed, standards

SECURITY, THREATS = ROOT / "SECURITY.md", ROOT / "docs" / "threat-model.md"
SOC_2 = {
    "CC1": 5,
    "CC2": 3,
    "CC3": 4,
    "CC4": 2,
    "CC5": 3,
    "CC6": 8,
    "CC7": 5,
    "CC8": 1,
    "CC9": 2,
    "A1": 3,
    "C1": 2,
}
HIPAA = (
    "(a)(1)", "(a)(2)(i)", "(a)(2)(ii)", "(a)(2)(iii)", "(a)(2)(iv)", "(b)", "(c)(1)", "(c)(2)", "(d)", "(e)(1)",
    "(e)(2)(i)", "(e)(2)(ii)",
)  # fmt: skip
LEVEL_1, LEVEL_2 = 70, 183
ASVS = {
    "V1": (2, 9, 11, 3, 2), "V2": (3, 3, 4, 1), "V3": (0, 2, 4, 6, 5, 0, 2), "V4": (3, 1, 2, 4), "V5": (1, 3, 2, 3),
    "V6": (3, 12, 4, 4, 5, 3, 0, 4), "V7": (3, 4, 2, 5, 2, 2), "V8": (2, 3, 1, 1), "V9": (3, 4),
    "V10": (2, 2, 4, 11, 5, 2, 3), "V11": (2, 3, 3, 4, 1, 1, 0), "V12": (3, 2, 4), "V13": (1, 5, 2, 5),
    "V14": (2, 4, 3), "V15": (3, 3, 7, 0), "V16": (1, 5, 4, 3, 3), "V17": (1, 4, 2),
}  # fmt: skip
"""How many requirements of level 1 and 2 each section of a chapter has; they stand before those of level 3."""

_PATH = re.compile(r"`([\w./-]+\.py(?:::\w*)?)`")
_PROMISE = re.compile(r"^\| (?!Promise |---)([^|]+)\| ([^|]+)\|$", re.MULTILINE)


def named(page: str) -> list[str]:
    """Every file of Python that a page names, and where it says so the name of the test in it."""
    return _PATH.findall(page)


def gone(page: str) -> list[str]:
    """What a page names that is not there."""
    return [path for path in named(page) if not (is_there(path) or _is_code(path))]


def unkept(page: str) -> list[str]:
    """The promises of a page whose row names no test, of its own or by pointing at the row before."""
    rows = _PROMISE.findall(page)
    first = [promise for promise, kept in rows[:1] if not any(map(is_there, named(kept)))]
    return first + [
        promise
        for promise, kept in rows[1:]
        if not kept.startswith("the same") and not any(map(is_there, named(kept)))
    ]


def _is_code(path: str) -> bool:
    """Whether it is a file of ours that is no test: a page may point at one that is there."""
    return "::" not in path and not path.rpartition("/")[2].startswith("test_") and (ROOT / path).is_file()


@pytest.mark.parametrize("page", [SECURITY, THREATS], ids=lambda page: page.name)
def test_everything_that_is_named_is_there(page):
    assert len(named(page.read_text())) > 20
    assert gone(page.read_text()) == []


def test_every_promise_has_a_test():
    assert len(_PROMISE.findall(SECURITY.read_text())) > 25
    assert unkept(SECURITY.read_text()) == []


def test_every_row_has_tests_that_are_there_or_a_reason():
    rows = [row for standard in standards() for row in standard.controls]
    assert [fault for row in rows for fault in faults(row)] == []


def test_every_point_of_each_standard_is_one_row():
    soc_2, hipaa, asvs = ([row.id for row in standard.controls] for standard in standards())
    assert soc_2 == [f"{part}.{number + 1}" for part, numbers in SOC_2.items() for number in range(numbers)]
    assert hipaa == [f"164.312{part}" for part in HIPAA]
    assert asvs == [
        f"{chapter}.{section}.{number + 1}"
        for chapter, sections in ASVS.items()
        for section, numbers in enumerate(sections, 1)
        for number in range(numbers)
    ]
    assert len(asvs) == LEVEL_1 + LEVEL_2


def test_no_row_is_there_twice():
    ids = Counter(row.id for standard in standards() for row in standard.controls)
    assert [one for one, times in ids.items() if times > 1] == []


def test_the_page_is_what_the_command_prints():
    said = "python -m tests.controls > docs/controls.md"
    assert LISTED.with_suffix(".md").read_text() == printed(standards()), said


def test_the_guard_sees_a_test_that_is_gone():
    here = "tests/architecture/test_controls.py"
    assert is_there(here)
    assert is_there(f"{here}::test_the_guard_sees_a_test_that_is_gone")
    for wrong in (
        f"{here}::test_gone",
        f"{here}::",
        "tests/test_gone.py",
        "tests/controls.py",
        "tests",
        "docs/controls.toml",
    ):
        assert not is_there(wrong), wrong


def test_the_guard_sees_a_row_that_is_not_whole():
    here = ("tests/architecture/test_controls.py",)
    assert faults(Control(id="X1", says="A.", tests=here, verified=True)) == []
    assert faults(Control(id="X1", says="A.", tests=here, reason="Not all of it: b.", verified=True)) == []
    assert faults(Control(id="X1", says="A.", reason="Missing: b.", verified=True)) == []
    for wrong in (
        Control(id="X1", says="A.", verified=True),
        Control(id="X1", says=" ", tests=here, verified=True),
        Control(id="X1", says="A.", reason="Later.", verified=True),
        Control(id="X1", says="A.", reason="Not all of it: b.", verified=True),
        Control(id="X1", says="A.", tests=here, reason="Missing: b.", verified=True),
        Control(id="X1", says="A.", tests=("tests/test_gone.py",), verified=True),
    ):
        assert len(faults(wrong)) == 1, wrong


def test_the_guard_sees_a_page_that_promises_too_much():
    kept = "| A holds | `tests/architecture/test_controls.py` |\n| B holds | the same |\n"
    assert (gone(kept), unkept(kept)) == ([], [])
    assert gone("`tests/test_gone.py`, `tests/controls.py::is_there`, `breakwater/gone.py`, `tests/controls.py`") == [
        "tests/test_gone.py", "tests/controls.py::is_there", "breakwater/gone.py",
    ]  # fmt: skip
    assert unkept(f"{kept}| C holds | we think so |\n| D holds | `breakwater/server/home.py` |\n") == [
        "C holds ",
        "D holds ",
    ]
    assert unkept("| A holds | the same |\n") == ["A holds "]
