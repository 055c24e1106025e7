"""What three standards ask, and which of our tests answer: ``docs/controls.toml``, printed as ``docs/controls.md``.

``python -m tests.controls > docs/controls.md``
"""

import ast
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.architecture.source import module_at

ROOT = Path(__file__).resolve().parents[1]
LISTED = ROOT / "docs" / "controls.toml"
REASONS = ("Not applicable", "Missing", "Up to whoever runs it", "Not all of it")
"""How a reason begins. The last of them stands beside tests, the others may stand alone."""

_HEAD = """\
# Controls

What three standards ask of a system like this one, in words of ours, and the tests that answer. Printed by `python -m
tests.controls` from `docs/controls.toml`; a test keeps this page the same, and finds every test that is named.

A row has tests, or a reason why it has none, or both: then the tests answer a part, and the reason says what is left.
*Missing* is ours to build, *up to whoever runs it* is theirs to do, *not applicable* asks about something that is not
here. *Verified* means that one of us held the number against the standard's own text on the day named; it says nothing
about whether what is asked is done.

This is how we read these standards. No auditor has looked at it, and it is no certificate.
"""


@dataclass(frozen=True, kw_only=True)
class Control:
    """One thing that a standard asks: its number, what it says in our words, and what answers it."""

    id: str
    says: str
    tests: tuple[str, ...] = ()
    reason: str = ""
    verified: bool


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A standard, what we read of it and when, and what it asks."""

    key: str
    title: str
    read: str
    controls: tuple[Control, ...]


def standards() -> list[Standard]:
    """All of them, as they are listed."""
    return [_standard(**one) for one in tomllib.loads(LISTED.read_text())["standard"]]


def is_there(test: str) -> bool:
    """Whether a test that is named so exists: ``path/of/test_file.py``, perhaps with ``::its_name``."""
    path, _, name = test.partition("::")
    file = ROOT / path
    if not file.is_file() or not file.name.startswith("test_") or file.suffix != ".py":
        return False
    return "::" not in test or name in _names(file)


def faults(control: Control) -> list[str]:
    """What is wrong with a row, in words."""
    wrong = [f"{control.id} names {test}, which is not there" for test in control.tests if not is_there(test)]
    if not control.says.strip():
        wrong.append(f"{control.id} does not say what is asked")
    if not control.tests and not control.reason:
        wrong.append(f"{control.id} has neither a test nor a reason")
    if control.reason and not control.reason.startswith(REASONS):
        wrong.append(f"{control.id} gives a reason of no kind: {control.reason}")
    if bool(control.tests) != control.reason.startswith(REASONS[-1]) and control.reason:
        wrong.append(f"{control.id} says “{REASONS[-1]}” beside tests, and only there")
    return wrong


def printed(listed: Sequence[Standard]) -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *(line for one in listed for line in _section(one))])


def _standard(controls: list[dict[str, Any]], **words: str) -> Standard:
    rows = tuple(Control(**(row | {"tests": tuple(row.get("tests", ()))})) for row in controls)
    return Standard(**words, controls=rows)


@cache
def _names(file: Path) -> frozenset[str]:
    return frozenset(one.name for one in module_at(file).functions if isinstance(one, ast.FunctionDef))


def _section(standard: Standard) -> Iterator[str]:
    rows = standard.controls
    whole = sum(bool(row.tests) and not row.reason for row in rows)
    part = sum(bool(row.tests) and bool(row.reason) for row in rows)
    yield f"## {standard.title}\n"
    yield f"{standard.read}\n"
    alone = len(rows) - whole - part
    yield f"Of {len(rows)} rows tests answer {whole} and a part of {part}; {alone} have a reason alone.\n"
    yield "| | what is asked, in our words | answered by | verified |\n|---|---|---|---|"
    for row in rows:
        answer = "<br>".join([*(f"`{test}`" for test in row.tests), *filter(None, [row.reason])])
        yield f"| {row.id} | {row.says} | {answer} | {'yes' if row.verified else 'no'} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(printed(standards()))
