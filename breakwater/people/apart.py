"""What a law keeps apart of who a person is: read together with the rest by whoever may know it, and by nobody else.

Such a fact stands in a row of its own. The person's row says as little as if it were not known: wherever nobody reads
the two together, it is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from breakwater.people.models import Apart, Person
from breakwater.trust.access import Actor

FIELDS: Mapping[str, str] = {
    "birth_date": "Birth date",
    "pronouns": "Pronouns",
    "language": "Language",
    "strengths": "Strengths",
    "triggers": "Triggers",
    "safe_contact": "How and when it is safe to reach them",
}
"""What can be kept apart, as pages call it. Who must not know is no such thing: whoever reads here must know that."""

_BORN = "birth_date"


def kept_apart(person: Person, by: Actor) -> dict[str, Apart]:
    """What is kept apart of a person and the actor may know, by its field. Asked only where there is some."""
    if not person.has_apart:
        return {}
    found = Apart.objects.visible_to(by).filter(person=person.pk).select_related("circle")
    return {one.field: one for one in found.order_by("starts_at", "pk")}


def with_what_is_apart(person: Person, by: Actor) -> dict[str, Apart]:
    """Have a person say what is kept apart of them, as far as the actor may know it. Never to be saved like this."""
    found = kept_apart(person, by)
    for one in found.values():
        put_on(person, one)
    return found


@dataclass(frozen=True)
class Fact:
    """A fact that is known about a person; where it stands and by which laws, in words, when it is kept apart."""

    field: str
    label: str
    apart: Apart | None


def facts_of(person: Person, apart: Mapping[str, Apart]) -> list[Fact]:
    """The facts that are known about a person and can be kept apart, as the person says them now."""
    known = [(field, label) for field, label in FIELDS.items() if getattr(person, field)]
    return [Fact(field, label, apart.get(field)) for field, label in known]


def put_on(person: Person, one: Apart) -> None:
    """Have a person say what stands apart."""
    if one.field == _BORN:
        person.birth_date, person.birth_date_is = one.day, one.value
    else:
        setattr(person, one.field, one.value)


def take_off(person: Person, one: Apart) -> None:
    """Have it stand apart, as the person says it now, and the person say it no more."""
    if one.field == _BORN:
        one.day, one.value = person.birth_date, person.birth_date_is
        person.birth_date, person.birth_date_is = None, Person.DateIs.EXACT
    else:
        one.value = getattr(person, one.field)
        setattr(person, one.field, "")
