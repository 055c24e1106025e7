"""Households: people in one crisis together. Each belongs to one at a time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from breakwater.kernel.db import STANDING, refuse_if
from breakwater.kernel.errors import Overtaken, Refused
from breakwater.people.events import HouseholdChanged
from breakwater.people.models import Household, Membership, Person
from breakwater.trust.access import Actor
from breakwater.trust.journal import record


@transaction.atomic
def join_household(person: Person, *, with_: Person, part: str, at: datetime, by: Actor) -> Membership:
    """A person belongs to the household of another; where there was none, both form one.

    The actor's agency stands in both circles, and learns of nobody else by this: further members show only to
    those who stand in their circles too.

    Raises:
        Refused: it is the same person, or nothing is said about their part.
        Overtaken: they belong to a household already.
    """
    by.must("people.correct", person.circle)
    by.must("people.correct", with_.circle)
    if person.pk == with_.pk:
        raise Refused("Choose somebody else: nobody is a household with themselves.")
    if not part.strip():
        raise Refused("Say what they are in the household: adult, child, partner.")
    theirs = Membership.objects.filter(STANDING, person=with_).first()
    if theirs:
        return _belong(person, theirs.household_id, part, at=at, by=by)
    formed = Household.objects.create(agency=by.agency, formed_at=at)
    _belong(with_, formed.pk, "Named first", at=at, by=by)
    return _belong(person, formed.pk, part, at=at, by=by)


@transaction.atomic
def leave_household(membership: Membership, *, at: datetime, by: Actor) -> None:
    """They do not belong to it any more. It stays readable.

    Raises:
        Overtaken: they left already.
    """
    by.must("people.correct", membership.circle)
    standing = Membership.objects.filter(STANDING, pk=membership.pk)
    if not standing.update(ends_at=max(at, membership.starts_at)):
        raise Overtaken("They left this household already.")
    record(
        HouseholdChanged(household_id=membership.household_id, person_id=membership.person_id),
        about=membership.person_id, circle=membership.circle, by=by, at=at,
    )  # fmt: skip


def _belong(person: Person, household_id: UUID, part: str, *, at: datetime, by: Actor) -> Membership:
    membership = Membership(
        circle=person.circle, person=person, household_id=household_id, part=part.strip(), starts_at=at
    )
    with refuse_if("one_household_at_a_time", "They belong to a household already. Let them leave it first."):
        membership.save(force_insert=True)
    record(
        HouseholdChanged(household_id=household_id, person_id=person.pk),
        about=person.pk, circle=person.circle, by=by, at=at,
    )  # fmt: skip
    return membership
