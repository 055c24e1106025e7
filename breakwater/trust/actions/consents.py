"""Take, narrow and withdraw what a person agreed to; raise and lower what protects a record."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from breakwater.kernel.days import day_after
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import from_now_on, hold_circle
from breakwater.trust.actions.encrypting import encrypt_what_is_protected, protect_row
from breakwater.trust.actions.leaving import Recipient, refuse
from breakwater.trust.events import (
    AgencyLeftCircle,
    ConsentGiven,
    ConsentWithdrawn,
    SegmentLowered,
    SegmentRaised,
)
from breakwater.trust.journal import record
from breakwater.trust.library import law_of
from breakwater.trust.models import Agency, Circle, Consent, Decision, Grant, Involvement, Segment
from breakwater.trust.rules.agreeing import Agreement, what_is_missing
from breakwater.trust.rules.law import LET_IN


@dataclass(frozen=True, kw_only=True)
class Release:
    """What a person agrees to, as it is taken.

    Args:
        ends: its last day, where the agency is; without one it ends when the person says so, where the law allows it.
        lets_in: whether the recipient may read in the circle; else it covers what is sent.
    """

    kind: str
    to: Recipient
    purpose: str
    information: frozenset[str]
    segments: frozenset[str]
    what: str
    ends: date | None
    signer: str
    signed_by: str
    as_shown: str
    authority: str = ""
    told: frozenset[str] = frozenset()
    language: str = ""
    signer_is_the_abuser: bool = False
    lets_in: bool = True


@transaction.atomic
def take_consent(release: Release, *, circle: Circle, at: datetime, by: Actor) -> Consent:
    """A person agrees. Where the recipient works with Breakwater and is let in, it stands in the circle from now.

    Raises:
        Unlawful: an element that the law asks for is missing, or this kind of consent does not open the record.
        Refused: nothing would be shared, or with nobody.
    """
    by.must("trust.consent", circle)
    circle, law = hold_circle(circle), law_of(by.agency)
    _must_be_whole(release, circle, at=at, by=by)
    if not release.information:
        raise Refused("Say which kinds of information are shared.")
    if release.to.agency and release.to.agency.pk == by.agency_id:
        raise Refused("Your own agency needs no consent to know what it wrote.")
    ends_at = day_after(release.ends, by.zone) if release.ends else None
    consent = Consent.objects.create(
        circle=circle, agency=by.agency, kind=release.kind, law=f"{law.code} {law.version}",
        recipient=release.to.agency, recipient_name="" if release.to.agency else release.to.name,
        purpose=release.purpose, shares=sorted(release.information), segments=sorted(release.segments),
        what=release.what, lets_in=bool(release.lets_in and release.to.agency), starts_at=at, ends_at=ends_at,
        signer=release.signer,
        signed_by=release.signed_by, authority=release.authority, told=sorted(release.told),
        language=release.language, as_shown=release.as_shown, taken_by=by.user,
    )  # fmt: skip
    if release.lets_in and release.to.agency:
        _let_in(consent, release.to.agency, at=at, by=by)
    record(
        ConsentGiven(
            consent_id=consent.pk, kind=consent.kind, recipient_id=consent.recipient_id, ends_at=ends_at
        ),
        about=consent.pk, circle=circle, by=by, at=at,
    )  # fmt: skip
    return consent


@transaction.atomic
def narrow_consent(consent: Consent, release: Release, *, at: datetime, by: Actor) -> Consent:
    """The person agrees to less: another consent takes its place, and what was open besides closes at once.

    Raises:
        Refused: it would open more than before; that is a new consent. It has ended.
    """
    by.must("trust.consent", consent.circle)
    hold_circle(consent.circle)
    consent = Consent.objects.lock(consent)
    if not consent.stands(at):
        raise Overtaken("This consent has already ended. Take a new one.")
    ends_at = day_after(release.ends, by.zone) if release.ends else None
    longer = consent.ends_at is not None and (ends_at is None or ends_at > consent.ends_at)
    if (
        longer
        or not release.information <= set(consent.shares)
        or not release.segments <= set(consent.segments)
    ):
        raise Refused(
            "This would share more than before. Narrowing shares less; for more, take a new consent."
        )
    to = Recipient(agency=consent.recipient, name=consent.recipient_name)
    _end(consent, Consent.Ended.NARROWED, "", at=at, by=by)
    made = take_consent(replace(release, to=to, kind=consent.kind), circle=consent.circle, at=at, by=by)
    Consent.objects.filter(pk=consent.pk).update(instead=made)
    return made


@transaction.atomic
def withdraw_consent(consent: Consent, *, words: str, at: datetime, by: Actor) -> Consent:
    """The person takes it back. Whoever it let in is out from this moment, from work there too; twice is once.

    Args:
        words: how the person said so.
    """
    by.must("trust.consent", consent.circle)
    hold_circle(consent.circle)
    consent = Consent.objects.lock(consent)
    if consent.withdrawn_at is None:
        _end(consent, Consent.Ended.WITHDRAWN, words, at=at, by=by)
        _let_go(consent, at=at, by=by)
    return consent


@transaction.atomic
def raise_segments(thing: Any, segments: Collection[str], *, at: datetime, by: Actor) -> None:
    """Protect a record, or a whole circle, by more laws. Anybody who works there may; what is there stays.

    Raises:
        Refused: another agency was let into the circle on a basis that these laws do not allow; end that first.
    """
    by.must("trust.raise_segments", _circle_of(thing))
    asked, (thing, circle) = thing, _held(thing)
    added = [one for one in segments if one in Segment.values and one not in thing.segments]
    if not added:
        return
    if thing is circle:
        _close_to_whom_it_does_not_open(circle, added, at=at, by=by)
    _set_segments(thing, sorted({*thing.segments, *added}))
    asked.segments = thing.segments
    encrypt_what_is_protected(thing)
    for one in added:
        record(SegmentRaised(segment=one), about=thing.pk, circle=circle, by=by, at=at)


@transaction.atomic
def lower_segment(thing: Any, segment: str, *, reason: str, at: datetime, by: Actor) -> None:
    """Protect a record by one law less. For privacy officers, with a reason.

    Raises:
        Refused: there is no reason, or the agency's own kind asks for it.
    """
    by.must("trust.lower_segments", _circle_of(thing))
    if not reason.strip():
        raise Refused("Say why this protection is lowered.")
    if segment in law_of(by.agency).agency_kinds.get(by.agency.kind, ()):
        raise Refused(
            "The law protects everything that an agency of this kind writes. This cannot be lowered."
        )
    asked, (thing, circle) = thing, _held(thing)
    _set_segments(thing, [one for one in thing.segments if one != segment])
    asked.segments = thing.segments
    record(SegmentLowered(segment=segment), about=thing.pk, circle=circle, by=by, at=at)
    Decision.objects.create(
        agency=by.agency, by=by.user, act="lower_segment", at=at, circle=circle, about=thing.pk, segments=[segment],
        what=reason, answer=Decision.Answer.PERMIT, basis="privacy officer",
    )  # fmt: skip


def _must_be_whole(release: Release, circle: Circle, *, at: datetime, by: Actor) -> None:
    law = law_of(by.agency)
    if release.kind not in law.kinds:
        raise Refused("This kind of consent is not known under your agency's law.")
    agreement = Agreement(
        kind=release.kind, recipient=bool(release.to.agency or release.to.name.strip()), what=release.what,
        purpose=release.purpose, starts=at.astimezone(by.zone).date(), ends=release.ends,
        signed_by=release.signed_by, signer=release.signer, authority=release.authority,
        signer_is_the_abuser=release.signer_is_the_abuser, told=release.told,
        kept_from=[one.name for one in Involvement.objects.standing().in_circle(circle.pk) if not one.said().agreed],
    )  # fmt: skip
    asked = Decision(
        agency=by.agency, by=by.user, act="take_consent", at=at, circle=circle, recipient=release.to.agency,
        purpose=release.purpose, information=sorted(release.information), segments=sorted(release.segments),
    )  # fmt: skip
    if wrong := what_is_missing(agreement, law):
        refuse(asked, wrong[0], by=by, missing=wrong[1])
    kind = law.kinds[release.kind]
    for segment in sorted(release.segments - frozenset(kind.opens)):
        refuse(asked, law.regimes[segment].without, by=by)
    if release.lets_in and release.to.agency:
        for segment in sorted(frozenset(circle.segments) - release.segments):
            refuse(asked, law.regimes[segment].without, by=by)


def _let_in(consent: Consent, agency: Agency, *, at: datetime, by: Actor) -> None:
    """It reads in the circle from now, and that it does is written down as what leaves it."""
    if by.agency_id != consent.circle.opened_by_id:
        raise Refused("Whose record this is lets others read in it. Take this as what they are told.")
    regimes = [law_of(by.agency).regimes[one] for one in consent.segments]
    Decision.objects.create(
        agency=by.agency, by=by.user, act=LET_IN, at=at, circle=consent.circle, about=consent.pk, recipient=agency,
        purpose=consent.purpose, what=consent.what, information=consent.shares, segments=consent.segments,
        answer=Decision.Answer.PERMIT, basis=law_of(by.agency).kinds[consent.kind].law, consents=[consent.pk],
        obligations=sorted({duty for one in regimes for duty in one.obligations}),
    )  # fmt: skip
    Grant.objects.create(
        circle=consent.circle, agency=agency, basis=Grant.Basis.CONSENT, consent=consent,
        information=consent.shares, segments=consent.segments, starts_at=at, ends_at=consent.ends_at,
        given_by=by.user,
    )  # fmt: skip


def _end(consent: Consent, how: str, words: str, *, at: datetime, by: Actor) -> None:
    """End a consent, and what it opened, from this moment."""
    moment = max(at, consent.starts_at)
    consent.withdrawn_at, consent.ended_how, consent.withdrawn_words = moment, how, words
    consent.save(update_fields=["withdrawn_at", "ended_how", "withdrawn_words"])
    Grant.objects.filter(consent=consent).exclude(ends_at__lte=at).update(ends_at=from_now_on(at))
    record(
        ConsentWithdrawn(consent_id=consent.pk, how=how, recipient_id=consent.recipient_id),
        about=consent.pk, circle=consent.circle, to_agency=None, by=by, at=at,
    )  # fmt: skip


def _let_go(consent: Consent, *, at: datetime, by: Actor) -> None:
    """Whoever the person wants to learn nothing more does not stay because somebody let them in."""
    let_in = Grant.objects.given().filter(circle=consent.circle, agency=consent.recipient_id, consent=None)
    others = let_in.exclude(agency=consent.circle.opened_by_id).exclude(ends_at__lte=at)
    if consent.recipient_id and others.update(ends_at=from_now_on(at)):
        record(
            AgencyLeftCircle(agency_id=consent.recipient_id),
            about=consent.circle_id, circle=consent.circle, to_agency=consent.recipient, by=by, at=at,
        )  # fmt: skip


def _close_to_whom_it_does_not_open(
    circle: Circle, added: Collection[str], *, at: datetime, by: Actor
) -> None:
    """End the standing of every other agency whose grant does not open what now protects the circle."""
    others = Grant.objects.filter(circle=circle).exclude(agency=circle.opened_by_id).exclude(ends_at__lte=at)
    others.exclude(segments__contains=list(added)).update(ends_at=from_now_on(at))


def _circle_of(thing: Any) -> Circle:
    circle: Circle = thing if isinstance(thing, Circle) else thing.circle
    return circle


def _held(thing: Any) -> tuple[Any, Circle]:
    """A record and its circle, read again and held: a colleague may have changed what protects it meanwhile."""
    circle = hold_circle(_circle_of(thing))
    if isinstance(thing, Circle):
        return circle, circle
    fresh = type(thing)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=thing.pk)
    fresh.circle = circle
    return fresh, circle


def _set_segments(thing: Any, segments: list[str]) -> None:
    thing.segments = segments
    if isinstance(thing, Circle):
        thing.save(update_fields=["segments"])
    else:
        protect_row(thing)
