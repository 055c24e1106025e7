"""What an intake tells about somebody we know: what is new goes into their record, what differs into their case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from breakwater.cases.actions.notes import Telling, add_note
from breakwater.cases.models import Case, Note
from breakwater.kernel.text import name_key
from breakwater.people.actions.persons import correct
from breakwater.people.actions.reach import hear_of_way
from breakwater.people.apart import with_what_is_apart
from breakwater.people.models import Person
from breakwater.trust.access import Actor

_ADDED_TO = ("triggers", "strengths", "safe_contact", "must_not_know")
_FILLED_IN = {
    "pronouns": "Pronouns",
    "language": "Language",
    "birth_date": "Birth date",
    "needs_interpreter": "",
}
_DIFFERS = "Told as help was asked for, and not so on record:"


def learn(person: Person, known: Mapping[str, Any], *, at: datetime, by: Actor) -> list[str]:
    """Add what was told this time to what is written about somebody we know. Nothing is overwritten.

    Only a way to reach them that is said not to be safe is no longer used as before.

    Returns:
        What was told and is otherwise on record, a line each, for the chronology of their case: which of the two is
        right, somebody has to ask them.
    """
    with_what_is_apart(person, by)
    differs = _otherwise(person, known)
    added = {name: known.get(name, "") for name in _ADDED_TO}
    changes: dict[str, Any] = {
        name: "\n".join(filter(None, (getattr(person, name), said)))
        for name, said in added.items()
        if said.strip() and said not in getattr(person, name)
    }
    changes |= {name: known[name] for name in _FILLED_IN if known.get(name) and not getattr(person, name)}
    if changes:
        correct(person, version=person.version, changes=changes, at=at, by=by)
    for point in known.get("contact_points", ()):
        hear_of_way(person, **point, at=at, by=by)
    return differs


def keep_what_differs(case: Case, differs: list[str], *, told_at: datetime, at: datetime, by: Actor) -> None:
    """Have it stand in the chronology, in their words: nothing that was typed is lost.

    A role of an agency's own may take in and add no note: whoever has it takes them in all the same.
    """
    if differs and by.may("cases.work"):
        words = "\n".join((_DIFFERS, *differs))
        add_note(case, Telling(kind=Note.Kind.NOTE, words=words, happened_at=told_at), at=at, by=by)


def _otherwise(person: Person, known: Mapping[str, Any]) -> list[str]:
    told = str(known.get("known_as", "")).strip()
    lines = [f"Known as: {told}"] if told and not _is_a_name_of(person, told) else []
    for name, label in _FILLED_IN.items():
        said, on_record = known.get(name), getattr(person, name)
        if said and on_record and name_key(str(said)) != name_key(str(on_record)):
            lines.append(f"{label}: {said}")
    return lines


def _is_a_name_of(person: Person, told: str) -> bool:
    """Whether they are called so, or it is a part of what they are called: whoever looks for somebody types a part."""
    key = name_key(told)
    if key in name_key(person.known_as):
        return True
    return any(key in one for one in person.names.filter(ends_at=None).values_list("key", flat=True))
