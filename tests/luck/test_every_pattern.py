"""No regular expression and no filter of text can be made slow by whoever types, sends or imports much.

The patterns are found in the source, Python and JavaScript, not listed. From the tree of each come texts meant to
hold it up: what each repetition takes, a thousand and two thousand times.
"""

import ast
import inspect
import re
import time
from contextlib import suppress
from re import _constants as signs
from re import _parser as reading

import pytest

from breakwater.formats.hsds import flat, values
from breakwater.kernel import text as texts
from breakwater.resources import rules as resources
from breakwater.ui.fields import Line, Words
from tests.architecture.source import CODE, called, code

SHORT, LONG = 1_000, 2_000
MOST_GROWTH, NEGLIGIBLE = 3, 0.005
TRIES = 5
"""What is slow is slow each time; what was held up by others on this machine is not."""
"""Twice the text may take three times as long, unless it takes next to nothing."""
HEAVY, LONGEST = 100_000, 0.1
"""No filter needs a tenth of a second for so many signs."""
_SIGNS = "a1 -_,;.(AZ':\u2019\u00e9\u180b"
_MANY = reading.MAXREPEAT
_REPEATS = (signs.MAX_REPEAT, signs.MIN_REPEAT)
_VERBS = ("compile", "search", "match", "fullmatch", "split", "sub", "findall", "finditer")
_ASKS = {f"re.{name}" for name in _VERBS} | {
    "RegexValidator"
}  # fmt: skip
_SCRIPT = re.compile(
    r"[=(,:[!&|?{};]\s*/((?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+)/[dgimsuvy]*[\s.,;)\]]"
)
BOUNDED = {
    r"^[\W\d_]+|[\W\d_]+$": "a password: 1,000 letters",
    r"(.{1,5}?)\1+.{0,4}": "the same",
    r"[\W\d_]+": "the same",
}
"""Patterns that nothing long can reach, because the field before them is short."""
ASKED_WHOLE = ("breakwater/formats/hsds/flat.py", "breakwater/formats/fhir/values.py")
"""One after another is asked for the whole of an address, of which ``test_bounded_cost.py`` knows more."""
OURS = (
    "breakwater/server/materials.py", "breakwater/kernel/events.py",
    *(f"breakwater/ui/words/{name}.py" for name in ("expressions", "markup", "reading", "sentences")),
)  # fmt: skip
"""They read our own files, templates and catalogs, and the names of our own modules: nothing that anybody typed."""
BORROWED = {
    "breakwater/formats/fhir/values.py": "a questionnaire brings it: only what repeats no repetition is run"
}
"""Patterns that are not ours; what keeps them from holding anybody up is tried where they are read."""


def patterns():
    """Every regular expression in the product: what it is asked by, and the file it stands in."""
    for module in code():
        if not module.is_test:
            yield from _patterns_of(module)
    for script in sorted(CODE.glob("*/static/*/behaviour/*.js")):
        yield from ((found[1], "search", script.name) for found in _SCRIPT.finditer(script.read_text()))


def _patterns_of(module):
    asked = [one for one in module.nodes if isinstance(one, ast.Call) and called(one) in _ASKS]
    for one in asked:
        first = one.args[0]
        if module.path in BORROWED and not isinstance(first, ast.Constant):
            continue
        assert isinstance(first, ast.Constant), f"{module.path}: a pattern made while it runs"
        if isinstance(first.value, str):
            yield first.value, _verb(called(one).split(".")[-1], one, module), module.path


def _verb(verb, node, module):
    """How a pattern is asked: at every place, unless all who use it by its name ask for the whole or the start."""
    if module.path in ASKED_WHOLE and verb == "compile":
        return "fullmatch"
    if verb != "compile":
        return verb if verb in ("match", "fullmatch") else "search"
    names = [one.targets[0].id for one in module.nodes
             if isinstance(one, ast.Assign) and one.value is node and isinstance(one.targets[0], ast.Name)]  # fmt: skip
    uses = {found for name in names for found in re.findall(rf"\b{name}\.(\w+)\(", module.text)}
    uses = uses or set(re.findall(r"\.(search|match|fullmatch|split|sub|findall|finditer)\(", module.text))
    return uses.pop() if len(uses) == 1 and uses <= {"match", "fullmatch"} else "search"


def trees(tree):
    """A pattern and everything inside it, each a list of what stands side by side."""
    yield tree
    for one in _within([value for _, value in tree]):
        yield from trees(one)


def _within(value):
    """The patterns that lie somewhere in what a part of a pattern holds."""
    if isinstance(value, reading.SubPattern):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _within(one)


def repeats_within_repeats(pattern):
    """Repetitions without an end inside such repetitions, of which nothing tells where one ends and the next begins."""
    endless = [value[2] for tree in trees(reading.parse(pattern)) for one, value in tree
               if one in _REPEATS and value[1] is _MANY]  # fmt: skip
    return [
        inner
        for inner in map(_unwrapped, endless)
        if (last := _last_that_must_be(inner)) and _is_endless(last) and _may_meet(last, inner[0])
    ]


def _unwrapped(tree):
    """What stands side by side in a group, without the group."""
    inner = list(tree)
    while len(inner) == 1 and inner[0][0] is signs.SUBPATTERN:
        inner = list(inner[0][1][-1])
    return inner


def _last_that_must_be(inner):
    """The last part that is not there by choice alone."""
    must = [one for one in inner if one[0] not in _REPEATS or one[1][0] > 0 or one[1][1] is _MANY]
    return must[-1] if must else None


def _is_endless(part):
    return part[0] in _REPEATS and part[1][1] is _MANY


def _may_meet(last, first):
    """Whether a sign that ends one turn may begin the next."""
    ends, begins = (_takes([one]) for one in (last, first))
    return any(ends(sign) and begins(sign) for sign in _SIGNS)


def _takes(parts):
    """Whether a part of a pattern takes a sign first."""
    sign, value = parts[0]
    if sign in (*_REPEATS, signs.POSSESSIVE_REPEAT):
        return _takes(list(value[2]))
    if sign is signs.SUBPATTERN:
        return _takes(list(value[-1]))
    if sign is signs.IN:
        return re.compile(_set(value), re.DOTALL).fullmatch
    return (lambda one: one == chr(value)) if sign is signs.LITERAL else (lambda one: True)


def sample(tree, most=3):
    """A text that a pattern takes, or nearly."""
    said = ""
    for sign, value in tree:
        if sign is signs.LITERAL:
            said += chr(value)
        elif sign is signs.IN:
            said += _one_of(value)
        elif sign in (*_REPEATS, signs.POSSESSIVE_REPEAT):
            said += sample(value[2]) * max(1, min(value[0], most))
        elif sign in (signs.SUBPATTERN, signs.ATOMIC_GROUP):
            said += sample(value[-1] if sign is signs.SUBPATTERN else value)
        elif sign is signs.BRANCH:
            said += sample(value[1][0])
        elif sign in (signs.ANY, signs.NOT_LITERAL):
            said += "a"
    return said


def _one_of(kinds):
    return next((one for one in _SIGNS if re.match(_set(kinds), one)), "a")


def _set(kinds):
    return "".join(["[", *(_spelled(sign, value) for sign, value in kinds), "]"])


def _spelled(sign, value):
    if sign is signs.NEGATE:
        return "^"
    if sign is signs.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    if sign is signs.CATEGORY:
        name = str(value).removeprefix("CATEGORY_")
        letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[name.removeprefix("NOT_")]
        return f"\\{letter.upper() if name.startswith('NOT_') else letter}"
    return re.escape(chr(value))


def pumps(pattern):
    """Texts that begin like a pattern, repeat what it repeats, and end as it does not."""
    whole = reading.parse(pattern)
    found = {("", sample(whole) or "a")}
    for tree in trees(whole):
        beside = list(tree)
        for place, (sign, value) in enumerate(beside):
            if sign in (*_REPEATS, signs.POSSESSIVE_REPEAT) and value[1] is _MANY:
                before = sample(beside[:place])
                found |= {(before, sample(value[2])), ("", before + sample(value[2])), ("", sample(value[2]))}
    return [(before, pump) for before, pump in found if pump]


def took(read, text):
    """How long it takes, as the processor counts; the least of three times, where it takes any time at all."""
    times = []
    while len(times) < 3 and (not times or times[-1] > NEGLIGIBLE):
        began = time.process_time()
        read(text)
        times.append(time.process_time() - began)
    return min(times)


def slow_on(pattern, verb="search"):
    """What holds a pattern up: where twice the text takes four times as long."""
    ask, found = getattr(re.compile(pattern), verb), []
    for before, pump in pumps(pattern):
        for end in ("!", ""):
            short, long = (took(ask, before + pump * (size // len(pump)) + end) for size in (SHORT, LONG))
            if long > NEGLIGIBLE and long > MOST_GROWTH * short:
                found.append((before, pump, end))
    return found


def is_always_slow(pattern, verb="search"):
    """The same, when it is seen each time: others on this machine hold a process up as well, but not always."""
    found = slow_on(pattern, verb)
    return found if found and all(slow_on(pattern, verb) for _ in range(TRIES)) else []


def test_no_pattern_repeats_within_a_repetition():
    found = [one for one in patterns() if one[2] not in OURS]
    assert len(found) > 40
    assert [(pattern, where) for pattern, _, where in found if repeats_within_repeats(pattern)] == []


def test_no_pattern_can_be_held_up():
    every = {(pattern, verb): where for pattern, verb, where in patterns() if where not in OURS}
    assert BOUNDED.keys() <= {pattern for pattern, _ in every}
    slow = {one: found for one in every if one[0] not in BOUNDED and (found := is_always_slow(*one))}
    assert slow == {}


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(?:\w+\s?)+!", r"([a-z]+)*x"])
def test_the_guard_sees_a_repetition_within_a_repetition(pattern):
    assert repeats_within_repeats(pattern)


@pytest.mark.parametrize("pattern", [r"\s+$", r"a.*b.*c"])
def test_the_guard_sees_a_pattern_that_is_held_up(pattern):
    assert any(slow_on(pattern) for _ in range(TRIES))


def filters():
    """Whatever reads a whole text: from what people type, search for and import."""
    for room in (values, texts):
        for name, one in inspect.getmembers(room, inspect.isfunction):
            if one.__module__ == room.__name__ and not name.startswith("_") and _reads_a_text(one):
                yield name, one
    yield "language names", lambda text: resources.language_names(text, {})
    yield "words", Words(max_length=HEAVY, required=False).clean
    yield "line", Line(max_length=HEAVY, required=False).clean


def _reads_a_text(one):
    asked = list(inspect.signature(one).parameters.values())
    return len(asked) == 1 and asked[0].annotation in (str, "str")


HEAVY_TEXTS = (
    " ",
    ",",
    "(",
    "),",
    "a",
    "a ",
    "1",
    "1 ",
    "a.",
    "a-",
    "a@",
    "<",
    "&amp;",
    "\n",
    "\u0301\u0316",
    "\ufdfa",
    "\u180b",
)


@pytest.mark.parametrize(("name", "read"), list(filters()))
def test_a_hundred_thousand_signs_are_read_at_once(name, read):
    slow = {}
    for pump in HEAVY_TEXTS:

        def safely(text):
            with suppress(Exception):  # that it cannot be read may be said, and quickly
                read(text)

        needed = took(safely, pump * (HEAVY // len(pump)))
        if needed > LONGEST:
            slow[pump] = round(needed, 2)
    assert slow == {}


def test_a_heavy_row_of_a_directory_is_read_at_once():
    assert took(flat._ADDRESS.fullmatch, "a, " * (HEAVY // 3)) < LONGEST
