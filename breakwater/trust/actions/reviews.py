"""Access reviews: look at everybody who works here, and say whether they still should."""

from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import not_before, refuse_if
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.events import AccessAnswered, AccessReviewBegun, AccessReviewFinished
from breakwater.trust.house import HOUSE
from breakwater.trust.journal import record
from breakwater.trust.models import AccessAnswer, AccessReview, Agency, Appointment, Suspension

CONFIRMED = AccessAnswer.Answer.CONFIRMED


@transaction.atomic
def begin_review(*, at: datetime, by: Actor) -> AccessReview:
    """Begin to look at everybody who works here now.

    Raises:
        Overtaken: a review is running already.
    """
    by.must("trust.confirm_access")
    due_at = at + HOUSE.answer_within
    with refuse_if("one_running_access_review_per_agency", "A review is running already. Finish it first."):
        review = AccessReview.objects.create(agency=by.agency, by=by.user, starts_at=at, due_at=due_at)
    record(AccessReviewBegun(review_id=review.pk, due_at=due_at), about=review.pk, by=by, at=at)
    return review


def begin_review_when_due(*, at: datetime, by: Actor) -> AccessReview | None:
    """Begin a review when the last one began long enough ago, and none is running."""
    last = AccessReview.objects.filter(agency=by.agency_id).order_by("-starts_at").first()
    if last and last.ends_at is None:
        return None
    since = last.starts_at if last else by.agency.founded_at
    return begin_review(at=at, by=by) if since + HOUSE.review_every <= at else None


def begin_reviews_when_due(*, at: datetime) -> int:
    """Begin a review at every agency where one is due, but for those that are suspended. Returns how many."""
    begun = 0
    for agency in Agency.objects.exclude(suspensions__in=Suspension.objects.standing()).order_by("pk"):
        with acting(system_for(agency, now=at)) as itself:
            begun += begin_review_when_due(at=at, by=itself) is not None
    return begun


@transaction.atomic
def confirm(review: AccessReview, appointment: Appointment, *, at: datetime, by: Actor) -> AccessAnswer:
    """Say that somebody still works here, and still as this.

    Raises:
        Refused: they speak for themselves, or for whom they appointed themselves; or it was answered already.
    """
    by.must("trust.confirm_access")
    review = AccessReview.objects.select_for_update().get(pk=review.pk)
    if not review.waiting().filter(pk=appointment.pk).exists():
        raise Refused("This was answered already, or is not part of this review.")
    if appointment.user_id == by.user_id:
        raise Refused("Nobody confirms their own appointment. Ask a colleague.")
    if by.user_id is not None and appointment.by_id == by.user_id and not _was_confirmed(appointment):
        raise Refused("You appointed them. A second person confirms it the first time.")
    return _answer(review, appointment, CONFIRMED, at=at, by=by)


def answer_for(appointment: Appointment, answer: str, *, at: datetime, by: Actor) -> None:
    """Whoever changes or ends an appointment has answered for it in the review that is running."""
    review = AccessReview.objects.select_for_update().filter(agency=by.agency_id, ends_at=None).first()
    if review and review.waiting().filter(pk=appointment.pk).exists():
        _answer(review, appointment, answer, at=at, by=by)


def _was_confirmed(appointment: Appointment) -> bool:
    return AccessAnswer.objects.filter(appointment=appointment, answer=CONFIRMED).exists()


def _answer(
    review: AccessReview, appointment: Appointment, answer: str, *, at: datetime, by: Actor
) -> AccessAnswer:
    made = AccessAnswer.objects.create(
        agency=by.agency, review=review, appointment=appointment, answer=answer, by=by.user, at=at
    )
    told = AccessAnswered(review_id=review.pk, appointment_id=appointment.pk, answer=answer)
    record(told, about=appointment.user_id, by=by, at=at)
    if not review.waiting().exists():
        AccessReview.objects.filter(pk=review.pk).update(ends_at=not_before(at))
        record(AccessReviewFinished(review_id=review.pk), about=review.pk, by=by, at=at)
    return made
