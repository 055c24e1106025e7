"""The five gates of stabilization: met by someone, with evidence, at a time; lost again when they no longer hold."""

from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.holding import closures_of, held, held_with, keep_held
from breakwater.cases.actions.screening import screened
from breakwater.cases.events import CaseStabilized, GateLost, GateMet
from breakwater.cases.models import Case, FollowUp, Gate
from breakwater.cases.rules import NEXT_CONTACT, STABILIZATION, missing_gates, why_no_such_moment
from breakwater.clocks.actions import Promise, start, stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.together import Together
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import cells
from breakwater.trust.journal import record

_MET = Together(("case",), closures=closures_of, gates=lambda case: Gate.objects.standing().filter(case=case))


@transaction.atomic
def meet_gate(
    case: Case, *, kind: str, evidence: str, at: datetime, by: Actor, met_at: datetime | None = None
) -> Gate:
    """A gate is met. The fifth stops the stabilization clock.

    Args:
        met_at: when it was met, where that was before it is written down.

    Raises:
        Refused: it is not one of the five, there is no evidence, the moment is impossible, or the case is closed.
        Overtaken: it is met already.
    """
    by.must("cases.work", case.circle)
    case, said = held_with(_MET, case, by=by)
    met_at = met_at or at
    if reason := _why_not_met(case, kind, evidence, met_at, at=at):
        raise Refused(reason)
    met = {gate.kind: gate.starts_at for gate in said["gates"]}
    if kind in met:
        raise Overtaken(f"“{Gate.Kind(kind).label}” is met already.")
    gate = Gate(circle=case.circle, case=case, kind=kind, evidence=evidence, by=by.user, starts_at=met_at)
    gate.save(force_insert=True)
    record(
        GateMet(case_id=case.pk, gate=kind),
        about=gate.pk,
        circle=case.circle,
        episode=case.pk,
        by=by,
        at=met_at,
    )
    if kind == Gate.Kind.RESCREENED:
        screened(case, at=met_at, by=by)
    if not missing_gates({*met, kind}):
        _stabilize(case, at=max(met_at, *met.values()), by=by)
        keep_held(case.pk, circle=case.circle, at=at, by=by)
    return gate


@transaction.atomic
def lose_gate(gate: Gate, *, because: str, at: datetime, by: Actor) -> None:
    """A gate no longer holds. The stabilization clock runs again from now when it had stopped.

    Raises:
        Refused: it does not stand, or nothing is said about why.
    """
    by.must("cases.work", gate.circle)
    case = held(gate.case, by=by)
    if not because.strip():
        raise Refused("Say what changed.")
    standing = Gate.objects.standing().filter(pk=gate.pk)
    if not standing.update(ends_at=max(at, gate.starts_at), **cells(gate, lost_because=because)):
        raise Refused("This gate does not stand any more.")
    record(
        GateLost(case_id=case.pk, gate=gate.kind),
        about=gate.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    if not Clock.objects.running().of(case.pk).filter(kind=STABILIZATION).exists():
        promise = Promise(kind=STABILIZATION, about=case.pk, started_at=at)
        start(promise, circle=case.circle, episode=case.pk, at=at, by=by)


def _why_not_met(case: Case, kind: str, evidence: str, met_at: datetime, *, at: datetime) -> str:
    if kind not in Gate.Kind.values:
        return "There is no such gate."
    if not evidence.strip():
        return "Say how you know: one line of evidence."
    if met_at < case.asked_at:
        return "A gate cannot have been met before help was asked for. Check day and time."
    if kind == NEXT_CONTACT and not FollowUp.objects.standing().filter(case=case).exists():
        return "No contact is owed to them yet. Book the next contact first."
    return why_no_such_moment(met_at, at=at)


def _stabilize(case: Case, *, at: datetime, by: Actor) -> None:
    """Nothing is missing: the stabilization clock stops, at the moment the last gate was met."""
    if stop_kind([STABILIZATION], about=case.pk, how=Clock.Ended.MET, at=at, by=by):
        record(
            CaseStabilized(case_id=case.pk), about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at
        )
