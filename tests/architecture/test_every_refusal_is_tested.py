"""Every sentence with which an act is refused is met by a test, so that it can be read before somebody needs it."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import Module, called, code, dotted, example, modules, shrinks, words_of

_REFUSALS = {"Refused", "NotPermitted", "Overtaken", "Stale", "_refused"}
_SHORTEST = 9
"""Letters that must be met: fewer say too little to know a sentence by."""

NOT_YET_MET: set[str] = {
    "breakwater/cases/actions/closing.py A case cannot be opened again before it was closed.",
    "breakwater/cases/actions/closing.py Say how it ended.",
    "breakwater/cases/actions/closing.py Say why it is opened again.",
    "breakwater/cases/actions/follow_up.py Say what came of it.",
    "breakwater/cases/actions/follow_up.py This is not a way to reach this person.",
    "breakwater/cases/actions/follow_up.py This way to reach them holds no longer. Use another.",
    "breakwater/cases/actions/gates.py A gate cannot have been met before help was asked for. Check",
    "breakwater/cases/actions/gates.py Say what changed.",
    "breakwater/cases/actions/gates.py There is no such gate.",
    "breakwater/cases/actions/holding.py holds this case. Ask them, or offer them what you know.",
    "breakwater/cases/actions/intake.py . Add what is new to that case.",
    "breakwater/cases/actions/intake.py Say to whom the danger is, and whether it is none, possible,",
    "breakwater/cases/actions/intake.py Say who asked.",
    "breakwater/cases/actions/intake.py days ago is not a new crisis. Check the date.",
    "breakwater/cases/actions/notes.py Minutes are from 0 to",
    "breakwater/cases/actions/notes.py Say how it was removed: others will meet it too.",
    "breakwater/cases/actions/notes.py Say what it was: a note, a call, a visit, a message, a meeti",
    "breakwater/cases/actions/notes.py Say what stands in the way.",
    "breakwater/cases/actions/notes.py This barrier was removed already.",
    "breakwater/cases/actions/owners.py , and cannot be accountable for a case.",
    "breakwater/cases/actions/owners.py A case is taken by a person.",
    "breakwater/cases/actions/owners.py accountable for this case already.",
    "breakwater/cases/actions/owners.py does not work for",
    "breakwater/cases/actions/owners.py is accountable already.",
    "breakwater/cases/actions/owners.py is accountable for this case, and so helps with it already.",
    "breakwater/cases/actions/owners.py is not on the team.",
    "breakwater/cases/actions/owners.py is on the team already.",
    "breakwater/cases/actions/screening.py Say to whom the danger is, and whether it is none, possible,",
    "breakwater/cases/actions/triage.py This triage cannot be saved:",
    "breakwater/cases/rules.py This way to reach them is marked as not safe. Use another, o",
    "breakwater/cases/rules.py attempts are needed before somebody is lost to contact;",
    "breakwater/cases/rules.py or more before somebody is lost to contact.",
    "breakwater/clocks/actions.py A clock cannot be paused before it starts. Check day and tim",
    "breakwater/clocks/actions.py A promise must be due after it is made.",
    "breakwater/clocks/actions.py For this reason the clock can be paused until",
    "breakwater/clocks/actions.py Say why this promise is excused.",
    "breakwater/clocks/actions.py This clock is already paused. Look again.",
    "breakwater/clocks/actions.py This clock is not paused.",
    "breakwater/clocks/actions.py This promise was missed already: say why, in place of pausin",
    "breakwater/clocks/actions.py already runs. Look again.",
    "breakwater/clocks/actions.py ” cannot be paused for this reason.",
    "breakwater/people/actions.py Say what to call them: a name, a nickname or a description.",
    "breakwater/people/actions.py Write the number, address or place.",
    "breakwater/plans/actions.py Say why this step is dropped.",
    "breakwater/referrals/actions/handoff.py Say why, in a few words.",
    "breakwater/referrals/actions/letters.py was faster. Look again.",
    "breakwater/referrals/actions/placement.py Say why: the other side reads it.",
    "breakwater/referrals/actions/placement.py This bed is no longer held for them:",
    "breakwater/resources/actions/imports.py A source is called by at most",
    "breakwater/resources/actions/imports.py Say what to call the source of this package.",
    "breakwater/trust/actions/agencies.py This sign-in name is taken.",
    "breakwater/trust/actions/drafts.py This is more text than a form can keep. Save what you have, ",
    "breakwater/trust/receipts.py This form has lost its key. Open the page again; nothing was",
    "breakwater/trust/receipts.py This form was already saved, with other words. Open the page",
}
"""Take off this list what you write a test for."""


def sentences(module: Module) -> dict[str, list[str]]:
    """The refusals of a module: where, and the words that never change."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(module.tree):
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


def expected() -> list[str]:
    """What tests expect to read: every string in them that is long enough."""
    return [
        node.value
        for module in modules("breakwater", "tests")
        if module.is_test and "architecture" not in module.parts
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= _SHORTEST
    ]


def is_met(words: list[str], tests: list[str]) -> bool:
    """Whether a test expects part of these words, as they are or as a pattern."""
    plain = [re.sub(r"\\(.)", r"\1", one) for one in tests]
    return any(
        part in word or (len(word.strip()) > 2 * _SHORTEST and word.strip() in part)
        for word in words
        for one in plain
        for part in one.replace(".*", "|").split("|")
        if len(part) >= _SHORTEST
    )


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
    assert all(not is_met(words, ["something else altogether"]) for words in found.values())
    met = ["was just taken", "already holds a bed", r"Say what is needed first\."]
    assert all(is_met(words, met) for words in found.values())
    assert dotted(ast.parse("a.b").body[0].value) == "a.b"
