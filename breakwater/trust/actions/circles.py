"""Open a circle of care, and hold it while something leaves it."""

from datetime import datetime

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest, Least

from breakwater.trust.access import Actor
from breakwater.trust.library import segments_of
from breakwater.trust.models import Circle, Grant, Information, Segment


def hold_circle(circle: Circle) -> Circle:
    """The circle, read again and held until the act ends.

    Whatever leaves it holds it, and so does whoever withdraws a consent, refuses that somebody is told, or protects it:
    one waits for the other, and nothing leaves after the answer that it may not. It is held before a case in it is.
    """
    return Circle.objects.select_for_update(of=("self",), no_key=True).get(pk=circle.pk)


def from_now_on(at: datetime) -> Greatest:
    """The moment from which a standing ends: no later than now by the clock of the database too, which the wall asks.

    Another server may have written a moment ahead of ours when it began: then it ends with its beginning.
    """
    return Greatest(F("starts_at"), Least(Value(at), TransactionNow()))


@transaction.atomic
def open_circle(*, at: datetime, by: Actor) -> Circle:
    """A new circle for one person, with the actor's agency standing in it because it cares for them.

    ``at`` may lie in the past, when a person asked before anybody wrote it down; the standing starts no later
    than now, by the clock of the database too: the wall asks that one, and it may be a little behind ours.
    """
    by.must("cases.take_in")
    circle = Circle.objects.create(opened_by=by.agency, opened_at=at, segments=segments_of(by.agency))
    starts_at = Least(Value(min(at, by.now)), TransactionNow())
    Grant.objects.create(
        circle=circle, agency=by.agency, basis=Grant.Basis.CARE, information=list(Information), segments=list(Segment),
        starts_at=starts_at, given_by=by.user,
    )  # fmt: skip
    by.has_joined(circle.pk)
    return circle
