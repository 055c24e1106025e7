"""The lines of a packet: words, and how moments and days are told in them."""

from datetime import datetime
from typing import Any

from breakwater.trust.access import Actor

Line = dict[str, str]


def line(code: str, label: str, words: str, *, value: str = "") -> Line:
    """A fact in words; ``value`` is the same fact spelled for a form."""
    return {"code": code, "label": label, "words": words} | ({"value": value} if value else {})


def said(*lines: Line) -> list[Line]:
    """Those that say something."""
    return [line for line in lines if line["words"]]


def moment(at: datetime, by: Actor) -> str:
    """A moment, on the wall clock of who writes the packet."""
    local = at.astimezone(by.zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"


def day(on: Any) -> str:
    """A day."""
    return f"{on.day} {on:%B %Y}"
