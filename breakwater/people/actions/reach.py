"""How to reach persons, and who stands round them."""

from datetime import datetime

from django.db import transaction

from breakwater.kernel.errors import Overtaken, Refused
from breakwater.people.events import ContactPointChanged, SupporterChanged
from breakwater.people.models import ContactPoint, Person, Supporter
from breakwater.people.rules import is_same_way, is_tighter
from breakwater.trust.access import Actor
from breakwater.trust.actions.family import Close, say_who_may_know
from breakwater.trust.journal import record
from breakwater.trust.models import Involvement


@transaction.atomic
def add_contact_point(
    person: Person, *, kind: str, value: str, safety: str, how: str, at: datetime, by: Actor
) -> ContactPoint:
    """Add a way to reach a person, and whether it is safe. One that stands already is used less where that is said.

    Raises:
        Refused: there is nothing to reach, or it stands already and is no less safe than it was.
    """
    by.must("people.correct", person.circle)
    if not value.strip():
        raise Refused("Write the number, address or place.")
    Person.objects.lock(person)
    if stands := _standing(person, kind=kind, value=value):
        if is_tighter(safety, stands.safety):
            return change_safety(stands, safety=safety, how=how or None, at=at, by=by)
        label = stands.get_safety_display().lower()
        raise Refused(
            f"This stands already, marked as “{label}”. On their page you can say how safe it is now."
        )
    return _add(person, kind=kind, value=value, safety=safety, how=how, at=at, by=by)


def hear_of_way(
    person: Person, *, kind: str, value: str, safety: str, how: str, at: datetime, by: Actor
) -> None:
    """Take in a way to reach a person that was told in passing, as at an intake. The person is held.

    One that stands already goes on as it stands, unless it is said that it is not safe: that holds at once. Nothing
    that is told in passing makes it safer; whoever only looks somebody up by their number says nothing of it.
    """
    stands = _standing(person, kind=kind, value=value)
    if stands is None:
        _add(person, kind=kind, value=value, safety=safety, how=how, at=at, by=by)
    elif safety == ContactPoint.Safety.UNSAFE != stands.safety:
        change_safety(stands, safety=safety, how=how or None, at=at, by=by)


def _standing(person: Person, *, kind: str, value: str) -> ContactPoint | None:
    """The same way to reach somebody, where it is written down and holds."""
    holds = ContactPoint.objects.filter(person=person, ends_at=None, kind=kind)
    for one in holds.select_related("circle", "person").order_by("starts_at", "pk"):
        if is_same_way((kind, value), (one.kind, one.value)):
            return one
    return None


def _add(
    person: Person, *, kind: str, value: str, safety: str, how: str, at: datetime, by: Actor
) -> ContactPoint:
    point = contact_point(person, kind=kind, value=value, safety=safety, how=how, at=at)
    point.save(force_insert=True)
    record(
        ContactPointChanged(contact_point_id=point.pk, safety=safety),
        about=person.pk, circle=person.circle, by=by, at=at,
    )  # fmt: skip
    return point


@transaction.atomic
def end_contact_point(point: ContactPoint, *, at: datetime, by: Actor) -> None:
    """A way to reach a person holds no longer. It stays readable.

    Raises:
        Overtaken: it ended already.
    """
    by.must("people.correct", point.circle)
    _end(point, at=at, by=by)


@transaction.atomic
def end_what_does_not_work(point: ContactPoint, *, at: datetime, by: Actor) -> None:
    """A way to reach a person was tried and does not work. Whoever may try says so, whatever else they may correct.

    Raises:
        Overtaken: it ended already.
    """
    by.must("cases.work", point.circle)
    _end(point, at=at, by=by)


def _end(point: ContactPoint, *, at: datetime, by: Actor) -> None:
    if not ContactPoint.objects.filter(pk=point.pk, ends_at=None).update(ends_at=max(at, point.starts_at)):
        raise Overtaken("This way to reach them was ended already.")
    record(
        ContactPointChanged(contact_point_id=point.pk, safety="ended"),
        about=point.person_id, circle=point.circle, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def change_safety(
    point: ContactPoint, *, safety: str, how: str | None = None, at: datetime, by: Actor
) -> ContactPoint:
    """A way to reach a person is safer, or less safe, than it was: it ends as it stood, and goes on as it is now.

    Args:
        how: when it may be used and what may be said, where that is said anew.

    Raises:
        Refused: it would stay as it is, or is said to be nothing that we know.
        Overtaken: it was ended already.
    """
    by.must("people.correct", point.circle)
    how = point.how if how is None else how
    if safety not in ContactPoint.Safety.values or (safety, how) == (point.safety, point.how):
        raise Refused("Say what changes: safe, not safe, or not known.")
    end_contact_point(point, at=at, by=by)
    changed = contact_point(point.person, kind=point.kind, value=point.value, safety=safety, how=how, at=at)
    changed.segments = point.segments
    changed.save(force_insert=True)
    record(
        ContactPointChanged(contact_point_id=changed.pk, safety=safety),
        about=point.person_id, circle=point.circle, by=by, at=at,
    )  # fmt: skip
    return changed


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
    _say_so(supporter, at=at, by=by)
    return supporter


@transaction.atomic
def end_supporter(supporter: Supporter, *, at: datetime, by: Actor) -> None:
    """Somebody is no longer round the person. It stays readable.

    Raises:
        Overtaken: it ended already.
    """
    by.must("people.correct", supporter.circle)
    if not Supporter.objects.filter(pk=supporter.pk, ends_at=None).update(
        ends_at=max(at, supporter.starts_at)
    ):
        raise Overtaken("This was ended already.")
    record(
        SupporterChanged(supporter_id=supporter.pk),
        about=supporter.person_id, circle=supporter.circle, by=by, at=at,
    )  # fmt: skip


def _say_so(supporter: Supporter, *, at: datetime, by: Actor) -> None:
    """Who must not know is told in no letter and no call; who may know something, the person agreed to."""
    answer = Involvement.Answer.OBJECTED if supporter.must_not_know else Involvement.Answer.AGREED
    if supporter.name.strip() and (supporter.must_not_know or supporter.may_know.strip()):
        close = Close(
            answer=answer, name=supporter.name, relation=supporter.relation, words=supporter.may_know
        )
        say_who_may_know(close, circle=supporter.circle, at=at, by=by)


def contact_point(
    person: Person, *, kind: str, value: str, at: datetime, safety: str = "ask_first", how: str = ""
) -> ContactPoint:
    """A way to reach a person, not yet saved."""
    return ContactPoint(
        circle=person.circle, person=person, kind=kind, value=value, safety=safety, how=how,
        starts_at=at,
    )  # fmt: skip
