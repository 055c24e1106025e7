"""Register, correct and reach persons; form and leave households."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from breakwater.kernel.errors import Refused, Stale
from breakwater.kernel.text import name_key, phone_key
from breakwater.people.events import ContactPointChanged, PersonCorrected, PersonRegistered, SupporterChanged
from breakwater.people.models import ContactPoint, Correction, Name, Person, Supporter
from breakwater.people.rules import sound_of
from breakwater.trust.access import Actor
from breakwater.trust.journal import record, record_all
from breakwater.trust.models import Circle

CORRECTABLE = (
    "known_as",
    "is_described",
    "pronouns",
    "birth_date",
    "birth_date_is",
    "language",
    "needs_interpreter",
    "triggers",
    "strengths",
    "safe_contact",
    "must_not_know",
)


@transaction.atomic
def register(
    *,
    circle: Circle,
    known_as: str,
    at: datetime,
    by: Actor,
    names: Iterable[tuple[str, str]] = (),
    contact_points: Iterable[Mapping[str, Any]] = (),
    **facts: Any,
) -> Person:
    """A person becomes known: by a name, a nickname or a description.

    Args:
        names: further names, as pairs of kind and text.
        contact_points: kind, value, safety and how of each way to reach them.
        facts: any other field of ``Person``.

    Raises:
        Refused: they are known as nothing at all.
    """
    by.must("cases.take_in", circle)
    if not known_as.strip():
        raise Refused("Say what to call them: a name, a nickname or a description.")
    person = Person.objects.create(
        circle=circle, known_as=known_as, changed_by=by.user, changed_at=at, **facts
    )
    called = [] if person.is_described else [(str(Name.Kind.KNOWN_AS), known_as)]
    Name.objects.bulk_create(
        _name(person, kind, text, at) for kind, text in [*called, *names] if text.strip()
    )
    ContactPoint.objects.bulk_create(
        _contact_point(person, at=at, **point) for point in contact_points if point["value"].strip()
    )
    record(PersonRegistered(person_id=person.pk), about=person.pk, circle=circle, by=by, at=at)
    return person


@transaction.atomic
def correct(person: Person, *, version: int, changes: Mapping[str, Any], at: datetime, by: Actor) -> Person:
    """Correct what is written about a person. What stood before stays readable.

    Raises:
        Stale: somebody corrected it since this version was shown.
        Refused: nothing would change, or they would be known as nothing.
    """
    by.must("people.correct", person.circle)
    person = Person.objects.lock(person)
    wanted = {name: value for name, value in changes.items() if name in CORRECTABLE}
    if person.version != version:
        raise Stale(
            "Somebody changed this while you were writing. Both texts are shown below; save again to keep yours.",
            theirs={name: getattr(person, name) for name in wanted},
            who=str(person.changed_by or "Breakwater"),
            at=person.changed_at,
        )
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    if not changed:
        raise Refused("Nothing was changed.")
    if not str(changed.get("known_as", person.known_as)).strip():
        raise Refused("Say what to call them: a name, a nickname or a description.")
    person.version += 1
    Correction.objects.bulk_create(
        Correction(
            circle=person.circle, person=person, field=name, before=_said(getattr(person, name)), after=_said(value),
            version=person.version, by=by.user, at=at,
        )
        for name, value in changed.items()
    )  # fmt: skip
    for name, value in changed.items():
        setattr(person, name, value)
    person.changed_by, person.changed_at = by.user, at
    person.save()
    if "known_as" in changed:
        Name.objects.filter(person=person, kind=Name.Kind.KNOWN_AS, ends_at=None).update(ends_at=at)
        if not person.is_described:
            _name(person, Name.Kind.KNOWN_AS, person.known_as, at).save(force_insert=True)
    record_all(
        [(PersonCorrected(person_id=person.pk, field=name, version=person.version), person.pk) for name in changed],
        circle=person.circle, by=by, at=at,
    )  # fmt: skip
    return person


@transaction.atomic
def add_contact_point(
    person: Person, *, kind: str, value: str, safety: str, how: str, at: datetime, by: Actor
) -> ContactPoint:
    """Add a way to reach a person, and whether it is safe.

    Raises:
        Refused: there is nothing to reach.
    """
    by.must("people.correct", person.circle)
    if not value.strip():
        raise Refused("Write the number, address or place.")
    point = _contact_point(person, kind=kind, value=value, safety=safety, how=how, at=at)
    point.save(force_insert=True)
    record(
        ContactPointChanged(contact_point_id=point.pk, safety=safety),
        about=person.pk, circle=person.circle, by=by, at=at,
    )  # fmt: skip
    return point


@transaction.atomic
def end_contact_point(point: ContactPoint, *, at: datetime, by: Actor) -> None:
    """A way to reach a person holds no longer. It stays readable."""
    by.must("people.correct", point.circle)
    ContactPoint.objects.filter(pk=point.pk, ends_at=None).update(ends_at=at)
    record(
        ContactPointChanged(contact_point_id=point.pk, safety="ended"),
        about=point.person_id, circle=point.circle, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def add_supporter(
    person: Person,
    *,
    name: str,
    relation: str,
    reach: str,
    may_know: str,
    must_not_know: bool,
    at: datetime,
    by: Actor,
) -> Supporter:
    """Add somebody round the person, and what they may be told."""
    by.must("people.correct", person.circle)
    supporter = Supporter.objects.create(
        circle=person.circle, person=person, name=name, relation=relation, reach=reach,
        may_know="" if must_not_know else may_know, must_not_know=must_not_know, added_by=by.user, starts_at=at,
    )  # fmt: skip
    record(SupporterChanged(supporter_id=supporter.pk), about=person.pk, circle=person.circle, by=by, at=at)
    return supporter


def _name(person: Person, kind: str, text: str, at: datetime) -> Name:
    return Name(
        circle=person.circle, person=person, kind=kind, text=text, key=name_key(text), sound=sound_of(text),
        starts_at=at,
    )  # fmt: skip


def _contact_point(
    person: Person, *, kind: str, value: str, at: datetime, safety: str = "ask_first", how: str = ""
) -> ContactPoint:
    key = phone_key(value) if kind == ContactPoint.Kind.PHONE else value.strip().lower()[:200]
    return ContactPoint(
        circle=person.circle, person=person, kind=kind, value=value, key=key, safety=safety, how=how,
        starts_at=at,
    )  # fmt: skip


def _said(value: bool | str | date | None) -> str:
    return "" if value is None else str(value)
