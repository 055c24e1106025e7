"""Let another agency into a circle of care, leave it less, and let it out; and leave by oneself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import from_now_on, hold_circle
from breakwater.trust.actions.leaving import Leaving, Recipient, may_leave
from breakwater.trust.events import AgencyLeftCircle, AgencyLetIn, StandingNarrowed
from breakwater.trust.journal import record
from breakwater.trust.models import Agency, Circle, Consent, ConsentQuerySet, Grant, Leaves
from breakwater.trust.rules.law import LET_IN

_LEFT = "Your agency is out of this circle already."


@dataclass(frozen=True, kw_only=True)
class Guest:
    """An agency that is to stand in a circle beside the one whose record it is.

    Args:
        purpose: what for, of ``PURPOSES``.
        information: which kinds of information it may know.
        until: when that ends; ``None`` while it is needed, or as long as the consent holds on which it rests.
        what: why, in words, for the accounting of disclosures.
    """

    agency: Agency
    purpose: str
    information: frozenset[str]
    until: datetime | None
    what: str

    def leaving(self, about: UUID) -> Leaving:
        """The question before it is let in."""
        return Leaving(
            act=LET_IN, to=Recipient.of(self.agency), purpose=self.purpose, information=self.information,
            what=self.what, about=about,
        )  # fmt: skip


@transaction.atomic
def let_in(guest: Guest, *, circle: Circle, at: datetime, by: Actor) -> Grant:
    """Another agency stands in the circle from now.

    Who helps the person works there. Where a consent is what opens the record, it reads: no more than that consent
    says, and no longer than it holds.

    Raises:
        Unlawful: no law and no consent lets it in.
        Overtaken: it already stands there.
        Refused: it is not ours to let in, it would know nothing, or it would stand there longer than the consent.
    """
    by.must("trust.share", circle)
    circle = hold_circle(circle)
    _must_be_whole(guest, circle, at=at, by=by)
    grant = Grant(
        circle=circle, agency=guest.agency, basis=Grant.Basis.CARE, information=sorted(guest.information),
        starts_at=at, ends_at=guest.until, given_by=by.user,
    )  # fmt: skip
    permit = may_leave(guest.leaving(grant.pk), circle, at=at, by=by)
    if permit.consents:
        _rest_on(Consent.objects.filter(pk__in=permit.consents), grant, by=by)
    there = Grant.objects.filter(circle=circle, agency=guest.agency, basis=grant.basis)
    if there.exclude(ends_at__lte=at).exists():
        raise Overtaken(f"{guest.agency} already stands in this circle.")
    grant.save(force_insert=True)
    record(
        AgencyLetIn(grant_id=grant.pk, agency_id=guest.agency.pk, basis=grant.basis),
        about=grant.pk, circle=circle, to_agency=guest.agency, by=by, at=at,
    )  # fmt: skip
    return grant


@transaction.atomic
def narrow_standing(
    grant: Grant, *, information: frozenset[str], until: datetime | None, at: datetime, by: Actor
) -> Grant:
    """It may know less from now on, or stands there for a shorter time. Both standings stay written.

    Raises:
        Overtaken: it ended, or a colleague narrowed it meanwhile.
        Refused: it would know more than before, or nothing would change.
    """
    by.must("trust.share", grant.circle)
    circle = hold_circle(grant.circle)
    grant = Grant.objects.given().select_related("agency").get(pk=grant.pk)
    _must_be_ours(circle, by=by)
    if not grant.stands(at):
        raise Overtaken("This standing has ended, or a colleague narrowed it. Look again at who stands here.")
    if not information or not information <= set(grant.information) or _is_later(until, grant.ends_at):
        raise Refused(
            "Narrowing leaves less than before, and something. For more, let them out and in again."
        )
    _must_be_to_come(until, at=at)
    if information == set(grant.information) and until == grant.ends_at:
        raise Refused("Nothing would change. Leave something out, or choose an earlier day.")
    Grant.objects.filter(pk=grant.pk).update(ends_at=from_now_on(at))
    (ended,) = Grant.objects.filter(pk=grant.pk).values_list("ends_at", flat=True)
    less = Grant(
        circle=circle, agency=grant.agency, basis=grant.basis, consent_id=grant.consent_id, segments=grant.segments,
        information=sorted(information), starts_at=ended or at, ends_at=until, given_by=by.user,
    )  # fmt: skip
    less.save(force_insert=True)
    narrowed = StandingNarrowed(grant_id=less.pk, agency_id=less.agency_id)
    record(narrowed, about=less.pk, circle=circle, to_agency=less.agency, by=by, at=at)
    return less


@transaction.atomic
def let_out(circle: Circle, *, agency: Agency, at: datetime, by: Actor) -> None:
    """End every standing that another agency was given in a circle, from this moment.

    Raises:
        Overtaken: it is out already.
        Refused: it never stood there; it is the one that opened the circle, whose open case would lose its owner; or
            it is not ours to let out.
    """
    by.must("trust.share", circle)
    circle = hold_circle(circle)
    if agency.pk == by.agency_id:
        raise Refused(
            "Nobody lets their own agency out. It leaves by itself, from the page of who stands here."
        )
    if agency.pk == circle.opened_by_id:
        raise Refused(f"{agency} opened this circle. It leaves by closing its case or handing it over.")
    _must_be_ours(circle, by=by)
    given = Grant.objects.given().filter(circle=circle, agency=agency)
    if not given.exclude(ends_at__lte=at).update(ends_at=from_now_on(at)):
        if given.exists():
            raise Overtaken(f"{agency} is out of this circle already.")
        raise Refused(f"{agency} does not stand in this circle.")
    record(
        AgencyLeftCircle(agency_id=agency.pk), about=circle.pk, circle=circle, to_agency=agency, by=by, at=at
    )


@transaction.atomic
def leave_circle(circle: Circle, *, at: datetime, by: Actor) -> None:
    """One's own agency ends its part in the circle of another, from this moment. What it wrote stays there.

    It is written down before it is done: afterwards the agency stands there no more, and writes nothing.

    Raises:
        Refused: it is its own record.
        Overtaken: it does not stand there, or left already.
    """
    by.must("trust.share")
    circle = hold_to_leave(circle)
    if circle.opened_by_id == by.agency_id:
        raise Refused("This record is your agency’s own, and nobody else keeps it.")
    given = Grant.objects.given().filter(circle=circle, agency=by.agency_id)
    if not given.exclude(ends_at__lte=at).exists():
        raise Overtaken(_LEFT)
    record(
        AgencyLeftCircle(agency_id=by.agency_id),
        about=circle.pk, circle=circle, to_agency=circle.opened_by, by=by, at=at,
    )  # fmt: skip
    Circle.objects.filter(pk=circle.pk).values_list(Leaves(F("pk"))).get()


def hold_to_leave(circle: Circle) -> Circle:
    """The circle, held, while one's own agency stands in it.

    Raises:
        Overtaken: a colleague left it meanwhile, and nobody of the agency finds it any more.
    """
    try:
        return hold_circle(circle)
    except Circle.DoesNotExist:
        raise Overtaken(_LEFT) from None


def _must_be_whole(guest: Guest, circle: Circle, *, at: datetime, by: Actor) -> None:
    _must_be_ours(circle, by=by)
    if guest.agency.pk == circle.opened_by_id:
        raise Refused("Your own agency stands here already.")
    if not guest.information:
        raise Refused("Say which kinds of information they may know.")
    if not guest.what.strip():
        raise Refused("Say why they are let in. The person can ask to read it.")
    _must_be_to_come(guest.until, at=at)


def _must_be_ours(circle: Circle, *, by: Actor) -> None:
    if circle.opened_by_id != by.agency_id:
        raise Refused("Whose record this is lets agencies in and out, and yours was let in itself. Ask them.")


def _must_be_to_come(until: datetime | None, *, at: datetime) -> None:
    if until and until <= at:
        raise Refused("Choose a day that is not over yet.")


def _rest_on(consents: ConsentQuerySet, grant: Grant, *, by: Actor) -> None:
    """A standing by consent: by one that alone opens all that is asked for, and no longer than it holds."""
    opening = [
        one
        for one in consents
        if set(grant.circle.segments) <= set(one.segments) and set(grant.information) <= set(one.shares)
    ]
    if not opening:
        raise Refused("No one consent opens all of this. Take one with the person that does.")
    consent = max(opening, key=lambda one: (one.ends_at is None, one.ends_at and one.ends_at.timestamp()))
    if grant.ends_at and _is_later(grant.ends_at, consent.ends_at):
        raise Refused(
            "The person's consent, on which this rests, ends earlier. Choose a day before it, or none."
        )
    grant.basis, grant.consent, grant.segments = Grant.Basis.CONSENT, consent, consent.segments
    grant.ends_at = grant.ends_at or consent.ends_at


def _is_later(one: datetime | None, other: datetime | None) -> bool:
    """Whether an end lies after another; what has none ends last."""
    return other is not None and (one is None or one > other)
