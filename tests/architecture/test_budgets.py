"""Sizes. What is larger is named here with its figure and its reason; the list may shrink, not grow."""

import ast
from functools import cache

import pytest

from tests.architecture.source import CODE, ROOT, Function, Module, example, modules

FILE, TESTS, FUNCTION, ACTION, VIEW, TEMPLATE, ARGUMENTS, NESTING = 300, 500, 40, 30, 20, 80, 7, 3
"""A file of tests may be longer than the code it proves: each of its stories is read alone."""

LARGER = {
    "breakwater/formats/hsds/documents.py entries nesting": (
        4,
        "walks a document of unknown depth as a stream",
    ),
    "breakwater/people/actions/persons.py correct lines": (
        37,
        "compares, refuses a stale edit with both texts, and keeps what was",
    ),
    "breakwater/people/actions/reach.py add_supporter arguments": (
        8,
        "what a supporter is, and the two that every action has",
    ),
    "breakwater/resources/actions/imports.py import_directory lines": (
        49,
        "the stages of one transaction, in order",
    ),
    "breakwater/resources/actions/imports.py import_directory arguments": (
        8,
        "the choices of the command, and where its progress is told",
    ),
    "breakwater/resources/actions/merging.py _judge nesting": (
        4,
        "a cursor, its batches, and the verdict on each row",
    ),
    "breakwater/resources/actions/merging.py _dangling nesting": (
        4,
        "a cursor, its batches, and the verdict on each row",
    ),
    "breakwater/server/schema.py grant_runtime nesting": (4, "one connection, and each right on each table"),
    "breakwater/ui/templates/ui/components.html": (95, "every component, imported by name from one place"),
}

_BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.AsyncFor, ast.AsyncWith)


def sizes(module: Module) -> dict[str, int]:
    """Whatever of a module is over its budget, with its figure."""
    over = {}
    if (lines := len(module.text.splitlines())) > (TESTS if module.is_test else FILE):
        over[f"{module.path} lines"] = lines
    for function in module.functions:
        name = f"{module.path} {function.name}"
        for what, figure, limit in (
            ("lines", _lines(function), _limit(module, function)),
            ("arguments", _arguments(function), ARGUMENTS),
            ("nesting", _nesting(function.body), NESTING),
        ):
            if figure > limit:
                over[f"{name} {what}"] = figure
    return over


def _limit(module: Module, function: Function) -> int:
    if module.is_test:
        return FUNCTION
    first = function.args.args[0].arg if function.args.args else ""
    if module.kind == "views" and first == "request":
        return VIEW
    return ACTION if module.kind == "actions" else FUNCTION


def _lines(function: Function) -> int:
    """From its name to its end, without what its docstring says."""
    said = function.body[0]
    is_docstring = isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)
    told = (said.end_lineno or 0) - said.lineno + 1 if is_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - told


def _arguments(function: Function) -> int:
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return sum(one.arg not in ("self", "cls") for one in given)


def _nesting(body: list[ast.stmt]) -> int:
    return max((_depth(node) for node in body), default=0)


def _depth(node: ast.stmt) -> int:
    if not isinstance(node, _BLOCKS):
        return 0
    below = [one for name in ("body", "finalbody") for one in getattr(node, name, [])]
    below += [
        one for name in ("handlers", "cases") for inner in getattr(node, name, []) for one in inner.body
    ]
    beside = getattr(node, "orelse", [])
    is_elif = isinstance(node, ast.If) and len(beside) == 1 and isinstance(beside[0], ast.If)
    return max(1 + _nesting(below), (0 if is_elif else 1) + _nesting(beside))


def templates() -> dict[str, int]:
    """Every template that is over its budget, with its lines."""
    return {
        str(path.relative_to(ROOT)): lines
        for path in sorted(CODE.rglob("templates/**/*.html"))
        if (lines := len(path.read_text().splitlines())) > TEMPLATE
    }


@cache
def larger() -> dict[str, int]:
    """Whatever of us is over its budget, with its figure."""
    over = {
        name: figure for module in modules("breakwater", "tests") for name, figure in sizes(module).items()
    }
    return over | templates()


def test_everything_is_as_large_as_it_may_be():
    grown = {name: figure for name, figure in larger().items() if figure > LARGER.get(name, (0, ""))[0]}
    assert grown == {}


def test_the_list_of_what_is_larger_only_shrinks():
    assert sorted(LARGER.keys() - larger().keys()) == [], "no longer larger: take it off the list"
    assert [name for name, (_figure, reason) in LARGER.items() if not reason] == []


DEEP = """
def f():
    for one in two:
        if one:
            with three:
                try:
                    four()
                finally:
                    pass
"""
FLAT = """
def f(x):
    if x == 1:
        pass
    elif x == 2:
        pass
    elif x == 3:
        pass
    elif x == 4:
        pass
"""


@pytest.mark.parametrize(
    ("text", "path", "over"),
    [
        ("x = 1\n" * 301, "breakwater/cases/rules.py", {"breakwater/cases/rules.py lines": 301}),
        (DEEP, "breakwater/cases/rules.py", {"breakwater/cases/rules.py f nesting": 4}),
        (FLAT, "breakwater/cases/rules.py", {}),
        (
            "def f(a, b, c, d, *, e, f, g, h): ...",
            "breakwater/cases/rules.py",
            {"breakwater/cases/rules.py f arguments": 8},
        ),
        (
            "def f():\n" + "    x = 1\n" * 40,
            "breakwater/cases/rules.py",
            {"breakwater/cases/rules.py f lines": 41},
        ),
        (
            "def f():\n" + "    x = 1\n" * 30,
            "breakwater/cases/actions/a.py",
            {"breakwater/cases/actions/a.py f lines": 31},
        ),
        (
            "def f(request):\n" + "    x = 1\n" * 20,
            "breakwater/cases/views.py",
            {"breakwater/cases/views.py f lines": 21},
        ),
        ("def f(request):\n    '''A\n\n    B'''\n" + "    x = 1\n" * 19, "breakwater/cases/views.py", {}),
    ],
)
def test_the_guard_measures(text, path, over):
    assert sizes(example(text, path)) == over
