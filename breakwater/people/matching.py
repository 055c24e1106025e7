"""Possible matches: by name (trigrams and sound), birth date and phone, each with its reasons."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q

from breakwater.kernel.text import name_key, phone_key
from breakwater.people.models import ContactPoint, Name, Person
from breakwater.people.rules import sound_of, why_birth_dates_match, why_names_match
from breakwater.trust.access import Actor

AT_LEAST = 0.3
"""Likeness of trigrams below which names are not alike; PostgreSQL's own default."""

_SHORTEST = 2
_SAME_DAY, _SAME_PHONE, _SOUNDS = 0.35, 0.6, 0.3


@dataclass
class Match:
    """Somebody we may know already, and why we think so. ``likeness`` only orders the list."""

    person_id: UUID
    likeness: float = 0.0
    reasons: list[str] = field(default_factory=list)
    person: Person | None = None

    def because(self, reason: str, weight: float) -> None:
        """Add a reason."""
        if reason and reason not in self.reasons:
            self.reasons.append(reason)
            self.likeness += weight


def possible_matches(
    actor: Actor, *, name: str = "", born: date | None = None, phone: str = "", most: int = 8
) -> list[Match]:
    """Who this may be, most alike first, only within the actor's circles. At most four queries."""
    found: dict[UUID, Match] = {}
    key, digits = name_key(name), phone_key(phone)
    if len(key) >= _SHORTEST:
        _by_name(found, key, sound_of(name), most=most * 3)
    if digits:
        points = (
            ContactPoint.objects.visible_to(actor)
            .filter(key=digits, kind="phone")
            .values_list("person_id", flat=True)
        )
        for person_id in points[: most * 3]:
            found.setdefault(person_id, Match(person_id)).because("same phone", _SAME_PHONE)
    wanted = Q(pk__in=list(found)) | (Q(birth_date=born) if born else Q(pk__in=[]))
    if not found and born is None:
        return []
    for person in Person.objects.visible_to(actor).standing().filter(wanted)[: most * 4]:
        match = found.setdefault(person.pk, Match(person.pk))
        match.person = person
        match.because(why_birth_dates_match(born, person.birth_date), _SAME_DAY)
    seen = sorted((one for one in found.values() if one.person), key=lambda one: -one.likeness)[:most]
    actor.saw("people.person", [one.person_id for one in seen])
    return seen


def _by_name(found: dict[UUID, Match], key: str, sound: str, *, most: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, likeness FROM people_like(%s::text, %s::real, %s::integer)",
            (key, AT_LEAST, most),
        )
        for person_id, likeness in cursor.fetchall():
            match = found.setdefault(person_id, Match(person_id))
            match.because(why_names_match(likeness, sounds_alike=False), float(likeness))
    if sound:
        same = Name.objects.filter(sound=sound, ends_at=None).values_list("person_id", flat=True)[:most]
        for person_id in same:
            match = found.setdefault(person_id, Match(person_id))
            match.because(why_names_match(0, sounds_alike=True), _SOUNDS)
