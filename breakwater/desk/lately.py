"""What happened lately, for whoever takes over: beneath each case on the board, the newest line first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from breakwater.cases.timeline import Told, lately_of, tell
from breakwater.trust.access import Actor

SPAN = timedelta(hours=12)
"""A long night, and the evening before it."""
OF_ONE = 5
"""How many lines a case shows."""


def since(now: datetime) -> datetime:
    """From when on something happened lately."""
    return now - SPAN


def happened(actor: Actor, cases: Sequence[UUID]) -> dict[UUID, tuple[list[Told], int]]:
    """By case, its newest lines and how many there are besides, in two statements. Notes are seen with it.

    No line is told of a record that says nothing before one says why.
    """
    entries = list(lately_of(cases, since(actor.now), each=OF_ONE, by=actor))
    shown: dict[UUID, tuple[list[Told], int]] = {case: ([], 0) for case in cases}
    for entry, told in zip(entries, tell(entries), strict=True):
        lines, _ = shown[entry.episode]
        shown[entry.episode] = [*lines, told], entry.many - len(lines) - 1
    actor.saw("cases.note", [one.note_id for lines, _ in shown.values() for one in lines if one.note_id])
    return shown
