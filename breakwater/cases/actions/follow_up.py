"""Follow-up: attempts with outcomes, safe-contact rules obeyed, and the next contact booked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.cases.events import FollowUpAttempted, NextContactBooked
from breakwater.cases.models import Attempt, Case, FollowUp
from breakwater.cases.rules import NEXT_CONTACT, REACHED
from breakwater.clocks.actions import Promise, replace, start, stop_kind
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Refused
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Actor
from breakwater.trust.journal import record
from breakwater.trust.models import Circle

_ENDS = {Attempt.Outcome.REACHED: "reached", Attempt.Outcome.DECLINED: "declined"}


@transaction.atomic
def attempt(
    follow_up: FollowUp, *, outcome: str, words: str, contact_point: ContactPoint | None, at: datetime, by: Actor
) -> Attempt:
    """Somebody tried to reach the person. Reached or declined ends the follow-up; anything else leaves it owed.

    Raises:
        Refused: it is not owed any more, or the contact point is not safe to use.
    """
    by.must("cases.work", follow_up.circle)
    held = FollowUp.objects.select_for_update(of=("self", "case"))
    follow_up = held.select_related("case", "circle").get(pk=follow_up.pk)
    if follow_up.ends_at is not None:
        raise Refused("This follow-up is not owed any more.")
    if contact_point and contact_point.safety == ContactPoint.Safety.UNSAFE:
        raise Refused("This way to reach them is marked as not safe. Use another, or correct the mark first.")
    made = Attempt(
        circle=follow_up.circle, follow_up=follow_up, contact_point=contact_point, outcome=outcome,
        words=words.strip(), at=at, by=by.user,
    )  # fmt: skip
    made.save(force_insert=True)
    record(
        FollowUpAttempted(case_id=follow_up.case_id, follow_up_id=follow_up.pk, outcome=outcome),
        about=follow_up.pk, circle=follow_up.circle, episode=follow_up.case_id, by=by, at=at,
    )  # fmt: skip
    if outcome in _ENDS:
        _end(follow_up, how=_ENDS[Attempt.Outcome(outcome)], at=at, by=by)
    return made


@transaction.atomic
def book_next_contact(case: Case, *, due_at: datetime, at: datetime, by: Actor) -> FollowUp:
    """Promise the next contact by a moment. A booking before it is replaced.

    Raises:
        Refused: the moment has passed.
    """
    by.must("cases.work", case.circle)
    case = Case.objects.lock(case)
    if due_at <= at:
        raise Refused("The next contact lies in the future.")
    FollowUp.objects.standing().filter(case=case, kind=NEXT_CONTACT).update(ends_at=at, ended_how="canceled")
    made = FollowUp.objects.create(
        circle=case.circle, case=case, kind=NEXT_CONTACT, planned_for=due_at, by=by.user, starts_at=at
    )
    promise = Promise(kind=NEXT_CONTACT, about=case.pk, started_at=at, until=due_at)
    replace(promise, circle=case.circle, episode=case.pk, at=at, by=by)
    record(
        NextContactBooked(case_id=case.pk, follow_up_id=made.pk, due_at=due_at),
        about=made.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return made


def keep_held(case_id: UUID, *, circle: Circle, at: datetime, by: Actor) -> FollowUp | None:
    """Promise the next contact when an open case would be left without a running clock. ``None`` when one runs.

    The caller holds the case, so that two last promises cannot end at once.
    """
    if Clock.objects.running().in_episode(case_id).exists():
        return None
    if not Case.objects.open().filter(pk=case_id).exists():
        return None
    promise = Promise(kind=NEXT_CONTACT, about=case_id, started_at=at)
    due_at = start(promise, circle=circle, episode=case_id, at=at, by=by).due_at
    return FollowUp.objects.create(
        circle=circle, case_id=case_id, kind=NEXT_CONTACT, by=by.user, starts_at=at, planned_for=due_at
    )


def _end(follow_up: FollowUp, *, how: str, at: datetime, by: Actor) -> None:
    """End a follow-up and its clock. A case that would be left without a promise gets the next one by itself."""
    FollowUp.objects.filter(pk=follow_up.pk).update(ends_at=max(at, follow_up.starts_at), ended_how=how)
    stopped = [follow_up.kind, *(REACHED if how == "reached" else ())]
    stop_kind(stopped, about=follow_up.case_id, how=Clock.Ended.MET, at=at, by=by)
    keep_held(follow_up.case_id, circle=follow_up.circle, at=at, by=by)
