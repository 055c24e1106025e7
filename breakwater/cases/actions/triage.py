"""Triage and triage again. A code opens its clock; a new code replaces it, and says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from breakwater.cases.actions.contact import is_spoken_with
from breakwater.cases.actions.holding import held, keep_held, taken_in_at
from breakwater.cases.actions.screening import read_danger
from breakwater.cases.events import CaseTriaged
from breakwater.cases.judging import why_code_needs_a_reason
from breakwater.cases.models import Case, Danger, Triage
from breakwater.cases.rules import FIRST_CONTACT, TRIAGE_RESPONSE
from breakwater.cases.schemes import axis_total, scheme
from breakwater.clocks.actions import Promise, start, stop_kind
from breakwater.clocks.library import profile
from breakwater.clocks.models import Clock
from breakwater.clocks.rules import due_at
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
    fits: str = "now"
    reasons: str = ""
    answers: Mapping[str, int] = field(default_factory=dict)

    def news(self, case_id: UUID, *, replaced: str = "") -> CaseTriaged:
        """What the journal says of it."""
        return CaseTriaged(
            case_id=case_id, scheme=self.scheme, version=self.version, code=self.code, replaced=replaced
        )

    def row(self, case: Case, *, at: datetime, by: Actor) -> Triage:
        """The row that stands for it, not yet written."""
        return Triage(
            circle=case.circle, case=case, scheme=self.scheme, version=self.version, code=self.code,
            urgency=self.urgency, answers=dict(self.answers), reasons=self.reasons, by=by.user, starts_at=at,
        )  # fmt: skip


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
        fits=found.fits, reasons=reasons, answers=answers or {},
    )  # fmt: skip


@transaction.atomic
def triage_case(case: Case, judgment: Judgment, *, at: datetime, by: Actor) -> Triage:
    """Set a code. The response clock counts from now; the clock of the code before is replaced.

    The same code again is a new judgment too, when it has new reasons: the person was looked at anew, and the promise
    of the code counts anew only when the code changes.

    Raises:
        Refused: the case is closed, the same code stands already for the same reasons, or nothing is said about why a
            code is calmer than a danger, or than the code before.
    """
    by.must("cases.triage", case.circle)
    case = held(case, by=by)
    before = Triage.objects.standing().filter(case=case).first()
    is_same = before is not None and (before.scheme, before.code) == (judgment.scheme, judgment.code)
    if before and is_same and judgment.reasons in ("", before.reasons):
        raise Refused(f"Code {judgment.code} stands already. Say what is new, or choose another code.")
    if sentence := _why_a_reason(case, judgment, before):
        raise Refused(sentence)
    if before:
        Triage.objects.filter(pk=before.pk).update(ends_at=max(at, before.starts_at))
    made = judgment.row(case, at=at, by=by)
    made.save(force_insert=True)
    record(
        judgment.news(case.pk, replaced=before.code if before and not is_same else ""),
        about=made.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    if not is_same:
        _restart(case, judgment, at=at, by=by)
    return made


def _why_a_reason(case: Case, judgment: Judgment, before: Triage | None) -> str:
    """Why a code needs more than its letter: a danger is greater, or somebody waits longer for us than promised."""
    if judgment.reasons.strip():
        return ""
    dangers = Danger.objects.levels_of(case)
    promised = scheme(before.scheme).code(before.code).limit if before else None
    is_calmer = promised is not None and (judgment.limit is None or judgment.limit > promised)
    return why_code_needs_a_reason(judgment.code, judgment.fits, dangers, is_calmer=is_calmer)


def first_promises(case: Case, judgment: Judgment | None, *, since: datetime, by: Actor) -> list[Promise]:
    """Being with the person by when the code says, and speaking with them sooner, where that visit may come later.

    Whoever asked is spoken with by the same moment whatever the code: one that lets them wait four weeks for a visit
    lets nobody wait four weeks for a word.
    """
    speaking = Promise(kind=FIRST_CONTACT, about=case.pk, started_at=since)
    if judgment is None or judgment.limit is None:
        return [speaking]
    visit = Promise(kind=TRIAGE_RESPONSE, about=case.pk, started_at=since, limit=judgment.limit)
    limit = profile(by.agency.profile).spec(FIRST_CONTACT).limit
    is_sooner = limit is None or since + judgment.limit <= due_at(limit, since, zone=by.zone)
    return [visit] if is_sooner else [visit, speaking]


def _restart(case: Case, judgment: Judgment, *, at: datetime, by: Actor) -> None:
    """The visit of the new code, in place of the one before. That somebody speaks with them stays promised.

    Where only the visit of the code before stood for it, and nobody spoke with them yet, it is promised from now.
    """
    stop_kind([TRIAGE_RESPONSE], about=case.pk, how=Clock.Ended.REPLACED, at=at, by=by)
    for promise in first_promises(case, judgment, since=at, by=by):
        if promise.kind == TRIAGE_RESPONSE or not _has_a_word(case):
            start(promise, circle=case.circle, episode=case.pk, at=at, by=by)
    keep_held(case.pk, circle=case.circle, at=at, by=by)


def _has_a_word(case: Case) -> bool:
    """Whether somebody spoke with the person in this episode, or a clock runs until somebody does."""
    last = Clock.objects.in_episode(case.pk).filter(kind=FIRST_CONTACT).order_by("-started_at").first()
    if last and (last.ended_at is None or last.ended_how == Clock.Ended.MET):
        return True
    return is_spoken_with(case, since=taken_in_at(case))


__all__ = ["Judgment", "first_promises", "judge", "read_danger", "triage_case"]
