"""Open a circle of care; let an agency in; let it out."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest, Least

from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor
from breakwater.trust.events import AgencyLeftCircle, AgencyLetIn
from breakwater.trust.journal import record
from breakwater.trust.library import segments_of
from breakwater.trust.models import Agency, Circle, Grant, Information, Segment


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


@transaction.atomic
def let_in(
    circle: Circle,
    *,
    agency: Agency,
    until: datetime | None,
    at: datetime,
    by: Actor,
    information: Collection[str] = tuple(Information.values),
) -> Grant:
    """Let another agency care for the person beside ours: it reads and writes, except what a law protects.

    Raises:
        Refused: a law protects the whole circle; it opens by the person's own consent.
        Overtaken: it already stands there.
    """
    by.must("trust.share", circle)
    circle = hold_circle(circle)
    if circle.segments:
        raise Refused("A law protects this record. Another agency is let in by the person's own consent.")
    with refuse_if("one_open_grant_per_agency_and_basis", f"{agency} already stands in this circle."):
        grant = Grant.objects.create(
            circle=circle, agency=agency, basis=Grant.Basis.CARE, information=sorted(information), starts_at=at,
            ends_at=until, given_by=by.user,
        )  # fmt: skip
    record(
        AgencyLetIn(grant_id=grant.pk, agency_id=agency.pk, basis=grant.basis),
        about=grant.pk,
        circle=circle,
        by=by,
        at=at,
    )
    return grant


@transaction.atomic
def let_out(circle: Circle, *, agency: Agency, at: datetime, by: Actor) -> None:
    """End every standing of another agency in a circle, from this moment.

    Raises:
        Refused: an agency cannot put itself out, nor the one that opened the circle: its open case would lose
            its owner.
    """
    by.must("trust.share", circle)
    if agency.pk == circle.opened_by_id != by.agency_id:
        raise Refused(f"{agency} opened this circle. It leaves by closing its case or handing it over.")
    if agency.pk == by.agency_id:
        raise Refused("Your own agency cannot leave the circle here. Close or hand over its case first.")
    hold_circle(circle)
    standing = Grant.objects.filter(circle=circle, agency=agency).exclude(ends_at__lte=at)
    if not standing.update(ends_at=from_now_on(at)):
        raise Refused(f"{agency} does not stand in this circle.")
    record(AgencyLeftCircle(agency_id=agency.pk), about=circle.pk, circle=circle, by=by, at=at)
