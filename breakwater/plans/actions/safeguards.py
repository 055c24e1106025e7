"""What is done about something dangerous within reach: agreed, tracked by a clock, dealt with or declined."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.holding import held, keep_held, locked
from breakwater.cases.models import Case
from breakwater.clocks.actions import Promise, start, stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.plans.events import SafeguardAgreed, SafeguardEnded
from breakwater.plans.models import Safeguard, SafetyPlan
from breakwater.plans.rules import why_not_due
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.journal import record

SAFEGUARD = "safeguard"


@dataclass(frozen=True, kw_only=True)
class Doing:
    """What is to be done about which danger, and who does it."""

    means: str
    words: str
    who: str


@transaction.atomic
def agree_safeguard(case: Case, doing: Doing, *, due_at: datetime, at: datetime, by: Actor) -> Safeguard:
    """Agree with the person what is done about something dangerous; a clock runs until it is.

    Raises:
        Refused: it does not say what or who, the time is past or too far, or the case is closed.
    """
    by.must("plans.work", case.circle)
    hold_circle(case.circle)
    case = held(case, by=by)
    if sentence := _why_not_agreed(doing) or why_not_due(due_at, at=at):
        raise Refused(sentence)
    plan = SafetyPlan.objects.versions(case.pk).first()
    safeguard = Safeguard(
        circle=case.circle, case=case, means=doing.means, words=doing.words, who=doing.who, due_at=due_at,
        by=by.user, starts_at=at, segments=plan.segments if plan else [],
    )  # fmt: skip
    safeguard.save(force_insert=True)
    promise = Promise(kind=SAFEGUARD, about=safeguard.pk, started_at=at, until=due_at)
    start(promise, circle=case.circle, episode=case.pk, at=at, by=by)
    record(
        SafeguardAgreed(safeguard_id=safeguard.pk, means=safeguard.means, due_at=due_at),
        about=safeguard.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return safeguard


@transaction.atomic
def end_safeguard(safeguard: Safeguard, *, how: str, known_from: str, at: datetime, by: Actor) -> Safeguard:
    """It was dealt with, and how we know; or they would rather not, and why.

    Raises:
        Refused: it is not said how, or how we know.
        Overtaken: it has already ended.
    """
    by.must("plans.work", safeguard.circle)
    locked(safeguard.case, by=by)
    safeguard = Safeguard.objects.lock(safeguard)
    if safeguard.ends_at is not None:
        raise Overtaken(f"This has already ended: {safeguard.get_ended_how_display().lower()}.")
    if how not in Safeguard.Ending.values or not known_from.strip():
        raise Refused("Say how it ended, and how you know: who saw it, or what they said.")
    safeguard.ends_at, safeguard.ended_how = max(at, safeguard.starts_at), how
    safeguard.known_from, safeguard.ended_by = known_from, by.user
    safeguard.save(update_fields=["ends_at", "ended_how", "known_from", "ended_by"])
    stop_kind([SAFEGUARD], about=safeguard.pk, how=Clock.Ended.MET, at=at, by=by)
    keep_held(safeguard.case_id, circle=safeguard.circle, at=at, by=by)
    record(
        SafeguardEnded(safeguard_id=safeguard.pk, means=safeguard.means, ended_how=how),
        about=safeguard.pk, circle=safeguard.circle, episode=safeguard.case_id, by=by, at=at,
    )  # fmt: skip
    return safeguard


def _why_not_agreed(doing: Doing) -> str:
    if doing.means not in Safeguard.Means.values:
        return "Say what is within reach."
    if not doing.words.strip() or not doing.who.strip():
        return "Say what is to be done, and who does it."
    return ""
