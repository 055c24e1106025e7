"""Close and reopen."""

from datetime import datetime

from django.db import transaction

from breakwater.cases.actions.intake import start_clocks
from breakwater.cases.events import CaseClosed, CaseReopened
from breakwater.cases.models import Assignment, Attempt, Case, Closure, FollowUp, Note, Triage
from breakwater.cases.rules import blocking, in_words, why_not_lost
from breakwater.clocks.actions import stop
from breakwater.clocks.library import LABELS, profile
from breakwater.clocks.models import Clock
from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@transaction.atomic
def close_case(case: Case, *, outcome: str, what_worked: str, at: datetime, by: Actor) -> Closure:
    """End the episode, with the clocks that its ending excuses and with its owner's accountability.

    Raises:
        Refused: a clock runs that this ending does not excuse (a referral, a bed, a step or a hand-off among them),
            or the person may not be called lost yet.
        Overtaken: it is closed already.
    """
    by.must("cases.close", case.circle)
    case = Case.objects.lock(case)
    running = list(Clock.objects.running().in_episode(case.pk).select_related("circle"))
    if hanging := blocking([clock.kind for clock in running], outcome=outcome):
        names = in_words([f"“{LABELS.get(kind, kind)}”" for kind in dict.fromkeys(hanging)])
        raise Refused(f"Still running: {names}. Finish or stop {'these' if len(hanging) > 1 else 'this'} first.")
    if outcome == Closure.Outcome.LOST and (reason := _why_not_lost(case)):
        raise Refused(reason)
    with refuse_if("one_standing_closure_per_case", "This case is closed already."):
        closure = Closure.objects.create(
            circle=case.circle, case=case, outcome=outcome, what_worked=what_worked.strip(), by=by.user, starts_at=at
        )
    for clock in running:
        stop(clock, how=Clock.Ended.CLOSED, at=at, by=by)
    FollowUp.objects.standing().filter(case=case).update(ends_at=at, ended_how="canceled")
    Assignment.objects.standing().filter(case=case).update(ends_at=at)
    record(
        CaseClosed(case_id=case.pk, outcome=outcome), about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at
    )
    return closure


@transaction.atomic
def reopen_case(case: Case, *, because: str, at: datetime, by: Actor) -> Case:
    """Go on with an episode: whoever reopens it is accountable, and every first clock runs again from now.

    Raises:
        Refused: it is open, or nothing is said about why.
    """
    by.must("cases.close", case.circle)
    case = Case.objects.lock(case)
    if not because.strip():
        raise Refused("Say why it is opened again.")
    closure = Closure.objects.standing().filter(case=case).first()
    if closure is None:
        raise Refused("This case is open already.")
    if at < closure.starts_at:
        raise Refused("A case cannot be opened again before it was closed.")
    Closure.objects.filter(pk=closure.pk).update(
        ends_at=at, reopened_by=by.user, reopened_because=because.strip()
    )
    Assignment.objects.create(
        circle=case.circle, case=case, agency=case.agency, worker=by.user, unit=case.unit, by=by.user, starts_at=at
    )
    Triage.objects.standing().filter(case=case).update(ends_at=at)
    asked_at, case.asked_at = case.asked_at, at
    start_clocks(case, judgment=None, is_queued=by.user is None, at=at, by=by)
    case.asked_at = asked_at
    record(CaseReopened(case_id=case.pk), about=case.pk, circle=case.circle, episode=case.pk, by=by, at=at)
    return case


def _why_not_lost(case: Case) -> str:
    rule = profile(case.agency.profile).lost
    tried = Attempt.objects.filter(follow_up__case=case).exclude(outcome=Attempt.Outcome.REACHED)
    reached = Note.objects.filter(case=case).contacts().order_by("-happened_at").first()
    return why_not_lost(
        list(tried.values_list("at", flat=True)), needed=rule.attempts, over=rule.over,
        last_reached=reached.happened_at if reached else None,
    )  # fmt: skip
