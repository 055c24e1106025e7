"""The five gates of stabilization: met by someone, with evidence, at a time; lost again when they no longer hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from breakwater.cases.actions.follow_up import book_next_contact
from breakwater.cases.actions.holding import closures_of, held, held_with, keep_held, taken_in_at
from breakwater.cases.actions.screening import SCREENED, lost, screened
from breakwater.cases.events import CaseStabilized, GateMet
from breakwater.cases.judging import (
    CONTACT,
    NEXT_CONTACT,
    RESCREENED,
    why_evidence_is_thin,
    why_not_safe_tonight,
    why_record_does_not_bear_out,
)
from breakwater.cases.models import Case, Danger, FollowUp, Gate
from breakwater.cases.rules import STABILIZATION, missing_gates, why_no_such_moment
from breakwater.clocks.actions import stop_kind
from breakwater.clocks.library import profile
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.kernel.together import Question, Together
from breakwater.people.models import ContactPoint, Supporter
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

_GATES: dict[str, Question] = {
    "closures": closures_of,
    "gates": lambda case: Gate.objects.standing().filter(case=case).only("kind", "starts_at"),
}  # fmt: skip
_MET, _SCREENED_AS_WELL = (
    Together(("case",), by="", **_GATES),
    Together(("case",), by="", **_GATES | SCREENED),
)
_NO_WAY = "No way to reach them is left that may be used."


@dataclass(frozen=True, kw_only=True)
class GateSaid:
    """What is said of one gate: that it is met, on which evidence; and when, where that was earlier."""

    kind: str
    evidence: str
    met_at: datetime | None = None


def meet_gate(
    case: Case, *, kind: str, evidence: str, at: datetime, by: Actor, met_at: datetime | None = None
) -> Gate:
    """One gate is met, as ``meet_gates`` does it."""
    return meet_gates(case, [GateSaid(kind=kind, evidence=evidence, met_at=met_at)], at=at, by=by)[0]


@transaction.atomic
def meet_gates(
    case: Case, said: Sequence[GateSaid], *, next_contact: datetime | None = None, at: datetime, by: Actor
) -> list[Gate]:
    """Gates are met: all that are said, or none. The fifth stops the stabilization clock.

    Args:
        next_contact: booked by this moment in the same act, so that the gate that asks for it is borne out.

    Raises:
        Refused: one is not of the five, its evidence says nothing or is not borne out, a danger is now, the moment is
            impossible, or the case is closed. Its ``fields`` say which.
        Overtaken: one is met already.
    """
    by.must("cases.work", case.circle)
    if not said:
        raise Refused("Nothing is filled in yet: write how you know beside each gate that is met.")
    if next_contact:
        book_next_contact(case, due_at=next_contact, at=at, by=by)
    is_screening = any(one.kind == RESCREENED for one in said)
    case, known = held_with(_SCREENED_AS_WELL if is_screening else _MET, case, by=by)
    met = {gate.kind: gate.starts_at for gate in known["gates"]}
    _refuse_any(case, said, met, at=at)
    made = [_meet(case, one, at=one.met_at or at, by=by) for one in said]
    for screening in (gate for gate in made if gate.kind == RESCREENED):
        screened(case, known, at=screening.starts_at, by=by)
    met |= {gate.kind: gate.starts_at for gate in made}
    if not missing_gates(met):
        _stabilize(case, at=max(met.values()), by=by)
        keep_held(case.pk, circle=case.circle, at=at, by=by)
    return made


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
    if not lost(gate, case, because=because, at=at, by=by):
        raise Refused("This gate does not stand any more.")


@transaction.atomic
def reached_no_more(person_id: UUID, *, at: datetime, by: Actor) -> int:
    """The last way to reach somebody is gone: the gate that leaned on one holds no longer. In how many cases it was.

    Where there was none when the gate was met, words said how they are found, and they stand.
    """
    gone = 0
    for case in Case.objects.open().held_by(by).filter(person=person_id).select_related("circle"):
        held(case, by=by)
        for gate in Gate.objects.standing().filter(case=case, kind=Gate.Kind.CONTACT):
            leaned = ContactPoint.objects.stood(person_id, gate.starts_at).exists()
            if leaned and not _ways_to_reach(case).exists():
                gone += lost(gate, case, because=_NO_WAY, at=at, by=by)
    return gone


def why_not_borne_out(case: Case) -> dict[str, str]:
    """What the record lacks before one line of evidence is enough, by gate; ``""`` where nothing is."""
    danger = why_not_safe_tonight(Danger.objects.levels_of(case))
    return {Gate.Kind.SAFE_TONIGHT.value: danger} | {
        kind: why_record_does_not_bear_out(kind, "", is_borne_out=asked(case).exists, letters=1)
        for kind, asked in _BORNE_OUT.items()
    }


def _refuse_any(case: Case, said: Sequence[GateSaid], met: Mapping[str, datetime], *, at: datetime) -> None:
    """Every sentence at once, each at its gate: nobody saves five times to learn five things."""
    late = {one.kind: f"“{Gate.Kind(one.kind).label}” is met already." for one in said if one.kind in met}
    why = {
        one.kind: late.get(one.kind) or _why_not_met(case, one.kind, one.evidence, one.met_at or at, at=at)
        for one in said
    }
    if refused := {kind: sentence for kind, sentence in why.items() if sentence}:
        how = Overtaken if late else Refused
        raise how(" ".join(refused.values()), fields=refused)


def _meet(case: Case, said: GateSaid, *, at: datetime, by: Actor) -> Gate:
    gate = Gate(
        circle=case.circle, case=case, kind=said.kind, evidence=said.evidence, by=by.user, starts_at=at
    )
    gate.save(force_insert=True)
    record(
        GateMet(case_id=case.pk, gate=said.kind),
        about=gate.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return gate


def _why_not_met(case: Case, kind: str, evidence: str, met_at: datetime, *, at: datetime) -> str:
    if kind not in Gate.Kind.values:
        return "There is no such gate."
    if met_at < case.asked_at:
        return "A gate cannot have been met before help was asked for. Check day and time."
    return why_no_such_moment(met_at, at=at) or _why_not_believed(case, kind, evidence)


def _why_not_believed(case: Case, kind: str, evidence: str) -> str:
    """Evidence that says something; and where the record can bear a gate out, it does, or the words say why not."""
    care = profile(case.agency.profile).care
    if sentence := why_evidence_is_thin(evidence, letters=care.letters):
        return sentence
    if kind == Gate.Kind.SAFE_TONIGHT:
        return why_not_safe_tonight(Danger.objects.levels_of(case))
    if kind not in _BORNE_OUT:
        return ""
    return why_record_does_not_bear_out(
        kind, evidence, is_borne_out=lambda: _BORNE_OUT[kind](case).exists(), letters=care.letters_instead
    )


def _read_again(case: Case) -> QuerySet[Any]:
    """What was read of their dangers since they were taken in, or the case was last opened again."""
    return Danger.objects.filter(case=case, starts_at__gt=taken_in_at(case))


def _ways_to_reach(case: Case) -> QuerySet[Any]:
    """Ways to reach them that may be used; else somebody round them who may be told."""
    ways = ContactPoint.objects.may_be_used(case.person_id)
    if ways.exists():
        return ways
    return Supporter.objects.filter(person=case.person_id, ends_at=None, must_not_know=False).exclude(
        reach=""
    )


_BORNE_OUT: dict[str, Callable[[Case], QuerySet[Any]]] = {
    RESCREENED: _read_again,
    CONTACT: _ways_to_reach,
    NEXT_CONTACT: lambda case: FollowUp.objects.booked().filter(case=case),
}
"""What in the record bears a gate out."""


def _stabilize(case: Case, *, at: datetime, by: Actor) -> None:
    """Nothing is missing: the stabilization clock stops, at the moment the last gate was met."""
    if stop_kind([STABILIZATION], about=case.pk, how=Clock.Ended.MET, at=at, by=by):
        record(
            CaseStabilized(case_id=case.pk), about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at
        )
