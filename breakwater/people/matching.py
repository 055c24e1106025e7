"""Possible matches: by name (trigrams and sound), birth date and phone, each with its reasons."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from breakwater.kernel.text import name_key, phone_key
from breakwater.people.models import Person
from breakwater.people.rules import sound_of, why_birth_dates_match, why_names_match
from breakwater.trust.access import Actor
from breakwater.trust.keyring import tokens_of
from breakwater.trust.walls import stands_by_code

_CHOSEN = "you chose them"
AT_LEAST = 0.3
"""Likeness of trigrams below which names are not alike; ``people_like`` keeps to the same."""

_SHORTEST = 2
_SAME_DAY, _SAME_PHONE, _SOUNDS = 0.35, 0.6, 0.3
_BESIDE = 16
"""How many more than are shown are looked at in each other way, and by name where a birth date was told too: two
reasons may outweigh a better one."""


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
    """Who this may be, most alike first, only within the actor's circles. One query."""
    key, digits = name_key(name), phone_key(phone)
    if len(key) < _SHORTEST and not digits and born is None:
        return []
    asked = {
        "key": key if len(key) >= _SHORTEST else "", "sound": sound_of(name) if len(key) >= _SHORTEST else "",
        "tokens": tokens_of(actor.agency_id, digits) if digits else [], "born": born, "each": most + _BESIDE,
        "by_name": most + _BESIDE if born else most, "agency": actor.agency_id, "now": actor.now, "user": actor.user_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, asked)
        found = [_match(row, born) for row in cursor.fetchall()]
    seen = sorted(found, key=lambda one: (-one.likeness, one.person_id))[:most]
    actor.looked_for("people.person", [one.person_id for one in seen])
    return seen


def with_chosen(actor: Actor, found: list[Match], chosen: UUID | None) -> list[Match]:
    """Those who are alike, and first of all whoever was chosen, though more was typed since that is less like them."""
    if chosen is None or chosen in {one.person_id for one in found}:
        return found
    person = Person.objects.visible_to(actor).standing().filter(pk=chosen).first()
    if person is None:
        return found
    actor.looked_for("people.person", [person.pk])
    return [Match(person.pk, reasons=[_CHOSEN], person=person), *found]


_FIELDS = list(Person._meta.concrete_fields)
_COLUMNS = ", ".join(f'p."{field.column}"' for field in _FIELDS)
_NAMES = [field.attname for field in _FIELDS]
_READ = [getattr(field, "from_json", lambda value: value) for field in _FIELDS]

# As ``people_like`` has it: alike, or beginning so.
_ALIKE = f"""(similarity(n.key, %(key)s::text) >= {AT_LEAST} OR length(%(key)s::text) >= 3
    AND (starts_with(n.key, %(key)s::text) OR strpos(n.key, ' ' || %(key)s::text) > 0))"""

# Four ways to be alike, each by its own index, then the persons themselves: behind both walls, as everything else.
# By name only as many are asked for as are shown; of whoever was found in another way is told how alike the names are.
_FOUND = f"""
    WITH alike AS (
        SELECT person_id, likeness, false AS sounds, false AS rings
            FROM people_like(%(key)s::text, %(by_name)s::integer) WHERE %(key)s::text <> ''
        UNION ALL (
            SELECT n.person_id, 0, true, false FROM people_name n
            WHERE n.sound = %(sound)s::text AND n.sound <> '' AND n.ends_at IS NULL LIMIT %(each)s::integer)
        UNION ALL (
            SELECT c.person_id, 0, false, true FROM people_contactpoint c
            WHERE c.key = ANY (%(tokens)s::text[]) AND c.key <> '' AND c.kind = 'phone' LIMIT %(each)s::integer)
        UNION ALL (
            SELECT b.id, 0, false, false FROM people_person b
            WHERE b.birth_date = %(born)s::date LIMIT %(each)s::integer)
    ), found AS (
        SELECT person_id, max(likeness) AS likeness, bool_or(sounds) AS sounds, bool_or(rings) AS rings
        FROM alike GROUP BY person_id
    )
    SELECT CASE WHEN found.likeness > 0 OR %(key)s::text = '' THEN found.likeness ELSE coalesce((
            SELECT max(similarity(n.key, %(key)s::text)) FROM people_name n
            WHERE n.person_id = found.person_id AND n.ends_at IS NULL AND {_ALIKE}), 0) END,
        found.sounds, found.rings, {_COLUMNS}
    FROM found JOIN people_person p ON p.id = found.person_id
    WHERE p.merged_into_id IS NULL AND {stands_by_code("who", circle="p.circle_id")}
"""


def _match(row: tuple[Any, ...], born: date | None) -> Match:
    likeness, sounds, rings, *values = row
    person = Person.from_db(
        connection.alias, _NAMES, [read(one) for read, one in zip(_READ, values, strict=True)]
    )
    match = Match(person.pk, person=person)
    if likeness >= AT_LEAST:
        match.because(why_names_match(likeness, sounds_alike=False), float(likeness))
    elif likeness:
        match.because("name begins like this", float(likeness))
    if sounds:
        match.because(why_names_match(0, sounds_alike=True), _SOUNDS)
    if rings:
        match.because("same phone", _SAME_PHONE)
    match.because(why_birth_dates_match(born, person.birth_date), _SAME_DAY)
    return match
