"""Every sentence with which an act is refused is met by a test, so that it can be read before somebody needs it."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

from tests.architecture.source import Module, called, code, dotted, example, modules, shrinks, words_of

_REFUSALS = {"Refused", "NotPermitted", "Overtaken", "Stale", "_refused"}
_SHORTEST = 9
"""Letters that must be met: fewer say too little to know a sentence by."""

_MARKS = " .,:;“”"
"""What may stand round the words of a sentence."""

NOT_YET_MET: set[str] = set()
"""Take off this list what you write a test for."""


@cache
def sentences(module: Module) -> dict[str, list[str]]:
    """The refusals of a module: where, and the words that never change."""
    found: dict[str, list[str]] = {}
    for node in module.nodes:
        for said in _said(node):
            if words := [one for one in words_of(said) if len(one.strip()) >= _SHORTEST]:
                found[f"{module.path} {_short(words)}"] = words
    return found


def _said(node: ast.AST) -> Iterator[ast.expr]:
    """The sentence that a node refuses with: raised, given to ``refuse_if``, or returned by a ``why_not``."""
    if isinstance(node, ast.Call) and called(node).split(".")[-1] in _REFUSALS and node.args:
        yield from (one for one in node.args if not isinstance(one, ast.Name))
    if isinstance(node, ast.Call) and called(node).endswith("refuse_if") and len(node.args) > 1:
        yield node.args[1]
    if isinstance(node, ast.FunctionDef) and node.name.lstrip("_").startswith("why_not"):
        yield from (
            one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None
        )


def _short(words: list[str]) -> str:
    return max(words, key=len).strip()[:60]


class Expected:
    """What tests expect to read: of every string in them the parts that are long enough, plain or as a pattern."""

    def __init__(self, tests: Iterable[str]) -> None:
        plain = (re.sub(r"\\(.)", r"\1", one) for one in tests)
        parts = (part for one in plain for part in one.replace(".*", "|").split("|"))
        self.parts = frozenset(part for part in parts if len(part) >= _SHORTEST)
        self.all = "|".join(self.parts)

    def __contains__(self, word: str) -> bool:
        """Whether a part stands in the word, or the word in a part."""
        known = word.strip(_MARKS)
        ends = range(_SHORTEST, len(word) + 1)
        return (len(known) >= _SHORTEST and known in self.all) or any(
            word[begin:end] in self.parts for end in ends for begin in range(end - _SHORTEST + 1)
        )


def expected() -> Expected:
    """What the tests that there are expect to read."""
    found = (
        node.value.decode(errors="replace") if isinstance(node.value, bytes) else node.value
        for module in modules("breakwater", "tests")
        if module.is_test and "architecture" not in module.parts
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )
    return Expected(found)


def is_met(words: list[str], tests: Expected) -> bool:
    """Whether a test expects part of these words."""
    return any(word in tests for word in words)


def test_every_refusal_is_met_by_a_test():
    tests = expected()
    unmet = {
        where
        for module in code()
        if module.parts[1] not in ("server", "formats") and module.kind != "testing"
        for where, words in sentences(module).items()
        if not is_met(words, tests)
    }
    shrinks(unmet, NOT_YET_MET)


def test_there_are_many_refusals():
    assert sum(len(sentences(module)) for module in code()) > 100


BAD = '''
def place(bed):
    """No."""
    if bed.is_taken:
        raise Overtaken(f"{bed.label} was just taken. These are still free.")
    with refuse_if("one_person_in_a_bed", "This person already holds a bed."):
        pass

def _why_not_sent(letter):
    return "" if letter.words else "Say what is needed first."
'''


def test_the_guard_finds_every_kind_of_refusal():
    found = sentences(example(BAD))
    assert len(found) == 3
    assert all(not is_met(words, Expected(["something else altogether"])) for words in found.values())
    met = Expected(["was just taken", "already holds a bed", r"Say what is needed first\."])
    assert all(is_met(words, met) for words in found.values())
    assert dotted(ast.parse("a.b").body[0].value) == "a.b"
