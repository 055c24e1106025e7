"""Writing down what was done and what was shown."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model
from django.http import Http404

from breakwater.kernel.events import Event, listeners
from breakwater.kernel.jobs import later
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency, Circle, Entry

M = TypeVar("M", bound=Model)


def record(
    event: Event,
    *,
    by: Actor,
    at: datetime,
    about: UUID | None = None,
    circle: Circle | None = None,
    episode: UUID | None = None,
    to_agency: Agency | None = None,
) -> Entry:
    """Write one entry in the journal and enqueue its reactions, in the transaction of the act.

    Args:
        event: what happened.
        by: who did it.
        at: when it happened, which may be before now; when it is written down is the database's to say.
        about: the thing it happened to.
        circle: the circle it lies in; without one, only the actor's own agency reads it.
        episode: the case whose story it belongs to.
        to_agency: another agency that this is news for; its reactions run on its own side of the wall.

    Raises:
        TransactionManagementError: there is no transaction to be part of.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "what happened is written in the transaction that does it"
        )
    entry = Entry.objects.create(
        verb=event.verb,
        agency=by.agency,
        by=by.user,
        circle=circle,
        to_agency=to_agency,
        about=about,
        episode=episode,
        at=at,
        facts=event.facts(),
    )
    if listeners(event.verb):
        later("trust.react", entry_id=entry.pk, agency_id=str((to_agency or by.agency).pk))
    return entry


def record_all(
    events: list[tuple[Event, UUID | None]],
    *,
    by: Actor,
    at: datetime,
    circle: Circle | None = None,
    episode: UUID | None = None,
) -> None:
    """Write several entries about one circle in one statement: pairs of an event and what it is about."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "what happened is written in the transaction that does it"
        )
    entries = Entry.objects.bulk_create(
        Entry(
            verb=event.verb,
            agency=by.agency,
            by=by.user,
            circle=circle,
            about=about,
            episode=episode,
            at=at,
            facts=event.facts(),
        )
        for event, about in events
    )
    for entry in entries:
        if listeners(entry.verb):
            later("trust.react", entry_id=entry.pk, agency_id=str(by.agency_id))


def see(model: type[M], pk: UUID, *, by: Actor, related: tuple[str, ...] = ()) -> M:
    """One confidential thing, and a note that the actor looked.

    Raises:
        Http404: it does not exist, or not for this actor: nobody can tell which.
    """
    objects: Any = model._default_manager
    found = objects.visible_to(by).select_related("circle", *related).filter(pk=pk).first()
    if found is None:
        raise Http404
    by.has_joined(found.circle_id)
    by.saw(model._meta.label_lower, [found.pk])
    seen: M = found
    return seen


def see_shared(model: type[M], pk: UUID, *, by: Actor, related: tuple[str, ...] = ()) -> M:
    """One thing that two agencies share, from either end of it, and a note that the actor looked.

    The far end does not stand in the circle: it reads what was written to it, and nothing that lies behind.

    Raises:
        Http404: it does not exist, or not for this actor: nobody can tell which.
    """
    objects: Any = model._default_manager
    found = objects.visible_to(by).select_related(*related).filter(pk=pk).first()
    if found is None:
        raise Http404
    by.saw(model._meta.label_lower, [found.pk])
    seen: M = found
    return seen


_SIGHTING = "INSERT INTO trust_sighting (agency_id, by_id, page, what, ids) VALUES (%s, %s, %s, %s, %s)"


def write_sightings(actor: Actor, page: str) -> None:
    """Write down everything that this request showed: one row for each kind of thing."""
    rows = [(where or page, what, ids) for (where, what), ids in actor.seen.items() if ids]
    if rows:
        with connection.cursor() as cursor:
            for row in rows:
                cursor.execute(_SIGHTING, (actor.agency_id, actor.user_id, *row))
    actor.seen.clear()
