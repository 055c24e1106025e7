"""Makes one file of a stylesheet or a module and of all that it imports: a browser asks once."""

import re
from collections.abc import Iterator
from pathlib import Path

JOINED = ("ui/site/main.css", "ui/behaviour/main.js")
"""By these names a browser is given the whole. As it lies there each works too, part by part."""

_SHEET = re.compile(r'^@import "(\w+\.css)";$', re.MULTILINE)
_MODULE = re.compile(r'^import (?:\{ (\w+(?:, \w+)*) \} from )?"\./(\w+)\.js";$', re.MULTILINE)
_OFFERED = re.compile(r"^export (?=function (\w+))", re.MULTILINE)
_LEFT = re.compile(r"^(?:@import|@charset|import|export|await)\b|\bimport[(.]", re.MULTILINE)


def joined(entry: Path) -> str:
    """A file and what it imports, in the order in which a browser would read them.

    Raises:
        ValueError: one of them imports or exports in a way that is not understood here.
    """
    return _sheet(entry) if entry.suffix == ".css" else "".join(_modules(entry, set()))


def _sheet(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return _whole(path, _SHEET.sub(lambda found: _sheet(path.parent / found[1]), text))


def _modules(path: Path, known: set[str]) -> Iterator[str]:
    """Each module once, after those that it needs, and in a scope of its own: what it does not offer, no other sees."""
    text = path.read_text(encoding="utf-8")
    known.add(path.stem)
    for found in _MODULE.finditer(text):
        if found[2] not in known:
            yield from _modules(path.parent / f"{found[2]}.js", known)
    offered = ", ".join(_OFFERED.findall(text))
    inside = _whole(path, _OFFERED.sub("", _MODULE.sub(_taken, text)))
    yield f"const of_{path.stem} = (() => {{\n{inside}\nreturn {{ {offered} }};\n}})();\n"


def _taken(found: re.Match[str]) -> str:
    return f"const {{ {found[1]} }} = of_{found[2]};" if found[1] else ""


def _whole(path: Path, text: str) -> str:
    if left := _LEFT.search(text):
        raise ValueError(f"{path.name} cannot be joined with others: {left[0]}")
    return text
