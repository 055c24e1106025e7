"""What happened lately, for whoever takes over: beneath each case on the board, the newest line first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from breakwater.cases.timeline import Told, lately_of, tell
from breakwater.clocks.care import CareRule
from breakwater.clocks.library import profile
from breakwater.kernel.text import Filled
from breakwater.trust.access import Actor


def within(actor: Actor) -> timedelta:
    """How far back the actor's agency looks."""
    return _rule(actor).lately


def last_hours(actor: Actor) -> str:
    """The same in words."""
    return Filled("Last {hours} hours", hours=within(actor) // timedelta(hours=1))


def since(actor: Actor) -> datetime:
    """From when on something happened lately."""
    return actor.now - within(actor)


def happened(actor: Actor, cases: Sequence[UUID]) -> dict[UUID, tuple[list[Told], int]]:
    """By case, its newest lines and how many there are besides, in two statements. Notes are seen with it.

    No line is told of a record that says nothing before one says why.
    """
    entries = list(lately_of(cases, since(actor), each=_rule(actor).lately_lines, by=actor))
    shown: dict[UUID, tuple[list[Told], int]] = {case: ([], 0) for case in cases}
    of_entry = {entry.pk: entry for entry in entries}
    for told in tell(entries):
        entry = of_entry[told.entry_id]
        lines, _ = shown[entry.episode]
        shown[entry.episode] = [*lines, told], entry.many - len(lines) - 1
    actor.saw("cases.note", [one.note_id for lines, _ in shown.values() for one in lines if one.note_id])
    return shown


def _rule(actor: Actor) -> CareRule:
    return profile(actor.agency.profile).care
