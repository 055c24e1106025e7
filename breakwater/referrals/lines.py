"""The lines of a packet: words, which of them are ours, and how moments and days are told in them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from breakwater.kernel.text import Ours
from breakwater.trust.access import Actor

Line = dict[str, str]
_LABEL = "label"


def line(code: str, label: str, *words: str, value: str = "", is_typed: bool = False) -> Line:
    """A fact in words, one under the other; ``value`` is the same fact spelled for a form.

    What is ours among the words, and the label unless somebody ``is_typed`` it, is told in the language of whoever
    reads; everything else stays as it was written.
    """
    ours, at = [] if is_typed else [_LABEL], 0
    for part in words:
        rows = len(part.split("\n")) if part else 0
        ours += [str(at + row) for row in range(rows)] if isinstance(part, Ours) else []
        at += rows
    made = {"code": code, "label": label, "words": "\n".join(filter(None, words)), "ours": " ".join(ours)}
    return made | ({"value": value} if value else {})


def told(one: Line, in_language: Callable[[str], str]) -> tuple[str, str]:
    """The label and the words of a line, what is ours of both in a language."""
    ours = one.get("ours", "").split()
    rows = [in_language(row) if str(at) in ours else row for at, row in enumerate(one["words"].split("\n"))]
    return in_language(one["label"]) if _LABEL in ours else one["label"], "\n".join(rows)


def said(*lines: Line) -> list[Line]:
    """Those that say something."""
    return [line for line in lines if line["words"]]


def moment(at: datetime, by: Actor) -> str:
    """A moment, on the wall clock of who writes the packet."""
    local = at.astimezone(by.zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"


def day(on: Any) -> str:
    """A day."""
    return f"{on:%B} {on.day}, {on.year}"
