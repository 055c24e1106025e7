"""An agency ends its own part in another's record, when nothing of its own is open there."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from breakwater.cases.models import Case
from breakwater.clocks.models import Clock
from breakwater.kernel.errors import Refused
from breakwater.kernel.text import Filled, Ours
from breakwater.referrals.models import Handoff, Placement, Referral, Round, Wait
from breakwater.trust.access import Actor
from breakwater.trust.actions.standing import hold_to_leave, leave_circle
from breakwater.trust.models import Circle


@transaction.atomic
def leave_record(circle: Circle, *, at: datetime, by: Actor) -> None:
    """One's own agency leaves the circle of another, from this moment. What it wrote stays, and the other is told.

    Raises:
        Refused: it is its own record, or the agency has something open there: every one is named.
        Overtaken: it does not stand there, or left already.
    """
    by.must("trust.share")
    circle = hold_to_leave(circle)
    if circle.opened_by_id != by.agency_id and (held := held_in(circle, by)):
        raise Refused(
            f"Something of yours is still open here: {', '.join(held)}. Close it or hand it over first."
        )
    leave_circle(circle, at=at, by=by)


def held_in(circle: Circle, by: Actor) -> list[str]:
    """What an agency has open in a circle, each in words: cases, beds, letters, and promises that run."""
    ours = Q(from_agency=by.agency_id) | Q(to_agency=by.agency_id)
    cases = Case.objects.open().held_by(by).in_circle(circle.pk).order_by("number")
    found: list[str] = [Filled("case {number}", number=one.number) for one in cases]
    beds = Placement.objects.standing().filter(Q(host=by.agency_id) | Q(agency=by.agency_id), circle=circle)
    some = (
        (beds, Ours("a bed")),
        (Referral.objects.waiting().filter(ours, circle=circle), Ours("a referral")),
        (Handoff.objects.waiting().filter(ours, circle=circle), Ours("a hand-off")),
        (Round.objects.open().filter(agency=by.agency_id, circle=circle), Ours("a round of beds")),
        (Wait.objects.open().filter(ours, circle=circle), Ours("a place on a waiting list")),
        (Clock.objects.running().of_agency(by.agency).in_circle(circle.pk), Ours("a promise that runs")),
    )
    return found + [words for question, words in some if question.exists()]
