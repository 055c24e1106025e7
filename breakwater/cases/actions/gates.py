"""The five gates of stabilization: met by someone, with evidence, at a time; lost again when they no longer hold."""

from datetime import datetime

from django.db import transaction

from breakwater.cases.events import CaseStabilized, GateLost, GateMet
from breakwater.cases.models import Case, Gate
from breakwater.cases.rules import RESCREEN, STABILIZATION, missing_gates
from breakwater.clocks.actions import Promise, start, stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@transaction.atomic
def meet_gate(case: Case, *, kind: str, evidence: str, at: datetime, by: Actor) -> Gate:
    """A gate is met. The fifth stops the stabilization clock.

    Raises:
        Refused: it is not one of the five, there is no evidence, or the case is closed.
        Overtaken: it is met already.
    """
    by.must("cases.work", case.circle)
    case = Case.objects.lock(case)
    if kind not in Gate.Kind.values:
        raise Refused("There is no such gate.")
    if not evidence.strip():
        raise Refused("Say how you know: one line of evidence.")
    if not Case.objects.open().filter(pk=case.pk).exists():
        raise Refused("This case is closed. Reopen it first.")
    with refuse_if("a_gate_is_met_once", f"“{Gate.Kind(kind).label}” is met already."):
        gate = Gate.objects.create(
            circle=case.circle, case=case, kind=kind, evidence=evidence.strip(), by=by.user, starts_at=at
        )
    record(GateMet(case_id=case.pk, gate=kind), about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at)
    _settle(case, at=at, by=by)
    return gate


@transaction.atomic
def lose_gate(gate: Gate, *, because: str, at: datetime, by: Actor) -> None:
    """A gate no longer holds. The stabilization clock runs again from now when it had stopped.

    Raises:
        Refused: it does not stand, or nothing is said about why.
    """
    by.must("cases.work", gate.circle)
    case = Case.objects.lock(gate.case)
    if not because.strip():
        raise Refused("Say what changed.")
    lost = Gate.objects.standing().filter(pk=gate.pk).update(ends_at=at, lost_because=because.strip())
    if not lost:
        raise Refused("This gate does not stand any more.")
    record(GateLost(case_id=case.pk, gate=gate.kind), about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at)
    if not Clock.objects.running().of(case.pk).filter(kind=STABILIZATION).exists():
        promise = Promise(kind=STABILIZATION, about=case.pk, started_at=at)
        start(promise, circle=case.circle, episode=case.pk, at=at, by=by)


def _settle(case: Case, *, at: datetime, by: Actor) -> None:
    """Stop the stabilization clock once nothing is missing."""
    met = set(Gate.objects.standing().filter(case=case).values_list("kind", flat=True))
    if "rescreened" in met:
        stop_kind([RESCREEN], about=case.pk, how=Clock.Ended.MET, at=at, by=by)
    if missing_gates(met):
        return
    if stop_kind([STABILIZATION], about=case.pk, how=Clock.Ended.MET, at=at, by=by):
        record(CaseStabilized(case_id=case.pk), about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at)
