"""Until when records are kept: what the journal says, together with when somebody was born."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from breakwater.people.apart import with_what_is_apart
from breakwater.people.models import Person
from breakwater.trust.access import Actor
from breakwater.trust.actions.keeping import GoneThrough, find_due
from breakwater.trust.keeping import kept_by_rules, own_terms
from breakwater.trust.library import law_of
from breakwater.trust.models import Circle, Erasure, LegalHold, RecordRequest, RetentionRun
from breakwater.trust.rules.keeping import Kept, last_of, of_a_minor

_AT_ONCE = 500
_ON_THE_DESK = 50
_LATELY = 10


def kept_of(people: Iterable[Person], by: Actor) -> Mapping[UUID, list[Kept]]:
    """What every rule says about records that the agency opened, by their circle; what lasts longest first."""
    rules, own, kind = law_of(by.agency).retention, own_terms(by), by.agency.kind
    of_circle = {one.circle_id: one for one in people}
    for person in of_circle.values():
        with_what_is_apart(person, by)
    found = {}
    for circle, kept in kept_by_rules(list(of_circle)).items():
        opened_at, born = of_circle[circle].circle.opened_at, of_circle[circle].birth_date
        minor = of_a_minor(rules, kind=kind, born=born, opened_at=opened_at, own=own)
        found[circle] = sorted([*kept, *minor], key=lambda one: one.until, reverse=True)
    return found


def kept_of_one(person: Person, by: Actor) -> list[Kept]:
    """The same of one record; nothing of one that another agency opened."""
    return kept_of([person], by).get(person.circle_id, [])


def whose(row: LegalHold | Erasure, by: Actor) -> Person | None:
    """The person whose record is held, or may be erased; nobody when it is gone."""
    return Person.objects.visible_to(by).filter(circle=row.circle_id).first()


def people_of(rows: Iterable[Any], by: Actor) -> dict[UUID, Person]:
    """Whose records these are about, by their circle; written down as seen."""
    people = Person.objects.visible_to(by).filter(circle__in={one.circle_id for one in rows})
    found = {one.circle_id: one for one in people}
    by.saw("people.person", [one.pk for one in found.values()])
    return found


def to_follow(person: Person, by: Actor) -> RecordRequest | None:
    """The person's request to be erased that was granted, and that nothing was proposed for yet."""
    asked = RecordRequest.objects.visible_to(by).filter(
        circle=person.circle_id, kind=RecordRequest.Kind.ERASURE, outcome=RecordRequest.Outcome.GRANTED
    )
    followed = Erasure.objects.visible_to(by).filter(circle=person.circle_id).exclude(request=None)
    return asked.exclude(pk__in=followed.values("request")).order_by("answered_at").first()


def on_one_record(person: Person, by: Actor) -> dict[str, Any]:
    """What holds one record, what was proposed and decided about it, newest first, and what the person asked."""
    holds = LegalHold.objects.visible_to(by).filter(circle=person.circle_id).order_by("starts_at", "pk")
    found = Erasure.objects.visible_to(by).filter(circle=person.circle_id).order_by("-found_at")
    return {
        "holds": list(holds.select_related("by", "ended_by").defer("by__password", "ended_by__password")),
        "erasures": list(found.select_related("proposed_by", "decided_by")),
        "asked": to_follow(person, by),
    }


def on_the_desk(by: Actor) -> dict[str, Any]:
    """What has come due, what is held, what was erased lately, and when records were gone through."""
    ours = Erasure.objects.visible_to(by)
    due = list(ours.open().select_related("proposed_by").order_by("kept_until", "pk")[:_ON_THE_DESK])
    holds = list(LegalHold.objects.visible_to(by).standing().order_by("starts_at", "pk")[:_ON_THE_DESK])
    people = people_of([*due, *holds], by)
    return {
        "due": [(one, people.get(one.circle_id)) for one in due],
        "holds": [(one, people.get(one.circle_id)) for one in holds],
        "gone": list(ours.exclude(erased_at=None).order_by("-erased_at")[:_LATELY]),
        "run": lately_gone_through(by).first(),
    }


def lately_gone_through(by: Actor) -> QuerySet[RetentionRun]:
    """The nights in which the agency's records were gone through, newest first; the last ten."""
    return RetentionRun.objects.visible_to(by).order_by("-on")[:_LATELY]


def go_through(*, at: datetime, by: Actor) -> RetentionRun | None:
    """Go through all records of an agency, and put on the desk what has come due. Nothing is erased by it."""
    circles = Circle.objects.filter(opened_by=by.agency)
    everybody = Person.objects.filter(circle__in=circles).exclude(known_as="").select_related("circle")
    held = set(LegalHold.objects.standing().filter(circle__in=circles).values_list("circle", flat=True))
    due, looked, batch = [], 0, []
    for person in everybody.order_by("pk").iterator(chunk_size=_AT_ONCE):
        looked += 1
        batch.append(person)
        if len(batch) == _AT_ONCE:
            due += _due(batch, at, by)
            batch = []
    due += _due(batch, at, by)
    free = [one for one in due if one[0] not in held]
    return find_due(GoneThrough(looked=looked, held=len(due) - len(free), due=free), at=at, by=by)


def _due(people: list[Person], at: datetime, by: Actor) -> list[tuple[UUID, list[Kept]]]:
    """Those of which every rule lets go."""
    found = []
    for circle, kept in kept_of(people, by).items():
        until = last_of(kept, asked=False)
        if until is not None and until <= at:
            found.append((circle, kept))
    return found
