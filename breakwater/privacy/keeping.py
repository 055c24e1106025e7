"""Until when records are kept: what the journal says, together with when somebody was born."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from breakwater.people.models import Person
from breakwater.trust.access import Actor
from breakwater.trust.actions.keeping import GoneThrough, find_due
from breakwater.trust.keeping import kept_by_rules, own_terms
from breakwater.trust.library import law_of
from breakwater.trust.models import Circle, LegalHold, RetentionRun
from breakwater.trust.rules.keeping import Kept, last_of, of_a_minor

_AT_ONCE = 500


def kept_of(people: Iterable[Person], by: Actor) -> Mapping[UUID, list[Kept]]:
    """What every rule says about records that the agency opened, by their circle; what lasts longest first."""
    rules, own, kind = law_of(by.agency).retention, own_terms(by), by.agency.kind
    of_circle = {one.circle_id: one for one in people}
    found = {}
    for circle, kept in kept_by_rules(list(of_circle)).items():
        opened_at, born = of_circle[circle].circle.opened_at, of_circle[circle].birth_date
        minor = of_a_minor(rules, kind=kind, born=born, opened_at=opened_at, own=own)
        found[circle] = sorted([*kept, *minor], key=lambda one: one.until, reverse=True)
    return found


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
