"""What our code, our files of numbers and our scripts say to people: found in their text, with its place."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

Found = tuple[str, int]
"""A message and its line."""

ROOT = Path(__file__).parent.parent.parent
SCRIPTS = ROOT / "ui" / "static" / "ui" / "behaviour"
_SENTENCE = re.compile(r"“?[A-Z{][^\n]* [^\n]*[.?!:]\s*")
_NAME = re.compile(r"[A-Z][a-z’'-]*(?:[ ,/:;()“”’'&–-]+[\w’'%-]+)*[.?)…]?")
_SAYS = re.compile(r'''\binWords\(\s*"([^"]+)"''')
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NOT_SHOWN = (
    "/tests/", "/migrations/", "/management/", "/simulation/", "/server/", "/interop/", "/formats/", "/ui/words/",
    "/ui/forms.py", "testing.py", "walls.py", "/trust/verifying.py", "listing.py", "checks.py", "library.py",
    "/kernel/", "models/__init__.py",
)  # fmt: skip
_TO_NOBODY = frozenset(
    "log debug info warning error exception critical ValueError TypeError LookupError KeyError RuntimeError"
    " AssertionError WrongTable WrongLaw CommandError ImproperlyConfigured refuse getLogger compile sub execute"
    " RunSQL Index UniqueConstraint CheckConstraint NotImplementedError help_of getattr hasattr setdefault".split()
)
_NAMES_NOTHING = frozenset(("name", "help", "source", "citation", "db_table", "default_error", "condition"))
_SHOWN_BY_NAME = frozenset(
    "label labels help help_text title says sentence sentences meaning short name question reason ask about"
    " prompt note legend hint explains proposes".split()
)
_NUMBERS_WITH_WORDS = (
    "clocks/profiles/", "cases/schemes/", "referrals/rounds.toml", "duties/signals.toml", "benefits/programs/us.toml",
    "benefits/programs/gb-eng.toml", "assessments/instruments/",
    "assessments/proposals.toml", "assessments/licenses.toml", "trust/law/", "privacy/called.toml",
)  # fmt: skip
_OTHER_LANGUAGES = re.compile(r"^(?:en|es)$")


def said_by_code(path: Path) -> Iterator[Found]:
    """What a module says to people: sentences, the names of choices, labels; a blank for each value in them."""
    if any(part in str(path) for part in _NOT_SHOWN):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if "/events" in str(path):
        yield from _news(tree)
    every = list(ast.walk(tree))
    hidden = _hidden(every, are_tables="/models" in str(path))
    told = {
        id(one)
        for call in every
        if isinstance(call, ast.Call) and _called(call) == "say"
        for one in call.args
    }
    for node in every:
        if id(node) in hidden:
            continue
        if isinstance(node, ast.JoinedStr):
            words = with_blanks(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value
        else:
            continue
        if id(node) in told or _reads_as_ours(words):
            yield words.strip(), node.lineno


def said_by_numbers(path: Path) -> Iterator[Found]:
    """The words in a file of numbers, but for those that stand there in each language."""
    if not any(part in str(path) for part in _NUMBERS_WITH_WORDS):
        return
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    values = tomllib.loads(text)
    if "assessments/instruments/" in str(path):
        values = {"title": values.get("title", "")}
    for words in dict.fromkeys(_words_in(values, is_shown="privacy/called.toml" in str(path))):
        if _LETTERS.search(words) and "\n" not in words:
            yield words, next((at for at, line in enumerate(lines, 1) if words[:40] in line), 1)


@cache
def said_by_scripts(folder: Path) -> tuple[str, ...]:
    """What the scripts of a page say."""
    return tuple(words for path in sorted(folder.glob("*.js")) for words, _ in said_by_script(path))


def said_by_script(path: Path) -> Iterator[Found]:
    """What one script says."""
    text = path.read_text(encoding="utf-8")
    for found in _SAYS.finditer(text):
        yield found[1], text.count("\n", 0, found.start()) + 1


def with_blanks(node: ast.JoinedStr) -> str:
    """A string that is filled in, with a blank for each value, called as the value is."""
    names: Counter[str] = Counter()
    known: dict[str, str] = {}
    said = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            said += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            spelled = ast.dump(part.value)
            if spelled not in known:
                name = _name_of(part.value)
                names[name] += 1
                known[spelled] = name if names[name] == 1 else f"{name}{names[name]}"
            said += f"{{{known[spelled]}}}"
    return said


def _reads_as_ours(words: str) -> bool:
    bare = re.sub(r"\{\w*\}", "", words)
    if not _LETTERS.search(bare) or "\n" in words.strip() or "%(" in words or "<" in words:
        return False
    is_blank_apart = "{" in words
    return bool(_SENTENCE.fullmatch(words) or (not is_blank_apart and _NAME.fullmatch(words)))


def _hidden(every: Iterable[ast.AST], *, are_tables: bool) -> set[int]:
    """What nobody is shown: explanations, keys, comparisons, what is logged, and parts of what is filled in."""
    hidden: set[int] = set()
    for node in every:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            hidden.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            hidden |= {
                id(one) for one in ast.walk(node) if one is not node and not isinstance(one, ast.JoinedStr)
            }
        elif isinstance(node, ast.Dict):
            hidden |= {id(key) for key in node.keys if key is not None}
        elif isinstance(node, ast.Compare | ast.Subscript | ast.Assert | ast.arguments | ast.AnnAssign):
            shown = node.value if isinstance(node, ast.AnnAssign) else None
            hidden |= _within(node) - _within(shown)
        elif isinstance(node, ast.Call) and _called(node) in _TO_NOBODY:
            hidden |= _within(node)
        elif isinstance(node, ast.keyword) and node.arg in _NAMES_NOTHING:
            hidden |= _within(node.value)
        elif isinstance(node, ast.FunctionDef) and node.returns:
            hidden |= _within(node.returns)
        elif isinstance(node, ast.ClassDef) and are_tables:
            hidden |= {id(one) for call in _fields(node) for one in ast.walk(call)}
    return hidden


def _news(tree: ast.Module) -> Iterator[Found]:
    """What an event says in a chronology when no app says it better: the first line that explains it."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and (said := ast.get_docstring(node)):
            yield said.splitlines()[0], node.lineno


def _fields(model: ast.ClassDef) -> Iterator[ast.AST]:
    """The columns of a model: what they say is said to whoever reads the code."""
    for one in model.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call):
            yield one.value
        elif isinstance(one, ast.ClassDef) and one.name == "Meta":
            yield one


def _within(node: ast.AST | None) -> set[int]:
    return {id(one) for one in ast.walk(node)} if node is not None else set()


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _name_of(node: ast.expr) -> str:
    """What a blank is called: by the last name in it."""
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_").lower()
    if isinstance(node, ast.Call):
        return _name_of_call(node, _name_of(node.func))
    if isinstance(node, ast.Subscript):
        return _name_of(node.value)
    return "value"


def _name_of_call(node: ast.Call, name: str) -> str:
    """What a choice is called is a label, and in small letters too; else a blank is called as what is asked about."""
    if name.endswith("_display"):
        return f"{name[4:-8]}_label"
    if name in ("lower", "capitalize", "isoformat", "strftime") and isinstance(node.func, ast.Attribute):
        return _name_of(node.func.value)
    return name if not node.args or "label" in name else _name_of(node.args[0])


def _words_in(values: Any, *, is_shown: bool = False) -> Iterator[str]:
    if isinstance(values, dict):
        if any(_OTHER_LANGUAGES.match(key) for key in values):
            return
        for key, value in values.items():
            yield from _words_in(
                value, is_shown=key in _SHOWN_BY_NAME or (is_shown and isinstance(value, str))
            )
    elif isinstance(values, list):
        for value in values:
            yield from _words_in(value, is_shown=is_shown)
    elif isinstance(values, str) and is_shown:
        yield values


def files(ending: str) -> Iterator[Path]:
    """Our files of one kind, in their order."""
    return iter(sorted(ROOT.rglob(f"*.{ending}")))
