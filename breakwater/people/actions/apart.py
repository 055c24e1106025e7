"""Keep one fact about a person apart from the rest of who they are, and put it back."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from breakwater.kernel.db import refuse_if
from breakwater.kernel.errors import Refused
from breakwater.people.apart import FIELDS, kept_apart, put_on, take_off
from breakwater.people.models import Apart, Correction, Person
from breakwater.trust.access import Actor
from breakwater.trust.actions.circles import hold_circle
from breakwater.trust.actions.encrypting import protect_row
from breakwater.trust.actions.protecting import lower_part, protect_part
from breakwater.trust.events import SegmentRaised
from breakwater.trust.journal import record
from breakwater.trust.models import Segment


@transaction.atomic
def protect_fact(person: Person, field: str, segments: Collection[str], *, at: datetime, by: Actor) -> None:
    """Keep one fact apart by a law, with every correction of it. Anybody who works there may.

    Raises:
        Refused: it cannot stand apart, or nothing is written there.
    """
    by.must("trust.raise_segments", person.circle)
    circle = hold_circle(person.circle)
    person = Person.objects.lock(person)
    person.circle = circle
    if standing := kept_apart(person, by).get(field):
        protect_part(standing, segments, at=at, by=by)
        return
    added = sorted(one for one in segments if one in Segment.values)
    if field not in FIELDS or not getattr(person, field):
        raise Refused("Nothing is written there that could be kept apart.")
    if added:
        _set_apart(person, field, added, at=at, by=by)


@transaction.atomic
def lower_fact(one: Apart, segment: str, *, reason: str, at: datetime, by: Actor) -> None:
    """Keep a fact apart by one law less; without any it stands with the rest again. For privacy officers.

    Raises:
        Refused: there is no reason.
    """
    by.must("trust.lower_segments", one.circle)
    hold_circle(one.circle)
    person = Person.objects.lock(one.person)
    lower_part(one, segment, reason=reason, at=at, by=by)
    if one.segments:
        return
    put_on(person, one)
    one.delete()
    person.has_apart = Apart.objects.filter(person=person).exists()
    _changed(person, at=at, by=by)


def _set_apart(person: Person, field: str, segments: list[str], *, at: datetime, by: Actor) -> None:
    corrections = list(Correction.objects.filter(person=person, field=field).select_related("circle"))
    one = Apart(circle=person.circle, person=person, field=field, segments=segments, starts_at=at)
    take_off(person, one)
    with refuse_if("a_fact_is_kept_apart_once", "This is kept apart already. Ask whose record it is."):
        one.save(force_insert=True)
    for row in corrections:
        row.segments = sorted({*row.segments, *segments})
        protect_row(row)
    person.has_apart = True
    _changed(person, at=at, by=by)
    for segment in segments:
        record(SegmentRaised(segment=segment), about=one.pk, circle=person.circle, by=by, at=at)


def _changed(person: Person, *, at: datetime, by: Actor) -> None:
    """A form that was drawn before says no more what is so."""
    person.version += 1
    person.changed_by, person.changed_at = by.user, at
    person.save()
