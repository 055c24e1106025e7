"""Follow-up: attempts with outcomes, safe-contact rules obeyed, and the next contact booked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from breakwater.cases.actions.contact import how, reached
from breakwater.cases.actions.holding import held, keep_held
from breakwater.cases.actions.moments import happened
from breakwater.cases.actions.notes import Telling, add_note
from breakwater.cases.events import CallAsked, FollowUpAttempted, NextContactBooked
from breakwater.cases.judging import is_early
from breakwater.cases.models import SPOKE, Attempt, Case, FollowUp, Note
from breakwater.cases.models.chronology import AGREED
from breakwater.cases.rules import CALL_ASKED, NEXT_CONTACT, why_not_to_be_used
from breakwater.clocks.actions import Promise, replace, start, stop_kind
from breakwater.clocks.library import profile
from breakwater.clocks.models import Clock
from breakwater.kernel.db import not_before
from breakwater.kernel.errors import Refused
from breakwater.people.actions.reach import end_what_does_not_work
from breakwater.people.models import ContactPoint
from breakwater.trust.access import Actor
from breakwater.trust.journal import record

FURTHEST = timedelta(days=366)
"""A contact booked later than this is a slip of the hand in the year."""


@dataclass(frozen=True, kw_only=True)
class Try:
    """A try to reach somebody, as it is told.

    Args:
        contact_point: which way was used; ``None`` in person, or in a way that is not written down.
        in_person: somebody went there: only being with them is the response that a code promises.
        asked_first: it was made sure that a way not known to be safe may be used.
        happened_at: when it was, where that was before it is written down.
    """

    outcome: str
    words: str = ""
    contact_point: ContactPoint | None = None
    in_person: bool = False
    asked_first: bool = False
    happened_at: datetime | None = None


@transaction.atomic
def attempt(follow_up: FollowUp, told: Try, *, at: datetime, by: Actor) -> Attempt:
    """Somebody tried to reach the person. Reached ends the follow-up, declined ends all; anything else leaves it owed.

    So does a contact that comes early: it counts as one, and the check-in is owed all the same (``came_early``). Clocks
    stop as of when they were tried: written down late, a promise that was kept is kept. A way that does not work ends:
    a stranger may have the number now, and would read what is sent there.

    Raises:
        Refused: it is not owed any more, the contact point is not safe to use like this, or it cannot have been then.
    """
    by.must("cases.work", follow_up.circle)
    case = held(follow_up.case, by=by)
    follow_up = FollowUp.objects.lock(follow_up)
    if reason := _why_not_tried(case, follow_up, told):
        raise Refused(reason)
    then = happened(told.happened_at, since=follow_up.starts_at, at=at)
    made = Attempt(
        circle=case.circle, follow_up=follow_up, contact_point=told.contact_point, in_person=told.in_person,
        outcome=told.outcome, words=told.words, at=then, by=by.user,
    )  # fmt: skip
    made.save(force_insert=True)
    record(
        FollowUpAttempted(case_id=case.pk, follow_up_id=follow_up.pk, outcome=made.outcome),
        about=made.pk, circle=case.circle, episode=case.pk, by=by, at=then,
    )  # fmt: skip
    if made.contact_point and made.outcome == Attempt.Outcome.WRONG_NUMBER:
        end_what_does_not_work(made.contact_point, at=at, by=by)
    if made.outcome in SPOKE:
        _end(case, *_kept_by(case, follow_up, made.outcome, at=then), at=then, by=by)
        reached(case, contact=how(made), happened_at=then, at=at, by=by)
    return made


@transaction.atomic
def book_next_contact(case: Case, *, due_at: datetime, agreed: str = "", at: datetime, by: Actor) -> FollowUp:
    """Promise the next contact by a moment. A booking before it is replaced.

    Args:
        agreed: what was agreed on with them, for the chronology.

    Raises:
        Refused: the moment has passed, or lies more than a year ahead; or the case is closed.
    """
    by.must("cases.work", case.circle)
    case = held(case, by=by)
    if reason := _why_not_then(due_at, at=at):
        raise Refused(reason, fields={"due_at": reason})
    booked = FollowUp.objects.standing().filter(case=case, kind=NEXT_CONTACT)
    booked.update(ends_at=not_before(at), ended_how=FollowUp.Ended.MOVED)
    made = FollowUp(
        circle=case.circle, case=case, kind=NEXT_CONTACT, planned_for=due_at, by=by.user, starts_at=at
    )
    made.save(force_insert=True)
    promise = Promise(kind=NEXT_CONTACT, about=case.pk, started_at=at, until=due_at)
    replace(promise, circle=case.circle, episode=case.pk, at=at, by=by)
    record(
        NextContactBooked(case_id=case.pk, follow_up_id=made.pk, due_at=due_at),
        about=made.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    if agreed.strip():
        add_note(
            case, Telling(kind=Note.Kind.NOTE, words=agreed, happened_at=at, what_for=AGREED), at=at, by=by
        )
    return made


@transaction.atomic
def ask_to_be_called(case: Case, *, at: datetime, by: Actor) -> FollowUp:
    """The person asks to be in touch: whoever answers for the case tries, as it is safe, by the profile's limit.

    Asked again before somebody tried, it is still the same.

    Raises:
        Refused: the case is closed.
    """
    by.must("cases.work", case.circle)
    case = held(case, by=by)
    if owed := FollowUp.objects.standing().filter(case=case, kind=CALL_ASKED).first():
        return owed
    promise = Promise(kind=CALL_ASKED, about=case.pk, started_at=at)
    clock = start(promise, circle=case.circle, episode=case.pk, at=at, by=by)
    made = FollowUp(
        circle=case.circle, case=case, kind=CALL_ASKED, planned_for=clock.due_at, by=by.user, starts_at=at
    )
    made.save(force_insert=True)
    record(
        CallAsked(case_id=case.pk, follow_up_id=made.pk, due_at=clock.due_at),
        about=made.pk, circle=case.circle, episode=case.pk, by=by, at=at,
    )  # fmt: skip
    return made


def _kept_by(case: Case, follow_up: FollowUp, outcome: str, *, at: datetime) -> tuple[list[FollowUp], str]:
    """Which check-ins a contact ends: this one; every one, when they decline; none, when it came early."""
    if outcome == Attempt.Outcome.DECLINED:
        return list(FollowUp.objects.standing().filter(case=case)), FollowUp.Ended.DECLINED
    return [] if came_early(case, follow_up, at=at) else [follow_up], FollowUp.Ended.REACHED


def came_early(case: Case, follow_up: FollowUp, *, at: datetime) -> bool:
    """Whether a contact now comes before a check-in of the schedule, and not in its place.

    Who spoke with somebody minutes after intake does not know how the night went. What was booked, or asked for by the
    person themselves, is kept whenever they are reached. Counted from when it was promised: of a case that was opened
    again, that is then.
    """
    rules = profile(case.agency.profile)
    if follow_up.kind not in rules.schedule:
        return False
    clock = Clock.objects.running().of(case.pk).filter(kind=follow_up.kind).first()
    since = clock.started_at if clock else follow_up.starts_at
    return is_early(at, since=since, due_at=follow_up.planned_for, share=rules.care.early)


def _why_not_then(due_at: datetime, *, at: datetime) -> str:
    if due_at <= at:
        return "The next contact lies in the future."
    return "The next contact is within a year. Check the year." if due_at - at > FURTHEST else ""


def _why_not_tried(case: Case, follow_up: FollowUp, told: Try) -> str:
    point = told.contact_point
    if told.outcome not in Attempt.Outcome.values:
        return "Say what came of it."
    if follow_up.ends_at is not None:
        return "This follow-up is not owed any more."
    if point is None:
        return ""
    if point.person_id != case.person_id:
        return "This is not a way to reach this person."
    if point.ends_at is not None:
        return "This way to reach them holds no longer. Use another."
    return why_not_to_be_used(point.safety, told.outcome, asked_first=told.asked_first)


def _end(case: Case, owed: list[FollowUp], how: str, *, at: datetime, by: Actor) -> None:
    """End follow-ups and their clocks."""
    for one in owed:
        FollowUp.objects.filter(pk=one.pk).update(ends_at=max(at, one.starts_at), ended_how=how)
    kinds = [one.kind for one in owed]
    stop_kind(kinds, about=case.pk, how=Clock.Ended.MET, at=at, by=by)


__all__ = ["Try", "attempt", "book_next_contact", "keep_held"]
