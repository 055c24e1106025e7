"""Start, stop, pause, excuse; and announce what is about to be missed, once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from breakwater.clocks.events import ClockDueSoon, ClockMissed, ClockPaused, ClockResumed, ClockStarted, ClockStopped
from breakwater.clocks.library import profile
from breakwater.clocks.models import Alarm, Clock, Pause
from breakwater.clocks.rules import due_at, due_soon_at
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Refused
from breakwater.kernel.ids import new_id
from breakwater.trust.access import Actor
from breakwater.trust.journal import record, record_all
from breakwater.trust.models import Circle


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A clock to be started. ``until`` or ``limit`` replace the profile's limit where the act gives it."""

    kind: str
    about: UUID
    started_at: datetime
    limit: timedelta | None = None
    until: datetime | None = None


@transaction.atomic
def start(promise: Promise, *, circle: Circle, episode: UUID | None, at: datetime, by: Actor) -> Clock:
    """Start one clock.

    Raises:
        Overtaken: a clock of this kind already runs about this.
        Refused: it would be due before it starts.
    """
    return start_all([promise], circle=circle, episode=episode, at=at, by=by)[0]


@transaction.atomic
def start_all(
    promises: Iterable[Promise], *, circle: Circle, episode: UUID | None, at: datetime, by: Actor
) -> list[Clock]:
    """Start several clocks of one case in two statements."""
    by.must("clocks.run", circle)
    clocks = [_clock(promise, circle=circle, episode=episode, by=by) for promise in promises]
    with refuse_if("one_running_clock_of_a_kind", "A clock of this kind already runs."):
        Clock.objects.bulk_create(clocks)
    record_all(
        [(ClockStarted(clock_id=clock.pk, kind=clock.kind, due_at=clock.due_at), clock.pk) for clock in clocks],
        circle=circle, episode=episode, by=by, at=at,
    )  # fmt: skip
    return clocks


@transaction.atomic
def stop(clock: Clock, *, how: str, at: datetime, by: Actor, excuse: str = "") -> Clock:
    """Stop a running clock. Stopping it again changes nothing.

    Raises:
        Refused: an excuse without a reason.
    """
    by.must("clocks.run", clock.circle)
    clock = Clock.objects.lock(clock)
    if clock.ended_at is not None:
        return clock
    if how == Clock.Ended.EXCUSED and not excuse.strip():
        raise Refused("Say why this promise is excused.")
    was_late = clock.due_at < at
    clock.ended_at, clock.ended_how = max(at, clock.started_at), how
    clock.ended_by, clock.excuse = by.user, excuse.strip()
    clock.save(update_fields=["ended_at", "ended_how", "ended_by", "excuse"])
    record(
        ClockStopped(clock_id=clock.pk, kind=clock.kind, how=how, was_late=was_late),
        about=clock.pk, circle=clock.circle, episode=clock.episode, by=by, at=at,
    )  # fmt: skip
    return clock


def stop_kind(kinds: Iterable[str], *, about: UUID, how: str, at: datetime, by: Actor) -> list[Clock]:
    """Stop whichever of these kinds run about a thing."""
    running = Clock.objects.running().of(about).filter(kind__in=list(kinds)).select_related("circle")
    return [stop(clock, how=how, at=at, by=by) for clock in running]


@transaction.atomic
def replace(promise: Promise, *, circle: Circle, episode: UUID | None, at: datetime, by: Actor) -> Clock:
    """Start a clock in place of the one of its kind that runs."""
    stop_kind([promise.kind], about=promise.about, how=Clock.Ended.REPLACED, at=at, by=by)
    return start(promise, circle=circle, episode=episode, at=at, by=by)


@transaction.atomic
def pause(clock: Clock, *, reason: str, at: datetime, by: Actor) -> Pause:
    """Let a clock stand still, for a reason its profile allows.

    Raises:
        Refused: the profile does not allow it, or the clock does not run.
    """
    by.must("clocks.run", clock.circle)
    clock = Clock.objects.lock(clock)
    if clock.ended_at is not None:
        raise Refused("This clock has already stopped.")
    if reason not in profile(clock.profile.split("@")[0]).spec(clock.kind).pauses:
        raise Refused(f"The {clock.label.lower()} clock cannot be paused for this reason.")
    with refuse_if("a_clock_is_paused_once_at_a_time", "This clock is already paused."):
        made = Pause.objects.create(circle=clock.circle, clock=clock, reason=reason, by=by.user, starts_at=at)
    Clock.objects.filter(pk=clock.pk).update(paused_at=at)
    record(
        ClockPaused(clock_id=clock.pk, kind=clock.kind, reason=reason),
        about=clock.pk, circle=clock.circle, episode=clock.episode, by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def resume(clock: Clock, *, at: datetime, by: Actor) -> Clock:
    """Let a paused clock run again; it is due later by as long as it stood still.

    Raises:
        Refused: it is not paused.
    """
    by.must("clocks.run", clock.circle)
    clock = Clock.objects.lock(clock)
    standing = Pause.objects.filter(clock=clock, ends_at=None).first()
    if standing is None:
        raise Refused("This clock is not paused.")
    stood_still = at - standing.starts_at
    Pause.objects.filter(pk=standing.pk).update(ends_at=at)
    clock.due_at, clock.due_soon_at, clock.paused_at = clock.due_at + stood_still, clock.due_soon_at + stood_still, None
    clock.save(update_fields=["due_at", "due_soon_at", "paused_at"])
    record(
        ClockResumed(clock_id=clock.pk, kind=clock.kind, due_at=clock.due_at),
        about=clock.pk, circle=clock.circle, episode=clock.episode, by=by, at=at,
    )  # fmt: skip
    return clock


@transaction.atomic
def announce(*, at: datetime, by: Actor, most: int = 500) -> int:
    """Announce the actor's agency's clocks that are due soon or missed, each exactly once. How many were.

    The alarm row is the proof: two workers at once, or a restart half-way, insert it once.
    """
    by.must("clocks.run")
    clocks = Clock.objects.running().filter(agency=by.agency, paused_at=None).select_related("circle")
    soon = clocks.filter(due_soon_at__lte=at, due_at__gt=at).exclude(alarms__kind=Alarm.Kind.DUE_SOON)[:most]
    missed = clocks.filter(due_at__lte=at).exclude(alarms__kind=Alarm.Kind.MISSED)[:most]
    announced = 0
    for kind, event, found in ((Alarm.Kind.DUE_SOON, ClockDueSoon, soon), (Alarm.Kind.MISSED, ClockMissed, missed)):
        for clock in _sound(list(found), kind=kind, at=at):
            record(
                event(clock_id=clock.pk, kind=clock.kind, due_at=clock.due_at),
                about=clock.pk, circle=clock.circle, episode=clock.episode, by=by, at=at,
            )  # fmt: skip
            announced += 1
    return announced


_SOUND = """
    INSERT INTO clocks_alarm (id, circle_id, clock_id, kind, announced_at)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[])
    ON CONFLICT DO NOTHING RETURNING clock_id
"""


def _sound(clocks: list[Clock], *, kind: str, at: datetime) -> list[Clock]:
    """Insert alarms; only the clocks whose alarm was new."""
    if not clocks:
        return []
    many = len(clocks)
    with connection.cursor() as cursor:
        cursor.execute(
            _SOUND,
            (
                [new_id() for _ in clocks], [clock.circle_id for clock in clocks], [clock.pk for clock in clocks],
                [str(kind)] * many, [at] * many,
            ),
        )  # fmt: skip
        new = {clock_id for (clock_id,) in cursor.fetchall()}
    return [clock for clock in clocks if clock.pk in new]


def _clock(promise: Promise, *, circle: Circle, episode: UUID | None, by: Actor) -> Clock:
    binding = profile(by.agency.profile)
    spec = binding.spec(promise.kind)
    limit = promise.limit or spec.limit
    if promise.until is not None:
        due = promise.until
    elif limit is None:
        raise LookupError(f"the clock {promise.kind} needs a limit from whoever starts it")
    else:
        due = due_at(
            promise.started_at, limit,
            calendar=spec.calendar if promise.limit is None else "hours", zone=by.zone, holidays=binding.holidays.keys(),
        )  # fmt: skip
    if due <= promise.started_at:
        raise Refused("A promise must be due after it is made.")
    return Clock(
        circle=circle, agency=by.agency, kind=promise.kind, profile=binding.stamp, about=promise.about,
        episode=episode, started_at=promise.started_at, due_at=due,
        due_soon_at=due_soon_at(promise.started_at, due, spec.due_soon),
    )  # fmt: skip
