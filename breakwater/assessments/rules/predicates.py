"""What answers can be asked: true, false, or not known yet. Nothing here takes silence for a *no*."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

DECLINED = "declined"
"""*Prefer not to say*: an answer that every question takes, and that counts as no other."""

ASKED, SKIPPED, WAITING = "asked", "skipped", "waiting"
"""An item is asked; it is skipped for good by what was answered; or that is not known yet."""

Said = Mapping[str, str | tuple[str, ...]]
"""Answers by item: one code or some words, or several codes."""

_ATOM = re.compile(r"(?P<item>[\w.\-/]+)\s*=\s*(?P<codes>[\w.\-|]+)")


@dataclass(frozen=True)
class Answered:
    """An item was answered with one of these codes."""

    item: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class AtLeast:
    """So many of these are true."""

    count: int
    parts: tuple["Predicate", ...]


@dataclass(frozen=True)
class Not:
    """This is false."""

    part: "Predicate"


Predicate = Answered | AtLeast | Not


def every(*parts: Predicate) -> Predicate:
    """All of these are true."""
    return parts[0] if len(parts) == 1 else AtLeast(len(parts), parts)


def some(*parts: Predicate) -> Predicate:
    """One of these is true."""
    return parts[0] if len(parts) == 1 else AtLeast(1, parts)


def read(text: str) -> Predicate:
    """A predicate as it is written: ``4=yes``, ``1=yes|declined``; ``and``, ``or``; ``4 of (4=yes, 5=yes, 6=yes)``.

    What stands in brackets belongs together: ``2 of (1=yes, 2=yes, 3=yes) and 1=yes``.

    Raises:
        ValueError: it cannot be read.
    """
    for word, join in ((" or ", some), (" and ", every)):
        if len(parts := _outside_brackets(text, word)) > 1:
            return join(*(read(one) for one in parts))
    if found := re.fullmatch(r"not \((.+)\)", text.strip()):
        return Not(read(found[1]))
    if found := re.fullmatch(r"(\d+) of \(([^()]+)\)", text.strip()):
        return AtLeast(int(found[1]), tuple(_atom(one) for one in found[2].split(",")))
    return _atom(text)


def _outside_brackets(text: str, word: str) -> list[str]:
    """What a word parts, but for where it stands within brackets."""
    parts: list[str] = []
    for part in text.split(word):
        if parts and parts[-1].count("(") > parts[-1].count(")"):
            parts[-1] += word + part
        else:
            parts.append(part)
    return parts


def truth(predicate: Predicate, answers: Said, states: Mapping[str, str]) -> bool | None:
    """Whether it is so; ``None`` while that cannot be known."""
    if isinstance(predicate, Answered):
        return _is_answered(predicate, answers, states)
    if isinstance(predicate, Not):
        within = truth(predicate.part, answers, states)
        return None if within is None else not within
    found = [truth(one, answers, states) for one in predicate.parts]
    if found.count(True) >= predicate.count:
        return True
    return None if found.count(True) + found.count(None) >= predicate.count else False


def items_of(predicate: Predicate) -> Iterator[tuple[str, str]]:
    """Every item that it asks about, with each code."""
    if isinstance(predicate, Answered):
        yield from ((predicate.item, code) for code in predicate.codes)
    elif isinstance(predicate, Not):
        yield from items_of(predicate.part)
    else:
        for one in predicate.parts:
            yield from items_of(one)


def _atom(text: str) -> Answered:
    found = _ATOM.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text.strip()!r} is not a condition such as 4=yes")
    return Answered(found["item"], tuple(found["codes"].split("|")))


def _is_answered(asked: Answered, answers: Said, states: Mapping[str, str]) -> bool | None:
    """Who prefers not to say has not said *no*: unless that very answer is asked for, nothing is known."""
    said = answers.get(asked.item)
    if said is None or said in ("", ()):
        return False if states.get(asked.item) == SKIPPED else None
    given = (said,) if isinstance(said, str) else said
    if any(one in asked.codes for one in given):
        return True
    return None if DECLINED in given else False
