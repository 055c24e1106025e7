"""Only actions write. What else may, is named here with its reason."""

import ast
import re

import pytest

from tests.architecture.source import Module, called, code, example, words_of

MAY_WRITE = {
    "actions": "the only place where verbs live",
    "testing": "ready-made things, made by real actions where there is one",
    "migrations": "the shape of the database",
}
NAMED = {
    "breakwater/trust/journal.py": "what was done and what was shown is written by the journal itself",
    "breakwater/trust/turned_away.py": "what was refused is written when the request is over, or its act is undone",
    "breakwater/trust/receipts.py": "what a request came to is written around the view, in its transaction",
    "breakwater/formats/files/pictures.py": "a picture is written into memory, by a library that calls it saving",
}
_WRITES = {
    "create", "acreate", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "save", "delete",
    "force_insert", "raw_delete",
}  # fmt: skip
_SCREENS = {"progress", "shown"}
"""Progress bars, which are updated too."""
_SQL = re.compile(
    r"^\s*(WITH\b.*\b)?(INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE|COPY\s+\S+.*\bFROM)\b",
    re.DOTALL,
)


def writes(module: Module) -> list[str]:
    """Every line of a module that changes what the database holds."""
    return [f"{module.path}:{node.lineno}" for node in module.nodes if _is_write(node)]


def _is_write(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant | ast.JoinedStr):
        return bool(_SQL.match("?".join(words_of(node))))
    *owner, verb = called(node).split(".")
    if not owner or owner[-1] in _SCREENS:
        return False
    is_queryset = verb == "update" and isinstance(node, ast.Call) and any(one.arg for one in node.keywords)
    return verb in _WRITES or is_queryset


def test_only_actions_write():
    elsewhere = [
        line
        for module in code()
        if module.kind not in MAY_WRITE and module.path not in NAMED and module.parts[1] not in _AT_THE_TOP
        for line in writes(module)
    ]
    assert elsewhere == []


_AT_THE_TOP = {"server"}
"""The bench fills a database of its own with COPY, and the schema is the server's to migrate; see the test below."""


def test_what_serves_never_writes_past_the_actions():
    """In ``server`` only the bench writes, and what settles the demo county; what answers requests does not."""
    writing = {
        line.partition(":")[0] for module in code() if module.parts[1] == "server" for line in writes(module)
    }
    assert {path for path in writing if not path.startswith("breakwater/server/bench/")} <= {
        "breakwater/server/demo.py",
        "breakwater/server/declared.py",  # files, copied by the owner of the tables
    }


def test_each_file_that_is_named_still_writes():
    by_path = {module.path: module for module in code()}
    assert [path for path in NAMED if path not in by_path or not writes(by_path[path])] == []


@pytest.mark.parametrize(
    "bad",
    [
        "Case.objects.create(number='X')",
        "Case.objects.filter(pk=pk).update(number='X')",
        "case.save(update_fields=['number'])",
        "case.notes.all().delete()",
        "Gate.objects.bulk_create([])",
        "cursor.execute('UPDATE cases_case SET number = %s', ['X'])",
        "SQL = '''\n  WITH gone AS (SELECT 1) DELETE FROM cases_case'''",
        "run_sql(f'INSERT INTO {table} (id) VALUES (1)')",
    ],
)
def test_the_guard_sees_a_write(bad):
    assert set(writes(example(bad))) == {"breakwater/cases/example.py:1"}


@pytest.mark.parametrize(
    "good",
    [
        "asked.update(b'x')",
        "found = {}\nfound.update(other)",
        "Case.objects.filter(pk=pk)",
        "'Update the plan'",
    ],
)
def test_the_guard_leaves_reading_alone(good):
    assert writes(example(good)) == []
