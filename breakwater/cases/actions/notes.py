"""The chronology: notes and contacts, their amendments, and barriers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from breakwater.cases.events import BarrierNamed, BarrierRemoved, NoteAdded, NoteAmended
from breakwater.cases.models import Amendment, Barrier, Case, Note
from breakwater.cases.rules import REACHED
from breakwater.clocks.actions import stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Refused, Stale
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


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

    Raises:
        Refused: it says nothing, or happened in the future.
    """
    by.must("cases.work", case.circle)
    if not telling.words.strip():
        raise Refused("Write what happened. One line is enough.")
    if telling.happened_at > at + timedelta(minutes=1):
        raise Refused("It cannot have happened in the future. Book a next contact instead.")
    note = Note(
        circle=case.circle, case=case, kind=telling.kind, happened_at=telling.happened_at, by=by.user,
        words=telling.words, with_whom=telling.with_whom.strip(), what_for=telling.what_for.strip(),
        minutes=telling.minutes, outcome=telling.outcome.strip(), reached=telling.reached,
    )  # fmt: skip
    note.save(force_insert=True)
    record(
        NoteAdded(case_id=case.pk, note_id=note.pk, kind=note.kind, reached=note.reached),
        about=note.pk, circle=case.circle, episode=case.pk, by=by, at=telling.happened_at,
    )  # fmt: skip
    if telling.reached:
        stop_kind(REACHED, about=case.pk, how=Clock.Ended.MET, at=telling.happened_at, by=by)
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
    note = Note.objects.lock(note)
    last = Amendment.objects.filter(note=note).select_related("by").order_by("-version").first()
    current = last.version if last else 1
    if version != current:
        raise Stale(
            "Somebody amended this note while you were writing. Both texts are shown; save again to keep yours.",
            theirs={"words": last.words if last else note.words},
            who=str(last.by) if last else "",
            at=last.recorded_at if last else None,
        )
    if words == (last.words if last else note.words):
        raise Refused("Nothing was changed.")
    if not words.strip() or not reason.strip():
        raise Refused("An amendment needs its new text and a reason.")
    made = Amendment(
        circle=note.circle, note=note, version=current + 1, words=words, reason=reason.strip(), by=by.user
    )
    made.save(force_insert=True)
    record(
        NoteAmended(case_id=note.case_id, note_id=note.pk, version=made.version),
        about=note.pk, circle=note.circle, episode=note.case_id, by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def name_barrier(case: Case, *, words: str, at: datetime, by: Actor) -> Barrier:
    """Name what stands in the way.

    Raises:
        Refused: it says nothing.
    """
    by.must("cases.work", case.circle)
    if not words.strip():
        raise Refused("Say what stands in the way.")
    barrier = Barrier.objects.create(circle=case.circle, case=case, words=words.strip(), by=by.user, starts_at=at)
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
    if not how.strip():
        raise Refused("Say how it was removed: others will meet it too.")
    removed = (
        Barrier.objects.standing()
        .filter(pk=barrier.pk)
        .update(ends_at=max(at, barrier.starts_at), removed_how=how.strip(), removed_by=by.user)
    )
    if not removed:
        raise Refused("This barrier was removed already.")
    record(
        BarrierRemoved(case_id=barrier.case_id, barrier_id=barrier.pk),
        about=barrier.pk, circle=barrier.circle, episode=barrier.case_id, by=by, at=at,
    )  # fmt: skip
