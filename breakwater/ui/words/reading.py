"""What our code, our files of numbers and our scripts say to people: found in their text, with its place."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from breakwater.ui.words.blanks import called, made_of_ours, said_outright, told_in, with_blanks, words_in

_IN_ENGLISH = "en"
Found = tuple[str, int]
"""A message and its line."""

ROOT = Path(__file__).parent.parent.parent
SCRIPTS = ROOT / "ui" / "static" / "ui" / "behaviour"
ROOM = ROOT / "ui" / "catalogs"
_OTHERS = frozenset(tomllib.loads((ROOM / "languages.toml").read_text(encoding="utf-8")))
"""Under these keys something stands in another language, and is no message."""
_SENTENCE = re.compile(r"“?[A-Z{][^\n]* [^\n]*[.?!:]\s*")
_NAME = re.compile(r"[A-Z][a-z’'-]*(?:[ ,/:;()“”’'&–-]+[\w’'%-]+)*[.?)…]?")
_SAYS = re.compile(r'''\binWords\(\s*"([^"]+)"''')
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NOT_SHOWN = (
    "/tests/", "/migrations/", "/management/", "/simulation/", "/server/", "/interop/", "/formats/", "/ui/words/",
    "/ui/forms.py", "testing.py", "walls.py", "/trust/verifying.py", "listing.py", "checks.py", "library.py",
    "/kernel/", "models/__init__.py",
)  # fmt: skip
_SHOWN_YET = "/kernel/upkeep.py"
_TO_NOBODY = frozenset(
    "log debug info warning error exception critical ValueError TypeError LookupError KeyError RuntimeError"
    " AssertionError WrongTable WrongLaw CommandError ImproperlyConfigured refuse getLogger compile sub execute"
    " RunSQL Index UniqueConstraint CheckConstraint NotImplementedError help_of getattr hasattr setdefault".split()
)
_NAMES_NOTHING = frozenset(("name", "help", "source", "citation", "db_table", "default_error", "condition"))
_SHOWN_BY_NAME = frozenset(
    "label labels help help_text title says sentence sentences meaning short name question reason ask about"
    " prompt note legend hint explains proposes section guidance recall asks gives mode promise subject recall"
    " explained why told ways profiles done".split()
)
_NUMBERS_WITH_WORDS = (
    "clocks/profiles/", "cases/schemes/", "referrals/rounds.toml", "duties/signals.toml", "benefits/programs/us.toml",
    "benefits/programs/gb-eng.toml", "assessments/instruments/",
    "assessments/proposals.toml", "assessments/licenses.toml", "trust/law/", "plans/safety_plan.toml",
    "plans/action_plan.toml", "ui/emergency.toml", "portal/words.toml", "messaging/notices.toml",
    "referrals/packet.toml", "assessments/repeats.toml",
)  # fmt: skip
_WORDS_THROUGHOUT = (
    "privacy/called.toml", "plans/sufficiency.toml", "referrals/rides.toml", "referrals/waitlists.toml",
    "assessments/crosswalk.toml", "benefits/programs/", "trust/administration.toml", "duties/signals.toml",
)  # fmt: skip
"""Files in which every text is shown, but for where its numbers come from."""
_NEVER_SHOWN = frozenset(
    "source sources version code key citation basis license cite url when date notice holder".split()
)
_ONE_WORD = "recall"
"""A key whose words may be a single small one."""
_SAYS_SOMETHING = re.compile(
    r"[^A-Za-z]*[A-Z].*[^\W\d_]|.*[^\W\d_] [^\W\d_]|[ (]*[a-z]{2,}[ )]*$|[a-z]{3,} |.* [a-z]{4,}$"
)
_NO_SPEECH = re.compile(r"SELECT|\br\.\w|^[A-Z0-9]{9,}$|^[a-z]+$|\n|_")
_CODE = re.compile(
    r"::|\b(?:JOIN|SELECT|CASE WHEN)\b"
    r"|^[^A-Z]*\w_\w|^[A-Z][a-z]*(?:-[A-Z][A-Za-z]+)+$|^[a-z]+\.[a-z]+$|^[CZ][a-z]$|^[a-z]+-$"
)
"""What speaks to PostgreSQL, a browser or Python: SQL, and the names of headers, files, apps and kinds of letters."""
_BLANK = re.compile(r"\{\w*\}")


def said_by_code(path: Path) -> Iterator[Found]:
    """What a module says to people: sentences, the names of choices, labels; a blank for each value in them."""
    if any(part in str(path) for part in _NOT_SHOWN) and _SHOWN_YET not in str(path):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if "/events" in str(path):
        yield from _news(tree)
    every = list(ast.walk(tree))
    ours = made_of_ours(every)
    hidden = _hidden(every, are_tables="/models" in str(path))
    told, outright = set(told_in(every, ours)), set(said_outright(every))
    for node in every:
        if id(node) in hidden:
            continue
        if isinstance(node, ast.JoinedStr):
            words = with_blanks(node, ours)
            fill_it = (one for part in node.values for one in words_in(part, ours))
            yield from ((str(one.value), one.lineno) for one in fill_it if not is_code(str(one.value)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value
        else:
            continue
        is_told = (id(node) in told and _says_something(words)) or _reads_as_ours(words)
        if id(node) in outright or (is_told and not is_code(words)):
            yield words.strip(), node.lineno


def said_by_numbers(path: Path) -> Iterator[Found]:
    """The words in a file of numbers, but for those that stand there in each language."""
    throughout = any(part in str(path) for part in _WORDS_THROUGHOUT)
    if not throughout and not any(part in str(path) for part in _NUMBERS_WITH_WORDS):
        return
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    values = tomllib.loads(text)
    for words in dict.fromkeys(_words_in(values, is_shown=throughout)):
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


def is_code(words: str) -> bool:
    """Whether words of ours are read by a program and by nobody else, so that nobody is asked to translate them."""
    return bool(_CODE.search(_BLANK.sub("", words)))


def _says_something(words: str) -> bool:
    """Whether what is told to somebody has words of its own, and is no code and no question to the database."""
    bare = _BLANK.sub("", words)
    return bool(_SAYS_SOMETHING.match(bare)) and not _NO_SPEECH.search(bare)


def _reads_as_ours(words: str) -> bool:
    bare = _BLANK.sub("", words)
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
        elif isinstance(node, ast.Call) and called(node) in _TO_NOBODY:
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


def _words_in(values: Any, *, is_shown: bool = False) -> Iterator[str]:
    if isinstance(values, dict):
        if isinstance(values.get(_IN_ENGLISH), str | dict):
            yield from _words_in(values[_IN_ENGLISH], is_shown=True)
            return
        for key, value in values.items():
            if key == _ONE_WORD and isinstance(value, str):
                yield value
            elif key not in _NEVER_SHOWN and key not in _OTHERS:
                yield from _words_in(value, is_shown=is_shown or key in _SHOWN_BY_NAME)
    elif isinstance(values, list):
        for value in values:
            yield from _words_in(value, is_shown=is_shown)
    elif isinstance(values, str) and is_shown and _SAYS_SOMETHING.match(values):
        yield values


def files(ending: str) -> Iterator[Path]:
    """Our files of one kind, in their order."""
    return iter(sorted(ROOT.rglob(f"*.{ending}")))
