"""Our own source, read as a tree: what the guards of this folder look at."""

import ast
import gc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "breakwater"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of Python: where it is, and its tree."""

    path: str
    text: str

    @property
    def parts(self) -> tuple[str, ...]:
        """Its folders and its name: ``("breakwater", "cases", "actions", "intake")``."""
        return Path(self.path).with_suffix("").parts

    @property
    def kind(self) -> str:
        """Which kind of file of an app it is, or lies in: ``actions``, ``rules``, ``views``…"""
        return self.parts[2] if len(self.parts) > 2 else self.parts[-1]

    @property
    def is_test(self) -> bool:
        """Whether it proves rather than does."""
        return "tests" in self.parts

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree. It is kept, so that nobody looks for garbage in it, now or later: that took four fifths."""
        gc.disable()
        try:
            return ast.parse(self.text)
        finally:
            gc.freeze()
            gc.enable()

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of its tree, in the order of ``ast.walk``: walked once, for all the guards that look."""
        found: list[ast.AST] = [self.tree]
        for node in found:
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, list):
                    found.extend(one for one in value if isinstance(one, ast.AST))
                elif isinstance(value, ast.AST):
                    found.append(value)
        return tuple(found)

    @property
    def functions(self) -> Iterator[Function]:
        """Every function and method, however deep: they stand among statements, so that no expression is opened."""
        found: list[ast.AST] = [self.tree]
        for node in found:
            for name in _OF_STATEMENTS:
                found.extend(getattr(node, name, ()))
            if isinstance(node, Function):
                yield node


_OF_STATEMENTS = ("body", "handlers", "cases", "orelse", "finalbody")


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every file of Python below the folders, the database's own history left out."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(module_at(path) for path in paths if "migrations" not in path.parts)


@cache
def module_at(path: Path) -> Module:
    """One file, read and parsed once whatever it is asked with."""
    return Module(str(path.relative_to(ROOT)), path.read_text())


def code() -> list[Module]:
    """Every file that does something: no tests, no history of the database."""
    return [module for module in modules("breakwater") if not module.is_test]


def example(text: str, path: str = "breakwater/cases/example.py") -> Module:
    """A module that exists in a test only, to show that a guard can fail."""
    return Module(path, text)


def called(node: ast.AST) -> str:
    """What a call calls, dotted as far as it is written: ``Case.objects.create``; empty for anything else."""
    return dotted(node.func) if isinstance(node, ast.Call) else ""


def dotted(node: ast.AST) -> str:
    """A name as it is written; a part that is no name becomes ``?``."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def words_of(node: ast.AST) -> list[str]:
    """The constant words of an expression, in order: one string, or what stands between an f-string's gaps."""
    if isinstance(node, ast.JoinedStr):
        return [part.value for part in node.values if isinstance(part, ast.Constant)]
    if isinstance(node, ast.IfExp):
        return words_of(node.body) + words_of(node.orelse)
    if isinstance(node, ast.BinOp):
        return words_of(node.left) + words_of(node.right)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def shrinks(found: Iterable[str], listed: Iterable[str]) -> None:
    """What was found is listed, and what is listed is still found: a list of exceptions may only shrink."""
    found, listed = set(found), set(listed)
    assert sorted(found - listed) == [], "not allowed"
    assert sorted(listed - found) == [], "no longer needed: take it off the list"
