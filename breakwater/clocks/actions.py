"""Start, stop, pause; and announce what is due soon or was missed, once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID

from django.db import transaction

from breakwater.clocks.events import (
    ClockDueSoon,
    ClockMissed,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
)
from breakwater.clocks.library import Profile, profile
from breakwater.clocks.models import Alarm, Clock, ClockQuerySet, Pause
from breakwater.clocks.rules import HOURS, Limit, by_when, due_after_pause, due_at, due_soon_at
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import NotPermitted, Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record, record_all
from breakwater.trust.models import Circle

A_BATCH = 500
"""How many clocks are announced in one transaction: a worker that is killed repeats no more than these."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A clock to be started.

    Args:
        limit: elapsed time that replaces the profile's limit, where the act or its triage scheme gives it.
        until: the moment by which it is promised, where somebody chose it.
        no_later_than: the moment of what it prepares, when that lies ahead: it is due by then, whatever its limit.
    """

    kind: str
    about: UUID
    started_at: datetime
    limit: timedelta | None = None
    until: datetime | None = None
    no_later_than: datetime | None = None


@transaction.atomic
def start(promise: Promise, *, circle: Circle, episode: UUID | None, at: datetime, by: Actor) -> Clock:
    """Start one clock.

    Raises:
        Overtaken: a clock of this kind already runs about this. ``replace`` starts one in its place.
        Refused: it would be due before it starts.
    """
    return start_all([promise], circle=circle, episode=episode, at=at, by=by)[0]


@transaction.atomic
def start_all(
    promises: Iterable[Promise], *, circle: Circle, episode: UUID | None, at: datetime, by: Actor
) -> list[Clock]:
    """Start several clocks of one case in two statements: all of them, or none.

    Raises:
        Overtaken: a clock of one of these kinds already runs about the same thing.
        Refused: one would be due before it starts.
    """
    by.must("clocks.run", circle)
    clocks = [_clock(promise, circle=circle, episode=episode, by=by) for promise in promises]
    labels = " or ".join(f"“{clock.label}”" for clock in clocks)
    with refuse_if(
        "one_running_clock_of_a_kind",
        f"The clock {labels} already runs. Open the page again to see how it stands.",
    ):
        Clock.objects.bulk_create(clocks)
    record_all(
        [
            (ClockStarted(clock_id=clock.pk, kind=clock.kind, due_at=clock.due_at), clock.pk)
            for clock in clocks
        ],
        circle=circle, episode=episode, by=by, at=at,
    )  # fmt: skip
    return clocks


@transaction.atomic
def stop(clock: Clock, *, how: str, at: datetime, by: Actor, excuse: str = "") -> Clock:
    """Stop a running clock; one that stands still runs on first. Stopping it again changes nothing.

    Args:
        at: when what it waited for happened, which may be before anybody wrote it down.

    Raises:
        Refused: an excuse without a reason.
    """
    by.must("clocks.run", clock.circle)
    clock = Clock.objects.lock(clock)
    if clock.ended_at is not None:
        return clock
    if how == Clock.Ended.EXCUSED and not excuse.strip():
        raise Refused("Say why this promise is excused.")
    if clock.paused_at is not None:
        _run_on(clock, at=at, by=by)
    was_late = clock.due_at < at
    clock.ended_at, clock.ended_how = max(at, clock.started_at), how
    clock.ended_by, clock.excuse = by.user, excuse.strip()
    clock.save(update_fields=["ended_at", "ended_how", "ended_by", "excuse", *_MOVED])
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
def pause(clock: Clock, *, reason: str, at: datetime, by: Actor, until: datetime | None = None) -> Pause:
    """Let a clock stand still, for a reason its profile allows, and never for ever.

    Args:
        until: when it runs again by itself; the longest its profile allows when nothing is said.

    Raises:
        NotPermitted: another agency promised it.
        Refused: its profile does not allow it, or not for so long; or the promise is missed already.
        Overtaken: it stands still already.
    """
    clock = _promised_by(clock, by=by)
    until = until or at + _longest(clock, reason)
    if why := _why_not_paused(clock, reason, at=at, until=until, zone=by.zone):
        raise Refused(why)
    with refuse_if(
        "a_clock_is_paused_once_at_a_time",
        "This clock is already paused. Open the page again to see how it stands.",
    ):
        made = Pause.objects.create(
            circle=clock.circle, clock=clock, reason=reason, by=by.user, starts_at=at, until=until
        )
    clock.paused_at = at
    clock.save(update_fields=["paused_at"])
    record(
        ClockPaused(clock_id=clock.pk, kind=clock.kind, reason=reason, until=until),
        about=clock.pk, circle=clock.circle, episode=clock.episode, by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def resume(clock: Clock, *, at: datetime, by: Actor) -> Clock:
    """Let a paused clock run again; what was left of its time is left.

    Raises:
        NotPermitted: another agency promised it.
        Refused: it is not paused.
    """
    clock = _promised_by(clock, by=by)
    if clock.paused_at is None:
        raise Refused("This clock is not paused.")
    _run_on(clock, at=at, by=by)
    clock.save(update_fields=_MOVED)
    record(
        ClockResumed(clock_id=clock.pk, kind=clock.kind, due_at=clock.due_at),
        about=clock.pk, circle=clock.circle, episode=clock.episode, by=by, at=at,
    )  # fmt: skip
    return clock


@transaction.atomic
def resume_overdue(*, at: datetime, by: Actor, most: int = A_BATCH) -> int:
    """Let the agency's clocks run again whose pause is over. How many there were."""
    by.must("clocks.run")
    over = Pause.objects.over(at).values("clock_id")
    clocks = list(Clock.objects.paused().of_agency(by.agency).filter(pk__in=over).hold_free(most))
    for clock in clocks:
        until = Pause.objects.standing().values_list("until", flat=True).get(clock=clock)
        resume(clock, at=until, by=by)
    return len(clocks)


@transaction.atomic
def announce(*, at: datetime, by: Actor, most: int = A_BATCH) -> int:
    """Announce the agency's clocks that were missed or are due soon, each once for good. How many there were.

    The alarm's row is the proof: written in the transaction of its announcement, and once. Two workers at
    once share the clocks between them; after a stop or a crash whatever is left is announced by whoever
    comes next. A clock that was missed meanwhile is announced as missed, and no more as due soon.
    """
    by.must("clocks.run")
    mine = Clock.objects.of_agency(by.agency)
    return _sound(mine.overdue(at), Alarm.Kind.MISSED, at=at, by=by, most=most) + _sound(
        mine.due_soon(at), Alarm.Kind.DUE_SOON, at=at, by=by, most=most
    )


_MOVED = ("due_at", "due_soon_at", "paused_at")
_NEWS = {Alarm.Kind.DUE_SOON: ClockDueSoon, Alarm.Kind.MISSED: ClockMissed}


def _sound(clocks: ClockQuerySet, kind: Alarm.Kind, *, at: datetime, by: Actor, most: int) -> int:
    found = list(clocks.not_announced(kind).hold_free(most))
    alarms = [Alarm(circle=clock.circle, clock=clock, kind=kind, announced_at=at) for clock in found]
    Alarm.objects.bulk_create(alarms, ignore_conflicts=True)
    sounded = set(
        Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]).values_list("clock_id", flat=True)
    )
    for clock in found:
        if clock.pk in sounded:
            record(
                _NEWS[kind](clock_id=clock.pk, kind=clock.kind, due_at=clock.due_at),
                about=clock.pk, circle=clock.circle, episode=clock.episode, by=by, at=at,
            )  # fmt: skip
    return len(sounded)


def _clock(promise: Promise, *, circle: Circle, episode: UUID | None, by: Actor) -> Clock:
    binding = profile(by.agency.profile)
    spec = binding.spec(promise.kind)
    calendar, due = _due(promise, spec.limit, binding, by=by)
    if promise.no_later_than and promise.started_at < promise.no_later_than < due:
        due = promise.no_later_than.astimezone(UTC)
    if due <= promise.started_at:
        raise Refused("A promise must be due after it is made.")
    return Clock(
        circle=circle, agency=by.agency, kind=promise.kind, profile=binding.stamp, calendar=calendar,
        about=promise.about, episode=episode, started_at=promise.started_at, due_at=due,
        due_soon_at=due_soon_at(promise.started_at, due, spec.due_soon),
    )  # fmt: skip


def _due(promise: Promise, limit: Limit | None, binding: Profile, *, by: Actor) -> tuple[str, datetime]:
    """By which calendar a promise is counted, and when it is due."""
    if promise.until is not None:
        return HOURS, promise.until.astimezone(UTC)
    if promise.limit is not None:
        limit = Limit(HOURS, time=promise.limit)
    if limit is None:
        raise LookupError(f"the clock {promise.kind} needs a limit from whoever starts it")
    return limit.calendar, due_at(limit, promise.started_at, zone=by.zone, holidays=binding.holidays)


def _promised_by(clock: Clock, *, by: Actor) -> Clock:
    """The clock, held, for the agency whose promise it is."""
    by.must("clocks.run", clock.circle)
    if clock.agency_id != by.agency_id:
        raise NotPermitted("Another agency promised this. Its clock is theirs to pause.")
    return Clock.objects.lock(clock)


def _longest(clock: Clock, reason: str) -> timedelta:
    pauses = profile(clock.profile).pauses
    return pauses[reason].at_most if reason in pauses else timedelta()


def _why_not_paused(clock: Clock, reason: str, *, at: datetime, until: datetime, zone: tzinfo) -> str:
    if clock.ended_at is not None:
        return "This clock has already stopped."
    if reason not in clock.spec.pauses:
        return f"The clock “{clock.label}” cannot be paused for this reason."
    if at < clock.started_at:
        return "A clock cannot be paused before it starts. Check day and time."
    if at >= clock.due_at:
        return "This promise was missed already: say why, in place of pausing its clock."
    latest = at + _longest(clock, reason)
    if not at < until <= latest:
        return f"For this reason the clock can be paused until {by_when(latest, now=at, zone=zone)} at most."
    return ""


def _run_on(clock: Clock, *, at: datetime, by: Actor) -> None:
    """End the standing pause and move what is due by it; the clock is saved by whoever asked."""
    standing = Pause.objects.standing().get(clock=clock)
    standing.ends_at = max(at, standing.starts_at)
    standing.save(update_fields=["ends_at"])
    binding = profile(clock.profile)
    due = due_after_pause(
        clock.due_at, calendar=clock.calendar, paused_at=standing.starts_at, resumed_at=standing.ends_at,
        zone=by.zone, holidays=binding.holidays,
    )  # fmt: skip
    clock.due_soon_at += due - clock.due_at
    clock.due_at, clock.paused_at = due, None
