"""What comes first, what a plan still lacks, what changed in it. Plain values in, plain values out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import cos, pi, sin
from typing import TypeVar
from zoneinfo import ZoneInfo

FURTHEST = timedelta(days=366)
"""A step due later than this is a wish, or a slip of the hand in the year."""

EVENING, MIDDAY = time(20, 0), time(12, 0)

Key = TypeVar("Key")


def reach(feeds: Mapping[Key, Iterable[Key]]) -> dict[Key, int]:
    """How many other needs each need makes worse, directly or through others. Circles of needs are real."""
    return {need: len(_downstream(need, feeds) - {need}) for need in feeds}


def order_of_work(feeds: Mapping[Key, Iterable[Key]]) -> list[Key]:
    """The needs with those that feed most others first; otherwise the order they came in."""
    reached = reach(feeds)
    return sorted(feeds, key=lambda need: -reached[need])


def usual_times(at: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    """The moments steps are mostly due, by a code each, as the clock on the wall will show them."""
    today = at.astimezone(zone).date()
    times = {
        "in_2_hours": at + timedelta(hours=2),
        "tonight": datetime.combine(today, EVENING, tzinfo=zone),
        "tomorrow": datetime.combine(today + timedelta(days=1), MIDDAY, tzinfo=zone),
        "in_3_days": datetime.combine(today + timedelta(days=3), MIDDAY, tzinfo=zone),
        "in_a_week": datetime.combine(today + timedelta(days=7), MIDDAY, tzinfo=zone),
    }
    return {code: moment for code, moment in times.items() if moment - at > timedelta(minutes=30)}


def why_not_due(due_at: datetime, *, at: datetime) -> str:
    """The sentence that says why a step cannot be due then, or ``""`` when it can."""
    if due_at <= at:
        return "A step is done by a time still to come."
    if due_at - at > FURTHEST:
        return "A step is done within a year. Check the year, or make a nearer first step."
    return ""


def entries_of(words: str) -> list[str]:
    """What a section says, entry by entry: each line that says something is one."""
    return [line.strip() for line in words.splitlines() if line.strip()]


def lacking(words: Mapping[str, str], least: Mapping[str, int]) -> list[str]:
    """The sections that have fewer entries than a complete safety plan needs, in their order."""
    return [code for code, number in least.items() if len(entries_of(words.get(code, ""))) < number]


@dataclass(frozen=True)
class Change:
    """What came and what went, line by line."""

    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.came or self.went)


def change(before: str, after: str) -> Change:
    """What changed between two texts, line by line; the order of lines is no change."""
    old, new = entries_of(before), entries_of(after)
    return Change(
        came=tuple(line for line in new if line not in old),
        went=tuple(line for line in old if line not in new),
    )


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Change]:
    """What changed between two versions of a plan, by section; nothing of those that stayed."""
    found = {code: change(before.get(code, ""), words) for code, words in after.items()}
    return {code: one for code, one in found.items() if one}


def why_not_told(name: str, *, must_not_know: bool, may_know: str) -> str:
    """The sentence that says why somebody round the person gets no copy of their plan, or ``""`` when they may."""
    if must_not_know:
        return f"{name} must not know that the person asked for help. They are given nothing."
    if not may_know.strip():
        return (
            f"{name} may be told nothing yet. Ask the person, write down what {name} may know, and come back."
        )
    return ""


def why_not_for_kin(
    name: str, *, some: bool, hurt_them: bool | None, must_not_know: bool, circle_segments: Collection[str]
) -> str:
    """The sentence that says why a member of the household may see nothing, or ``""`` when they may see ``some``.

    Who is said to have hurt the person never sees a part, whatever was chosen before.
    """
    if hurt_them is None:
        return f"Ask whether {name} may have hurt them, alone and out of hearing, and say what they answered."
    if not some:
        return ""
    if hurt_them:
        return "Somebody who may have hurt them sees nothing. Untick every part."
    if must_not_know:
        return f"{name} must not know that the person asked for help. They are told nothing."
    if "minor-confidential" in circle_segments:
        return (
            "This young person's record is their own and kept from their household. No part of it is shown."
        )
    return ""


def levels_from(text: str) -> dict[str, int]:
    """The levels of a reading of the matrix, as they are kept: ``housing:2 food:3``."""
    pairs = (one.partition(":") for one in text.split())
    return {domain: int(level) for domain, _, level in pairs}


def levels_as_text(levels: Mapping[str, int]) -> str:
    """The same the other way round."""
    return " ".join(f"{domain}:{level}" for domain, level in levels.items())


def mean_level(levels: Mapping[str, int]) -> float | None:
    """The mean of the domains that apply, ``None`` when none does."""
    return sum(levels.values()) / len(levels) if levels else None


def first_in_need(levels: Mapping[str, int], *, low: int) -> list[str]:
    """The domains in which help comes first: on the low levels, the lowest first."""
    return sorted((one for one, level in levels.items() if level <= low), key=lambda one: levels[one])


def polygon(levels: Sequence[int | None], *, most: int, radius: float) -> list[tuple[float, float]]:
    """The corners of a radar, clockwise from the top, round the middle; a domain that does not apply has none."""
    corners = []
    for place, level in enumerate(levels):
        if level is not None:
            turn = 2 * pi * place / len(levels)
            out = radius * level / most
            corners.append((round(out * sin(turn), 1), round(-out * cos(turn), 1)))
    return corners


def _downstream(need: Key, feeds: Mapping[Key, Iterable[Key]]) -> set[Key]:
    found: set[Key] = set()
    waiting = [need]
    while waiting:
        new = set(feeds.get(waiting.pop(), ())) - found
        found |= new
        waiting.extend(new)
    return found
