"""The list of breaks keeps up with the code; whether each is caught is seen by ``make mutants``."""

import re

import pytest

from tests.mutants import ROOT, Mutant, applied, mutants
from tests.mutants.__main__ import is_meant, verdict
from tests.mutants.copies import Outcome
from tests.mutants.seen import mark_of, remember, seen_caught

ALL = mutants()


def test_each_still_breaks_something_that_is_there():
    assert [f"{one.breaks}: {why}" for one in ALL for why in _out_of_date(one)] == []


def _out_of_date(one):
    """Why a break tells nothing any more."""
    text = (ROOT / one.file).read_text()
    try:
        if applied(one, text) == text:
            yield "nothing is broken"
    except LookupError as error:
        yield str(error)
    yield from (f"no {test}" for test in one.tests if not (ROOT / test.partition("::")[0]).is_file())


def test_each_that_breaks_a_function_of_postgresql_breaks_the_text_that_stands_last():
    """What a later migration replaced, nobody runs: a break of it goes unnoticed, and proves nothing."""
    for one in (one for one in ALL if "/migrations/" in one.file):
        before, _, _ = (ROOT / one.file).read_text().partition(one.old)
        begun = before.rpartition("$$;")[2]
        if named := re.search(r"CREATE (?:OR REPLACE )?FUNCTION (\w+)\(", begun):
            replaced = f"OR REPLACE FUNCTION {named[1]}("
            later = sorted(
                at.name for at in (ROOT / one.file).parent.glob("*.py") if replaced in at.read_text()
            )
            assert not later or later[-1] <= one.file.rpartition("/")[2], (
                f"“{one.breaks}” is replaced by {later[-1]}"
            )


def test_each_breaks_something_else_and_says_of_which_property():
    assert len({one.breaks for one in ALL}) == len({(one.file, one.old, one.new) for one in ALL}) == len(ALL)
    assert all(re.fullmatch(r"[A-Z0-9.-]+", one.property) for one in ALL)


def went(*red, ran=True):
    return Outcome(ran=ran, red=red, last_lines="")


@pytest.mark.parametrize(
    ("broken", "unbroken", "said"),
    [
        (went("a::b"), went(), "caught"),
        (went(), None, "UNNOTICED"),
        (went("a::b"), went("a::b", "c::d"), "RED WHOLE"),
        (went("a::b"), went(ran=False), "RED WHOLE"),
        (went(ran=False), went(), "NOT RUN"),
    ],
)
def test_only_what_is_red_broken_and_green_whole_is_caught(broken, unbroken, said):
    assert verdict(broken, unbroken) == said


def test_what_was_seen_caught_is_tried_again_when_the_break_its_file_or_its_tests_changed(tmp_path):
    facts = {"breaks": "x", "property": "SP-06", "file": "a.py", "old": "1", "new": "2"}
    one = Mutant(**facts, tests=("t.py::test_a",))
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "t.py").write_text("def test_a(): …")
    marks = [mark_of(one, tmp_path)]
    for name in ("a.py", "t.py"):
        (tmp_path / name).write_text("1 # and more")
        marks.append(mark_of(one, tmp_path))
    marks.append(mark_of(Mutant(**facts | {"new": "3"}, tests=one.tests), tmp_path))
    assert len(set(marks)) == len(marks)
    kept = tmp_path / "var" / "kept.json"
    assert seen_caught(kept) == set()
    remember({"a"}, kept)
    remember({"b"}, kept)
    assert seen_caught(kept) == {"a", "b"}


def test_they_are_chosen_by_property_file_test_or_words():
    one = Mutant(breaks="Nobody signs", property="SP-06", file="a/b.py", old="", new="", tests=("t/c.py",))
    for words in ([], ["", "sp-06"], ["a/b"], ["t/c.py"], ["nobody"], ["x", "signs"]):
        assert is_meant(one, words), words
    assert not is_meant(one, ["SP-07", "x"])
