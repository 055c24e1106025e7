"""Those who keep a program say how much room there is, by one tap; and the board asks them when a figure grows old."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, DurationField, F, Q, Value, When

from breakwater.kernel.db import not_before, refuse_if
from breakwater.kernel.errors import NotPermitted, Overtaken, Refused
from breakwater.resources.events import FigureGrewOld, RoomTold
from breakwater.resources.given import given_since_told
from breakwater.resources.library import HALF_LIVES
from breakwater.resources.models import Capacity, Program
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

A_BATCH = 500
_AT_ONCE = "Somebody told another figure just now. Open the page again to see how it stands."


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many there may be, have staff, are clean, and would be taken now. ``None`` is unknown, never 0."""

    licensed: int | None = None
    staffed: int | None = None
    ready: int | None = None
    accepting: int | None = None


@transaction.atomic
def count_room(program: Program, count: Count, *, at: datetime, by: Actor, told_by: str = "") -> Capacity:
    """Write down how much room a program has. The figure before stays readable, with its end.

    Args:
        told_by: who of those who keep it, or what of theirs, told it; else the agency.

    Raises:
        NotPermitted: another agency keeps it.
        Refused: more would be taken than have staff, are clean or are licensed.
        Overtaken: somebody told another figure at the same moment.
    """
    by.must("resources.beds")
    if program.agency_id != by.agency_id:
        raise NotPermitted("Another agency keeps this. Ask them for a figure.")
    return _count(program, count, told_by=told_by or by.agency.name, at=at, by=by)


@transaction.atomic
def count_outside(program: Program, count: Count, *, told_by: str, at: datetime, by: Actor) -> Capacity:
    """Write down how much room a place without accounts said it has, and who there said so.

    Raises:
        NotPermitted: those who keep it have accounts, and tell it themselves.
        Refused: nobody is named who says so, or the figure contradicts itself.
        Overtaken: somebody told another figure at the same moment.
    """
    by.must("resources.beds")
    if program.agency_id is not None:
        raise NotPermitted("Another agency keeps this. Ask them for a figure.")
    if not told_by.strip():
        raise Refused("Say who says so: whom you called.")
    return _count(program, count, told_by=told_by, at=at, by=by)


@transaction.atomic
def still_so(program: Program, *, at: datetime, by: Actor, told_by: str = "") -> Capacity:
    """The last figure is still right: it is told anew, with the age of now.

    Raises:
        Refused: nobody has told a figure yet.
    """
    by.must("resources.beds")
    return count_room(program, _last(program), told_by=told_by, at=at, by=by)


@transaction.atomic
def still_so_outside(program: Program, *, told_by: str, at: datetime, by: Actor) -> Capacity:
    """A place without accounts says that the last figure is still right, and who there says so.

    Raises:
        NotPermitted: those who keep it have accounts, and tell it themselves.
        Refused: nobody has told a figure yet, or nobody is named who says so.
    """
    by.must("resources.beds")
    return count_outside(program, _last(program), told_by=told_by, at=at, by=by)


@transaction.atomic
def ask_for_figures(*, at: datetime, by: Actor, most: int = A_BATCH) -> int:
    """Ask the agency's people for each figure of which half the trust is gone, once. How many were asked for."""
    by.must("resources.beds")
    return len(_asked(Q(program__agency=by.agency_id), at=at, by=by, most=most))


@transaction.atomic
def ask_outside(places: Iterable[UUID], *, at: datetime, by: Actor, most: int = A_BATCH) -> list[Capacity]:
    """Ask places without accounts for each figure of which half the trust is gone, once. What is to reach them."""
    by.must("resources.beds")
    theirs = Q(program__agency=None, program__place__in=list(places))
    return _asked(theirs, at=at, by=by, most=most)


def _asked(whose: Q, *, at: datetime, by: Actor, most: int) -> list[Any]:
    lives = [When(program__kind=kind, then=Value(life)) for kind, life in HALF_LIVES.items()]
    old = (
        Capacity.objects.standing()
        .filter(whose, program__retired_at=None, asked_at=None)
        .annotate(life=Case(*lives, output_field=DurationField()))
        .filter(as_of__lte=Value(at) - F("life"))
        .select_related("program")
        .select_for_update(of=("self",), skip_locked=True)
    )
    found: list[Any] = list(old[:most])
    for figure in found:
        figure.asked_at = at
        figure.save(update_fields=["asked_at"])
        news = FigureGrewOld(program_id=figure.program_id, capacity_id=figure.pk)
        record(news, about=figure.pk, by=by, at=at)
    return found


def _last(program: Program) -> Count:
    """What was told last, less what was given since: that is what those who keep it are shown.

    Raises:
        Refused: nothing yet.
    """
    last = Capacity.objects.standing().filter(program=program).annotate(given=given_since_told()).first()
    if last is None:
        raise Refused("Nobody has told a figure yet. Say how many you would take.")
    accepting = None if last.free is None else max(last.free - last.given, 0)
    return Count(licensed=last.total, staffed=last.staffed, ready=last.ready, accepting=accepting)


def _count(program: Program, count: Count, *, told_by: str, at: datetime, by: Actor) -> Capacity:
    if sentence := _why_not_counted(count):
        raise Refused(sentence)
    before = Capacity.objects.standing().filter(program=program)
    ended = before.filter(as_of__lte=at).update(ends_at=not_before(at, "as_of"))
    if not ended and before.exists():
        raise Overtaken("A newer figure is known. Open the page again to see how it stands.")
    made = Capacity(
        program=program, total=count.licensed, staffed=count.staffed, ready=count.ready, free=count.accepting,
        told_by=told_by[:200], by=by.user, as_of=at,
    )  # fmt: skip
    # Whoever ended the figure before is alone: another waits for that row, and then finds none that stands.
    with nullcontext() if ended else refuse_if("one_standing_figure_per_service_and_place", _AT_ONCE):
        made.save(force_insert=True)
    news = RoomTold(program_id=program.pk, capacity_id=made.pk, free=count.accepting)
    record(news, about=made.pk, by=by, at=at)
    return made


def _why_not_counted(count: Count) -> str:
    limits = (("licensed", count.licensed), ("have staff", count.staffed), ("are clean", count.ready))
    for words, limit in limits:
        if count.accepting is not None and limit is not None and count.accepting > limit:
            return f"You would take more than {words}. Correct one of the two."
    if count.licensed is not None and count.staffed is not None and count.staffed > count.licensed:
        return "More have staff than are licensed. Correct one of the two."
    return ""
