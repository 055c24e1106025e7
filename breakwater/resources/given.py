"""What was given and promised of what an agency keeps. Neither is known here: those above say it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Value

from breakwater.trust.access import Actor

_said_by: list[Callable[[], Any]] = []


def says_what_was_given(count: Callable[[], Any]) -> Callable[[], Any]:
    """Say how many were given since a figure was told: an expression over a row of figures."""
    _said_by.append(count)
    return count


def given_since_told() -> Any:
    """How many were given since a figure was told, as far as anybody says; else none."""
    return sum((count() for count in _said_by), start=Value(0))


Promised = Callable[[UUID, Actor], str]
"""Why something cannot go, as a sentence to act on; nothing where nobody waits for it."""

_keep: dict[str, list[Promised]] = {"bed": [], "bed for good": [], "program": []}


def says_why_it_stays(*what: str) -> Callable[[Promised], Promised]:
    """Say why a ``bed`` cannot be taken out of use, or not ``bed for good``, or why a ``program`` cannot end."""

    def keep(says: Promised) -> Promised:
        for one in what:
            _keep[one].append(says)
        return says

    return keep


def why_it_stays(what: str, id_: UUID, by: Actor) -> str:
    """Why something that we keep cannot go: somebody expects it. Nothing where nobody does."""
    return next(filter(None, (says(id_, by) for says in _keep[what])), "")
