"""Which need to begin with, and what a step may be due. Plain values in, plain values out."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
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


def _downstream(need: Key, feeds: Mapping[Key, Iterable[Key]]) -> set[Key]:
    found: set[Key] = set()
    waiting = [need]
    while waiting:
        new = set(feeds.get(waiting.pop(), ())) - found
        found |= new
        waiting.extend(new)
    return found
