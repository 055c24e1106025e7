"""What happened lately, for whoever takes over: beneath each case on the board, the newest line first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from breakwater.cases.timeline import Told, lately_of, tell
from breakwater.trust.access import Actor

SPAN = timedelta(hours=12)
"""A long night, and the evening before it."""
OF_ONE, OF_ALL = 5, 500
"""How many lines a case shows, and how many are read for a whole board."""


def since(now: datetime) -> datetime:
    """From when on something happened lately."""
    return now - SPAN


def happened(actor: Actor, cases: Sequence[UUID]) -> dict[UUID, tuple[list[Told], int]]:
    """By case, its newest lines and how many there are besides, in two statements. Notes are seen with it."""
    entries = list(lately_of(cases, since(actor.now), most=OF_ALL))
    by_case: dict[UUID, list[Told]] = {case: [] for case in cases}
    for entry, told in zip(entries, tell(entries), strict=True):
        if entry.episode:
            by_case[entry.episode].append(told)
    shown = {case: (lines[:OF_ONE], len(lines[OF_ONE:])) for case, lines in by_case.items() if lines}
    actor.saw("cases.note", [one.note_id for lines, _ in shown.values() for one in lines if one.note_id])
    return shown
