"""Who they are: register and correct persons, and what they are called."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from breakwater.kernel.db import not_before
from breakwater.kernel.errors import Overtaken, Refused, Stale
from breakwater.kernel.text import name_key
from breakwater.people.actions.reach import contact_point
from breakwater.people.apart import take_off, with_what_is_apart
from breakwater.people.events import NameChanged, PersonCorrected, PersonRegistered
from breakwater.people.models import Apart, ContactPoint, Correction, Name, Person
from breakwater.people.rules import sound_of, why_no_such_birth
from breakwater.trust.access import Actor
from breakwater.trust.journal import record, record_all
from breakwater.trust.models import Circle

UNKNOWN = "Name not known"
"""What somebody is known as of whom nothing is known yet: it is like nobody, and finds nobody."""

_FOLLOWS = (Name.Kind.KNOWN_AS, Name.Kind.DESCRIBED)
"""What a person is called because they are known as it: corrected with who they are."""

_AT_ONCE = 200

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
        Refused: they are known as nothing at all, or were born on no possible day.
    """
    by.must("cases.take_in", circle)
    if not known_as.strip():
        raise Refused("Say what to call them: a name, a nickname or a description.")
    if reason := why_no_such_birth(facts.get("birth_date"), today=at.astimezone(by.zone).date()):
        raise Refused(reason)
    person = Person.objects.create(
        circle=circle, known_as=known_as, changed_by=by.user, changed_at=at, **facts
    )
    called = [(kind, known_as)] if (kind := _kind_of(person)) else []
    Name.objects.bulk_create(
        _name(person, kind, text, at) for kind, text in [*called, *names] if text.strip()
    )
    ContactPoint.objects.bulk_create(
        contact_point(person, at=at, **point) for point in contact_points if point["value"].strip()
    )
    record(PersonRegistered(person_id=person.pk), about=person.pk, circle=circle, by=by, at=at)
    return person


@transaction.atomic
def correct(person: Person, *, version: int, changes: Mapping[str, Any], at: datetime, by: Actor) -> Person:
    """Correct what is written about a person. What stood before stays readable.

    Raises:
        Stale: somebody corrected it since this version was shown.
        Refused: nothing would change, they would be known as nothing, or were born on no possible day.
    """
    by.must("people.correct", person.circle)
    person = Person.objects.lock(person)
    apart = with_what_is_apart(person, by)
    wanted = {name: value for name, value in changes.items() if name in CORRECTABLE}
    if person.version != version:
        raise Stale(
            "Somebody changed this while you were writing. Both texts are shown below; save again to keep yours.",
            theirs={name: getattr(person, name) for name in wanted},
            who=str(person.changed_by or "Breakwater"),
            at=person.changed_at,
        )
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    if reason := _why_not_corrected(changed, today=at.astimezone(by.zone).date()):
        raise Refused(reason)
    person.version += 1
    Correction.objects.bulk_create(
        Correction(
            circle=person.circle, person=person, field=name, before=_said(getattr(person, name)), after=_said(value),
            version=person.version, by=by.user, at=at, segments=apart[name].segments if name in apart else [],
        )
        for name, value in changed.items()
    )  # fmt: skip
    for name, value in changed.items():
        setattr(person, name, value)
    person.changed_by, person.changed_at = by.user, at
    _save(person, apart.values())
    if changed.keys() & {"known_as", "is_described"}:
        Name.objects.filter(person=person, kind__in=_FOLLOWS, ends_at=None).update(ends_at=not_before(at))
        if kind := _kind_of(person):
            _name(person, kind, person.known_as, at).save(force_insert=True)
    record_all(
        [(PersonCorrected(person_id=person.pk, field=name, version=person.version), person.pk) for name in changed],
        circle=person.circle, by=by, at=at,
    )  # fmt: skip
    return person


@transaction.atomic
def add_name(person: Person, *, kind: str, text: str, at: datetime, by: Actor) -> Name:
    """Add something a person is called, to be found by.

    Raises:
        Refused: it says nothing, is no kind of name, or is written there already.
    """
    by.must("people.correct", person.circle)
    if kind not in Name.Kind.values or kind in _FOLLOWS:
        raise Refused("Say what sort of name it is. What they are known as is corrected with who they are.")
    if not text.strip():
        raise Refused("Write the name.")
    if Name.objects.filter(person=person, ends_at=None, text=text).exists():
        raise Refused("This name is written there already.")
    name = _name(person, kind, text, at)
    name.save(force_insert=True)
    record(NameChanged(name_id=name.pk, kind=kind), about=person.pk, circle=person.circle, by=by, at=at)
    return name


@transaction.atomic
def end_name(name: Name, *, at: datetime, by: Actor) -> None:
    """They are not called this any more. It stays readable.

    Raises:
        Refused: it is what they are known as.
        Overtaken: it ended already.
    """
    by.must("people.correct", name.circle)
    if name.kind in _FOLLOWS:
        raise Refused("This is what they are known as. Correct who they are instead.")
    if not Name.objects.filter(pk=name.pk, ends_at=None).update(ends_at=max(at, name.starts_at)):
        raise Overtaken("This name was ended already.")
    record(NameChanged(name_id=name.pk, kind="ended"), about=name.person_id, circle=name.circle, by=by, at=at)


@transaction.atomic
def find_by_description(*, at: datetime, by: Actor) -> int:
    """Some who were known by a description before it was searched are found by its words from now on. How many."""
    by.must("people.correct")
    called = Exists(Name.objects.filter(person=OuterRef("pk"), kind__in=_FOLLOWS, ends_at=None))
    described = Person.objects.filter(~called, circle__opened_by=by.agency, is_described=True)
    unfound = described.exclude(known_as=UNKNOWN).select_related("circle").order_by("pk")
    some = list(unfound.select_for_update(of=("self",), skip_locked=True)[:_AT_ONCE])
    for person in some:
        name = _name(person, Name.Kind.DESCRIBED, person.known_as, at)
        name.save(force_insert=True)
        news = NameChanged(name_id=name.pk, kind=name.kind)
        record(news, about=person.pk, circle=person.circle, by=by, at=at)
    return len(some)


def _save(person: Person, apart: Iterable[Apart]) -> None:
    """A person as they are now, and what is kept apart of them where it stands."""
    for one in apart:
        take_off(person, one)
        one.save(update_fields=["value", "day"])
    person.save()


def _why_not_corrected(changed: Mapping[str, Any], *, today: date) -> str:
    if not changed:
        return "Nothing was changed."
    if not str(changed.get("known_as", "?")).strip():
        return "Say what to call them: a name, a nickname or a description."
    return why_no_such_birth(changed.get("birth_date"), today=today)


def _kind_of(person: Person) -> str:
    """As what they are found by what they are known as; not at all, while nothing is known to call them by.

    A description is compared by its words and not by its sound: nobody mishears a green parka.
    """
    if not person.is_described:
        return str(Name.Kind.KNOWN_AS)
    return "" if person.known_as == UNKNOWN else str(Name.Kind.DESCRIBED)


def _name(person: Person, kind: str, text: str, at: datetime) -> Name:
    return Name(
        circle=person.circle, person=person, kind=kind, text=text, key=name_key(text),
        sound="" if kind == Name.Kind.DESCRIBED else sound_of(text), starts_at=at,
    )  # fmt: skip


def _said(value: bool | str | date | None) -> str:
    return "" if value is None else str(value)
