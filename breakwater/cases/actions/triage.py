"""Triage and triage again. A code opens its clock; a new code replaces it, and says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from breakwater.cases.events import CaseTriaged, DangerRead
from breakwater.cases.models import Case, Danger, Triage
from breakwater.cases.rules import FIRST_CONTACT, TRIAGE_RESPONSE
from breakwater.cases.schemes import axis_total, scheme
from breakwater.clocks.actions import Promise, replace, stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@dataclass(frozen=True, kw_only=True)
class Judgment:
    """A code of a scheme at a version, and why."""

    scheme: str
    version: str
    code: str
    urgency: int
    limit: timedelta | None
    reasons: str = ""
    answers: Mapping[str, int] = field(default_factory=dict)

    def news(self, case_id: UUID, *, replaced: str = "") -> CaseTriaged:
        """What the journal says of it."""
        return CaseTriaged(
            case_id=case_id, scheme=self.scheme, version=self.version, code=self.code, replaced=replaced
        )


def judge(
    scheme_key: str, code: str = "", *, answers: Mapping[str, int] | None = None, reasons: str = ""
) -> Judgment:
    """A judgment by a scheme: a code chosen, or one that follows from the axes.

    Raises:
        Refused: the scheme has no such code, or an axis is outside its range. Nothing is clamped.
    """
    try:
        chosen = scheme(scheme_key)
        found = chosen.code_for_total(axis_total(chosen, answers or {})) if chosen.axes else chosen.code(code)
    except (LookupError, ValueError) as wrong:
        raise Refused(f"This triage cannot be saved: {wrong}.") from wrong
    return Judgment(
        scheme=chosen.key, version=chosen.version, code=found.code, urgency=found.urgency, limit=found.limit,
        reasons=reasons.strip(), answers=answers or {},
    )  # fmt: skip


@transaction.atomic
def triage_case(case: Case, judgment: Judgment, *, at: datetime, by: Actor) -> Triage:
    """Set a code. The response clock counts from now; the clock of the code before is replaced.

    Raises:
        Refused: the case is closed, or the same code stands already.
    """
    by.must("cases.triage", case.circle)
    case = Case.objects.lock(case)
    if not Case.objects.open().filter(pk=case.pk).exists():
        raise Refused("This case is closed. Reopen it first.")
    before = Triage.objects.standing().filter(case=case).first()
    if before and (before.scheme, before.code) == (judgment.scheme, judgment.code):
        raise Refused(f"Code {judgment.code} stands already.")
    if before:
        Triage.objects.filter(pk=before.pk).update(ends_at=at)
    made = Triage.objects.create(
        circle=case.circle, case=case, scheme=judgment.scheme, version=judgment.version, code=judgment.code,
        urgency=judgment.urgency, answers=dict(judgment.answers), reasons=judgment.reasons, by=by.user, starts_at=at,
    )  # fmt: skip
    _restart(case, judgment, at=at, by=by)
    record(
        judgment.news(case.pk, replaced=before.code if before else ""),
        about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def read_danger(case: Case, *, to: str, level: str, words: str, at: datetime, by: Actor) -> Danger:
    """Read a danger anew; the reading before ends and stays readable.

    Raises:
        Refused: whose danger, or how likely, is not known.
    """
    by.must("cases.work", case.circle)
    case = Case.objects.lock(case)
    if to not in Danger.To.values or level not in Danger.Level.values:
        raise Refused("Say to whom the danger is, and whether it is none, possible, likely or now.")
    Danger.objects.standing().filter(case=case, to=to).update(ends_at=at)
    danger = Danger.objects.create(
        circle=case.circle, case=case, to=to, level=level, words=words.strip(), by=by.user, starts_at=at
    )
    record(
        DangerRead(case_id=case.pk, to=to, level=level),
        about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return danger


def _restart(case: Case, judgment: Judgment, *, at: datetime, by: Actor) -> None:
    stop_kind([FIRST_CONTACT], about=case.pk, how=Clock.Ended.REPLACED, at=at, by=by)
    if judgment.limit is None:
        stop_kind([TRIAGE_RESPONSE], about=case.pk, how=Clock.Ended.REPLACED, at=at, by=by)
        return
    promise = Promise(kind=TRIAGE_RESPONSE, about=case.pk, started_at=at, limit=judgment.limit)
    replace(promise, circle=case.circle, episode=case.pk, at=at, by=by)
