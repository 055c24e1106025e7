from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from breakwater.trust.access import Request
from breakwater.trust.actions.reviews import begin_review, confirm
from breakwater.trust.house import HOUSE
from breakwater.trust.journal import see_shared
from breakwater.trust.models import AccessAnswer, AccessReview, Appointment
from breakwater.ui.jinja import url
from breakwater.ui.pages import page, see_other

_MOST = 20


def reviews(request: Request) -> HttpResponse:
    """The access reviews, the newest first; begin one."""
    request.actor.must("trust.confirm_access")
    if request.method == "POST":
        begun = begin_review(at=request.now, by=request.actor)
        return see_other(request, url("administration:review", begun.pk))
    found = list(AccessReview.objects.visible_to(request.actor).order_by("-starts_at")[:_MOST])
    is_running = bool(found) and found[0].ends_at is None
    since = found[0].starts_at if found else request.actor.agency.founded_at
    return page(
        request, "administration/reviews.html", here="reviews", reviews=found, is_running=is_running, most=_MOST,
        next_at=since + HOUSE.review_every, every=HOUSE.review_every, within=HOUSE.answer_within,
    )  # fmt: skip


def review(request: Request, review_id: UUID) -> HttpResponse:
    """Everybody who worked here when it began, and the answer for each: who gave it, and when."""
    found = _seen(request, review_id)
    answers = AccessAnswer.objects.filter(review=found).select_related("by").defer("by__password")
    given = {one.appointment_id: one for one in answers}
    covered = found.covers().select_related("user", "unit", "own_role").defer("user__password")
    rows = [(one, given.get(one.pk)) for one in covered.order_by("user__name", "pk")]
    return page(
        request, "administration/review.html", review=found, is_late=found.is_late(request.now),
        waiting=[one for one, answer in rows if answer is None],
        answered=[(one, answer) for one, answer in rows if answer is not None],
    )  # fmt: skip


@require_POST
def confirming(request: Request, review_id: UUID, appointment_id: UUID) -> HttpResponse:
    """Somebody still works here, and still as this."""
    found = _seen(request, review_id)
    appointment = see_shared(Appointment, appointment_id, by=request.actor)
    confirm(found, appointment, at=request.now, by=request.actor)
    return see_other(request, url("administration:review", found.pk))


def _seen(request: Request, review_id: UUID) -> AccessReview:
    found = see_shared(AccessReview, review_id, by=request.actor, related=("by",))
    request.actor.must("trust.confirm_access")
    return found
