"""Somebody spoke with the person, or was with them: what that ends."""

from datetime import datetime

from breakwater.cases.actions.holding import keep_held
from breakwater.cases.models import Attempt, Case, FollowUp, Note
from breakwater.cases.rules import is_follow_up, stopped_by
from breakwater.clocks.actions import stop
from breakwater.clocks.models import Clock
from breakwater.trust.access import Actor


def reached(case: Case, *, contact: str, happened_at: datetime, at: datetime, by: Actor) -> None:
    """The person was reached: the first clocks stop, and so does every check-in that was about due.

    A call on the second day is also the check-in that was owed for that day; a call an hour after intake is not the
    check-in of next week. A check-in fits from the moment its clock begins to be due soon.

    Args:
        contact: which kind of contact; see ``rules.stopped_by``.
    """
    first = stopped_by(contact)
    running = Clock.objects.running().of(case.pk).filter(started_at__lte=happened_at).select_related("circle")
    for clock in running:
        if is_follow_up(clock.kind) and clock.due_soon_at <= happened_at:
            _keep(case, clock, happened_at=happened_at, by=by)
        elif clock.kind not in first:
            continue
        stop(clock, how=Clock.Ended.MET, at=happened_at, by=by)
    keep_held(case.pk, circle=case.circle, at=at, by=by)


def is_spoken_with(case: Case, *, since: datetime) -> bool:
    """Whether anybody spoke with the person since a moment: in a contact, or when they were tried."""
    if Note.objects.filter(case=case, happened_at__gte=since).contacts().exists():
        return True
    return Attempt.objects.spoke().filter(follow_up__case=case, at__gte=since).exists()


def how(tried: Attempt) -> str:
    """What kind of contact a try was: being there, or speaking from afar."""
    return Note.Kind.VISIT if tried.is_meeting else Note.Kind.CALL


def _keep(case: Case, clock: Clock, *, happened_at: datetime, by: Actor) -> None:
    """End the follow-up that a contact has kept, and write the contact down among its attempts."""
    for owed in FollowUp.objects.standing().filter(case=case, kind=clock.kind):
        Attempt(
            circle=case.circle, follow_up=owed, outcome=Attempt.Outcome.REACHED, at=happened_at, by=by.user
        ).save(force_insert=True)
        FollowUp.objects.filter(pk=owed.pk).update(
            ends_at=max(happened_at, owed.starts_at), ended_how=FollowUp.Ended.REACHED
        )
