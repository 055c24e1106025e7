"""The promises of an episode that begins: at intake, and again when it is reopened."""

from collections.abc import Iterable
from datetime import datetime

from breakwater.cases.actions.triage import Judgment, first_promises
from breakwater.cases.judging import PRESSING
from breakwater.cases.models import Case, FollowUp
from breakwater.cases.rules import DUTY_QUEUE, RESCREEN, STABILIZATION
from breakwater.clocks.actions import Promise, start_all
from breakwater.clocks.library import profile
from breakwater.trust.access import Actor


def begin(
    case: Case,
    *,
    asked_at: datetime,
    judgment: Judgment | None,
    levels: Iterable[str],
    is_queued: bool,
    at: datetime,
    by: Actor,
) -> None:
    """Start every clock of an episode in two statements, and owe its follow-ups.

    Stabilization, the first response, the follow-ups and the next screening count from asking, not from typing: a
    crisis does not wait until somebody has written it down. The alarm of a duty queue counts from entering it.

    Args:
        levels: of the dangers that were read; one that presses is looked at again by a clock.
    """
    schedule = profile(by.agency.profile).schedule
    promises = [Promise(kind=STABILIZATION, about=case.pk, started_at=asked_at)]
    promises += first_promises(case, judgment, since=asked_at, by=by)
    if set(levels) & set(PRESSING):
        promises.append(Promise(kind=RESCREEN, about=case.pk, started_at=asked_at))
    if is_queued:
        promises.append(Promise(kind=DUTY_QUEUE, about=case.pk, started_at=at))
    promises += [Promise(kind=kind, about=case.pk, started_at=asked_at) for kind in schedule]
    clocks = start_all(promises, circle=case.circle, episode=case.pk, at=at, by=by)
    FollowUp.objects.bulk_create(
        FollowUp(
            circle=case.circle, case=case, kind=clock.kind, planned_for=clock.due_at, by=by.user, starts_at=at
        )
        for clock in clocks
        if clock.kind in schedule
    )
