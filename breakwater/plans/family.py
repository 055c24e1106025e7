"""The plans of a household, as far as whoever looks may know of them: which part is whose, and who may see it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from breakwater.cases.models import Case
from breakwater.kernel.text import mark_of, name_key
from breakwater.people.models import Membership, Name, Person, Supporter, beside
from breakwater.plans.library import FORM
from breakwater.plans.models import FamilyChoice, FamilyTelling, Goal, Need, SafetyPlan, Step
from breakwater.trust.access import Actor
from breakwater.trust.journal import AsksWhy, see

SAFETY, ACTION = "safety", "action"
PARTS: Mapping[str, str] = {
    **{f"{SAFETY}.{code}": one.title["en"] for code, one in FORM.sections.items()},
    f"{ACTION}.goals": "Goals",
    f"{ACTION}.steps": "Steps still to do",
    f"{ACTION}.needs": "What is needed",
}
"""The parts of a person's plans, each of which is kept or shown by itself."""


@dataclass(frozen=True, kw_only=True)
class Kin:
    """A member of a household, and their plans as far as they may be known.

    Args:
        case: the open case by which they are helped; ``None`` when there is none here, or none that may be known.
        asks_why: whoever opens their record says why first, and has not.
        parts: the parts that say something, and the names of those who may see each.
    """

    member: Membership
    case: Case | None = None
    asks_why: bool = False
    parts: Mapping[str, list[str]] = field(default_factory=dict)

    def plans(self) -> list[tuple[str, list[tuple[str, list[str]]]]]:
        """Their safety plan and their action plan, as far as there are any: title and readers of each part."""
        told = []
        for plan, title in ((SAFETY, "Safety plan"), (ACTION, "Action plan")):
            found = [(PARTS[one], who) for one, who in self.parts.items() if one.startswith(f"{plan}.")]
            told += [(title, found)] if found else []
        return told


def family_of(case: Case, *, by: Actor) -> list[Kin]:
    """The household of a case's person, themselves first; only those whom the actor may know, and nobody's number."""
    members = sorted(beside(case.person, by), key=lambda one: one.person_id != case.person_id)
    return [_kin(one, case, members, by=by) for one in members]


def others_in(case: Case, *, by: Actor) -> dict[UUID, Membership]:
    """The others of the household whom the actor may know, by the id of their membership."""
    return {one.pk: one for one in beside(case.person, by) if one.person_id != case.person_id}


def standing_choices(case: Case) -> dict[UUID, FamilyChoice]:
    """The last choice for each member of the household, by the id of their membership."""
    return {one.member_id: one for one in FamilyChoice.objects.last_of(case.pk)}


def mark_of_choices(choices: Mapping[UUID, FamilyChoice], members: Iterable[UUID]) -> str:
    """A mark of how it stands for these members: who chooses anew must have read it."""
    return mark_of({str(one): choices[one].version if one in choices else 0 for one in members})


def kin_named(case: Case, who: Supporter, *, by: Actor) -> list[Membership]:
    """Who in the household bears the name of somebody round the person, as far as the actor may know."""
    key = name_key(who.name)
    others = others_in(case, by=by)
    bear_it = Name.objects.filter(
        person__in=[one.person_id for one in others.values()], key=key, ends_at=None
    )
    persons = set(bear_it.values_list("person_id", flat=True))
    return [one for one in others.values() if one.person_id in persons]


def said_parts(case: Case) -> list[str]:
    """The parts of the plans of a case that say something that no law keeps apart, in their order."""
    plan = SafetyPlan.objects.versions(case.pk).first()
    safety = [f"{SAFETY}.{code}" for code, words in plan.words.items() if words.strip()] if plan else []
    kinds = (("goals", Goal), ("steps", Step), ("needs", Need))
    stand = [
        name for name, kind in kinds if kind.objects.standing().not_apart().filter(case=case.pk).exists()
    ]
    return [*safety, *(f"{ACTION}.{name}" for name in stand)]


def tellings_of(case: Case, *, by: Actor) -> list[tuple[FamilyTelling, Membership, list[str]]]:
    """What the others of the household were told, the newest first, with the titles of the parts."""
    others = others_in(case, by=by)
    told = FamilyTelling.objects.of_episode(case.pk).filter(member__in=list(others))
    return [(one, others[one.member_id], [PARTS.get(part, part) for part in one.parts]) for one in told]


def _kin(member: Membership, case: Case, members: list[Membership], *, by: Actor) -> Kin:
    try:
        theirs = case if member.person_id == case.person_id else _open_case(member.person, by=by)
    except AsksWhy:
        return Kin(member=member, asks_why=True)
    if theirs is None:
        return Kin(member=member)
    chosen = standing_choices(theirs)
    readers = {one.pk: one.person.known_as for one in members if one.pk != member.pk}
    parts = {
        part: [name for pk, name in readers.items() if pk in chosen and part in chosen[pk].parts]
        for part in said_parts(theirs)
    }
    return Kin(member=member, case=theirs, parts=parts)


def _open_case(person: Person, *, by: Actor) -> Case | None:
    """Their latest case that is open to the actor, and a note that the actor looked."""
    found = Case.objects.visible_to(by).filter(person=person).order_by("-asked_at", "-pk").first()
    return see(Case, found.pk, by=by, related=("person", "agency")) if found else None
