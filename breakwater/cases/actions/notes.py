"""The chronology: notes and contacts, their amendments, and barriers."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.contact import reached
from breakwater.cases.actions.holding import held, locked
from breakwater.cases.events import BarrierNamed, BarrierRemoved, NoteAdded, NoteAmended
from breakwater.cases.models import Amendment, Barrier, Case, Closure, Note
from breakwater.cases.rules import why_no_such_moment
from breakwater.kernel.errors import Refused, Stale
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import cells
from breakwater.trust.journal import record

LONGEST = 24 * 60
"""Minutes of one worker's time that one entry may hold: a day."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What is added to the chronology. ``minutes`` are the worker's own time on it."""

    kind: str
    words: str
    happened_at: datetime
    reached: bool = False
    with_whom: str = ""
    what_for: str = ""
    minutes: int | None = None
    outcome: str = ""


@transaction.atomic
def add_note(case: Case, telling: Telling, *, at: datetime, by: Actor) -> Note:
    """Add to the chronology. When the person was reached, the clocks that wait for it stop.

    A closed case still takes notes: a letter that comes late, a call from the sister. They stop and start nothing.

    Raises:
        Refused: it says nothing, or happened in the future.
    """
    by.must("cases.work", case.circle)
    case = locked(case, by=by)
    if reason := _why_not_noted(telling, at=at):
        raise Refused(reason)
    note = Note(
        circle=case.circle, case=case, kind=telling.kind, happened_at=telling.happened_at, by=by.user,
        words=telling.words, with_whom=telling.with_whom, what_for=telling.what_for,
        minutes=telling.minutes, outcome=telling.outcome, reached=telling.reached,
    )  # fmt: skip
    note.save(force_insert=True)
    record(
        NoteAdded(case_id=case.pk, note_id=note.pk, kind=note.kind, reached=note.reached),
        about=note.pk, circle=case.circle, episode=case.pk, by=by, at=telling.happened_at,
    )  # fmt: skip
    if telling.reached and not Closure.objects.standing().filter(case=case).exists():
        reached(case, contact=telling.kind, happened_at=telling.happened_at, at=at, by=by)
    return note


@transaction.atomic
def amend_note(note: Note, *, words: str, reason: str, version: int, at: datetime, by: Actor) -> Amendment:
    """Give a note a new text. The text before stays readable.

    Args:
        version: the version that was shown when the new text was begun.

    Raises:
        Stale: somebody amended it since.
        Refused: nothing changes, or no reason is given.
    """
    by.must("cases.work", note.circle)
    case = locked(note.case, by=by)
    segments = _held(note).segments
    last = Amendment.objects.filter(note=note).select_related("by").order_by("-version").first()
    current, text = (last.version, last.words) if last else (1, note.words)
    if version != current:
        raise Stale(
            "Somebody amended this note while you were writing. Both texts are shown; save again to keep yours.",
            theirs={"words": text},
            who=(last.by and last.by.name) or "Breakwater" if last else "",
            at=last and last.recorded_at,
        )
    if words == text:
        raise Refused("Nothing was changed.")
    if not words.strip() or not reason.strip():
        raise Refused("An amendment needs its new text and a reason.")
    made = Amendment(
        circle=case.circle, note=note, version=current + 1, words=words, reason=reason, by=by.user,
        segments=segments,
    )  # fmt: skip
    made.save(force_insert=True)
    record(
        NoteAmended(case_id=case.pk, note_id=note.pk, version=made.version),
        about=made.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return made


def _held(note: Note) -> Note:
    """The note as it is protected now, held: what protects it protects each text of it."""
    held: Note = Note.objects.select_for_update(of=("self",), no_key=True).get(pk=note.pk)
    return held


@transaction.atomic
def name_barrier(case: Case, *, words: str, at: datetime, by: Actor) -> Barrier:
    """Name what stands in the way.

    Raises:
        Refused: it says nothing, or the case is closed.
    """
    by.must("cases.work", case.circle)
    case = held(case, by=by)
    if not words.strip():
        raise Refused("Say what stands in the way.")
    barrier = Barrier(circle=case.circle, case=case, words=words, by=by.user, starts_at=at)
    barrier.save(force_insert=True)
    record(
        BarrierNamed(case_id=case.pk, barrier_id=barrier.pk),
        about=barrier.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return barrier


@transaction.atomic
def remove_barrier(barrier: Barrier, *, how: str, at: datetime, by: Actor) -> None:
    """It no longer stands in the way.

    Raises:
        Refused: it was removed already, or nothing is said about how.
    """
    by.must("cases.work", barrier.circle)
    case = locked(barrier.case, by=by)
    if not how.strip():
        raise Refused("Say how it was removed: others will meet it too.")
    standing = Barrier.objects.standing().filter(pk=barrier.pk)
    if not standing.update(
        ends_at=max(at, barrier.starts_at), removed_by=by.user, **cells(barrier, removed_how=how)
    ):
        raise Refused("This barrier was removed already.")
    record(
        BarrierRemoved(case_id=case.pk, barrier_id=barrier.pk),
        about=barrier.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip


def _why_not_noted(telling: Telling, *, at: datetime) -> str:
    if telling.kind not in Note.Kind.values:
        return "Say what it was: a note, a call, a visit, a message, a meeting or advocacy."
    if not telling.words.strip():
        return "Write what happened. One line is enough."
    if telling.minutes is not None and not 0 <= telling.minutes <= LONGEST:
        return f"Minutes are from 0 to {LONGEST}."
    if reason := why_no_such_moment(telling.happened_at, at=at):
        return f"{reason} What is still to come is booked as the next contact."
    return ""
