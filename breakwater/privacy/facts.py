"""What a worker may choose from when a security team is told: exact sentences, and never a note."""

from breakwater.cases.models import Case, Circumstance, Danger
from breakwater.people.models import Person
from breakwater.trust.access import Actor

_DANGEROUS = (Danger.To.OTHERS, Danger.To.COMMUNITY)
_TELLING = (Circumstance.Kind.WEAPON, Circumstance.Kind.TARGET)


def facts_about(person: Person, actor: Actor) -> dict[str, str]:
    """Sentences by their key: who they are, who may come to harm, with what. Nothing is chosen beforehand."""
    cases = Case.objects.open().held_by(actor).filter(person=person)
    dangers = Danger.objects.pressing().filter(case__in=cases, to__in=_DANGEROUS)
    found = Circumstance.objects.standing().filter(case__in=cases, kind__in=_TELLING)
    facts = {"known_as": f"They are known as {person.known_as}."}
    if person.birth_date:
        facts["birth_date"] = f"They were born on {person.birth_date.isoformat()}."
    for one in dangers:
        danger = f"Danger {one.get_to_display().lower()}: {one.get_level_display().lower()}"
        facts[f"danger_{one.pk}"] = _said(danger, one.words)
    for thing in found:
        facts[f"circumstance_{thing.pk}"] = _said(thing.get_kind_display(), thing.words)
    return facts


def _said(what: str, words: str) -> str:
    return f"{what}. {words}" if words else f"{what}."
