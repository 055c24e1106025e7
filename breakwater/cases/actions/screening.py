"""Dangers, read and read again: while one is likely or now, a clock says by when to look again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from breakwater.cases.actions.holding import held, keep_held
from breakwater.cases.events import CircumstanceFound, CircumstanceGone, DangerRead, GateLost
from breakwater.cases.judging import why_level_needs_words, why_not_safe_tonight
from breakwater.cases.models import Case, Circumstance, Danger, Gate
from breakwater.cases.rules import RESCREEN, STABILIZATION, waits_for_an_office
from breakwater.clocks.actions import Promise, start, stop
from breakwater.clocks.models import Clock
from breakwater.kernel.db import not_before
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.together import Question, Together
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

_DANGER_NOW = "A danger was read as now."

SCREENED: dict[str, Question] = {
    "clocks": lambda case: Clock.objects.running().in_episode(case).only("kind"),
    "dangers": lambda case: Danger.objects.pressing().filter(case=case).only("case"),
}
"""What ``screened`` must know of a case that is held: what runs, and whether a danger presses."""

_SCREENED = Together(("case",), by="", **SCREENED)


@transaction.atomic
def read_danger(case: Case, *, to: str, level: str, words: str, at: datetime, by: Actor) -> Danger:
    """Read a danger anew; the reading before ends and stays readable.

    Raises:
        Refused: whose danger, or how likely, is not known; nothing is said about why a danger that pressed is less; or
            the case is closed.
    """
    by.must("cases.work", case.circle)
    case = held(case, by=by)
    if to not in Danger.To.values or level not in Danger.Level.values:
        raise Refused("Say to whom the danger is, and whether it is none, possible, likely or now.")
    before = Danger.objects.standing().filter(case=case, to=to)
    stood = before.values_list("level", flat=True).first() or "none"
    if not words.strip() and (sentence := why_level_needs_words(stood, level)):
        raise Refused(sentence)
    before.update(ends_at=not_before(at))
    danger = Danger(circle=case.circle, case=case, to=to, level=level, words=words, by=by.user, starts_at=at)
    danger.save(force_insert=True)
    record(
        DangerRead(case_id=case.pk, to=to, level=level),
        about=danger.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    screened(case, _SCREENED.ask(case=case.pk), at=at, by=by)
    if why_not_safe_tonight({to: level}):
        for gate in Gate.objects.standing().filter(case=case, kind=Gate.Kind.SAFE_TONIGHT):
            lost(gate, case, because=_DANGER_NOW, at=at, by=by)
    return danger


@transaction.atomic
def find_circumstance(case: Case, *, kind: str, words: str, at: datetime, by: Actor) -> Circumstance:
    """Something is so that a law may ask about. Said again, it is said anew; what was said before stays readable.

    Raises:
        Refused: it is nothing that we know; or the case is closed.
    """
    by.must("cases.work", case.circle)
    case = held(case, by=by)
    if kind not in Circumstance.Kind.values:
        raise Refused("Choose from the list what applies.")
    Circumstance.objects.standing().filter(case=case, kind=kind).update(ends_at=not_before(at))
    found = Circumstance.objects.create(
        circle=case.circle, case=case, kind=kind, words=words, by=by.user, starts_at=at
    )
    record(
        CircumstanceFound(case_id=case.pk, kind=kind),
        about=found.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return found


@transaction.atomic
def end_circumstance(found: Circumstance, *, at: datetime, by: Actor) -> None:
    """It is no longer so, or never was. It stays readable.

    Raises:
        Overtaken: it was ended already.
    """
    by.must("cases.work", found.circle)
    case = held(found.case, by=by)
    if not Circumstance.objects.standing().filter(pk=found.pk).update(ends_at=max(at, found.starts_at)):
        raise Overtaken("This was ended already.")
    record(
        CircumstanceGone(case_id=case.pk, kind=found.kind),
        about=found.pk, circle=found.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip


def lost(gate: Gate, case: Case, *, because: str, at: datetime, by: Actor) -> bool:
    """A gate no longer holds: the stabilization clock runs again from now when it had stopped. Whether it stood."""
    if not Gate.objects.standing().filter(pk=gate.pk).exists():
        return False
    gate.ends_at, gate.lost_because = max(at, gate.starts_at), because
    gate.save(update_fields=["ends_at", "lost_because"])
    record(
        GateLost(case_id=case.pk, gate=gate.kind),
        about=gate.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    if not Clock.objects.running().of(case.pk).filter(kind=STABILIZATION).exists():
        promise = Promise(kind=STABILIZATION, about=case.pk, started_at=at)
        start(promise, circle=case.circle, episode=case.pk, at=at, by=by)
    return True


def screened(case: Case, asked: Mapping[str, list[Any]], *, at: datetime, by: Actor) -> None:
    """The risk was screened: the clock that asked for it stops, and runs anew while a danger presses.

    Args:
        asked: the answers to ``SCREENED``.
    """
    kinds = [clock.kind for clock in asked["clocks"]]
    if RESCREEN in kinds:
        waiting = Clock.objects.running().in_episode(case.pk).filter(kind=RESCREEN)
        for clock in waiting.select_related("circle"):
            stop(clock, how=Clock.Ended.MET, at=at, by=by)
    if asked["dangers"]:
        promise = Promise(kind=RESCREEN, about=case.pk, started_at=at)
        start(promise, circle=case.circle, episode=case.pk, at=at, by=by)
    elif all(kind == RESCREEN or waits_for_an_office(kind) for kind in kinds):
        keep_held(case.pk, circle=case.circle, at=at, by=by)
