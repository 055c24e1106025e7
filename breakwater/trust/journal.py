"""Writing down what was done and what was shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model
from django.http import Http404
from psycopg.types.json import Jsonb

from breakwater.kernel.db import run_sql
from breakwater.kernel.events import Event, is_wanted
from breakwater.kernel.jobs import later
from breakwater.trust.access import Actor, Request, Statement
from breakwater.trust.capabilities import TO_READ
from breakwater.trust.live import topics_of
from breakwater.trust.models import Agency, Circle, Entry, Flag
from breakwater.trust.one_row import one_row
from breakwater.trust.rules.shape import shape_of
from breakwater.trust.waking import wake_open_pages

M = TypeVar("M", bound=Model)


class AsksWhy(Exception):
    """Whoever opens this record says why first, and has not. Holds the id of the flag."""

    def __init__(self, flag_id: UUID) -> None:
        super().__init__()
        self.flag_id = flag_id


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

    What Breakwater writes in the story of a case when it follows another agency's act says whose entry that was.

    Raises:
        TransactionManagementError: there is no transaction to be part of.
    """
    told = _Told(event=event, about=about)
    return _write([told], by=by, at=at, circle=circle, episode=episode, to_agency=to_agency)[0]


def record_all(
    events: list[tuple[Event, UUID | None]],
    *,
    by: Actor,
    at: datetime,
    circle: Circle | None = None,
    episode: UUID | None = None,
) -> None:
    """Write several entries about one circle in one statement: pairs of an event and what it is about."""
    if events:
        _write([_Told(*one) for one in events], by=by, at=at, circle=circle, episode=episode)


def see(model: type[M], pk: UUID, *, by: Actor, related: tuple[str, ...] = ()) -> M:
    """One confidential thing, and a note that the actor looked.

    Raises:
        NotPermitted: their role reads nothing of this kind, whoever it is about.
        Http404: it does not exist, or not for this actor: nobody can tell which.
        AsksWhy: it is a record at which one says why before it opens.
    """
    information: str = model.information  # type: ignore[attr-defined]  # what reaches a circle says what it holds
    by.must(TO_READ[information])
    found = one_row(model, pk, by=by, related=("circle", *related))
    if found is None:
        raise Http404
    if found.circle_id in by.asked_why:
        raise AsksWhy(Flag.objects.standing().get(circle=found.circle_id, agency=by.agency_id).pk)
    by.saw(model._meta.label_lower, [found.pk])
    seen: M = found
    return seen


def see_shared(model: type[M], pk: UUID, *, by: Actor, related: tuple[str, ...] = ()) -> M:
    """One thing that two agencies share, from either end of it, and a note that the actor looked.

    The far end does not stand in the circle: it reads what was written to it, and nothing that lies behind. The flag
    itself opens: there one says why.

    Raises:
        Http404: it does not exist, or not for this actor: nobody can tell which.
        AsksWhy: it is about somebody at whose record their own agency says why before it opens.
    """
    found = one_row(model, pk, by=by, related=related)
    if found is None:
        raise Http404
    if (circle_id := getattr(found, "circle_id", None)) and not isinstance(found, Flag):
        must_have_said_why(circle_id, by=by)
    by.saw(model._meta.label_lower, [found.pk])
    seen: M = found
    return seen


def must_have_said_why(circle_id: UUID, *, by: Actor) -> None:
    """Go on only where nobody says why before this record opens, or the actor did.

    Raises:
        AsksWhy: they have not.
    """
    if flag := Flag.objects.asking(circle_id, by).first():
        raise AsksWhy(flag.pk)


_COLUMNS = "verb, agency_id, by_id, circle_id, to_agency_id, about, episode, at, recorded_at, facts"
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp(), %s)"
_TELL = "WITH told AS (INSERT INTO trust_change (topics) VALUES (%s)) "


class _Told(NamedTuple):
    event: Event
    about: UUID | None


def _write(
    told: list[_Told],
    *,
    by: Actor,
    at: datetime,
    circle: Circle | None,
    episode: UUID | None,
    to_agency: Agency | None = None,
) -> list[Entry]:
    """All of them in one statement, which is quicker by hand; then whoever wants to hear of one is told."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "what happened is written in the transaction that does it"
        )
    heard = {"heard": by.heard} if by.heard and episode else {}
    entries = [
        Entry(
            verb=one.event.verb, agency=by.agency, by=by.user, circle=circle, to_agency=to_agency, about=one.about,
            episode=episode, at=at, facts=one.event.facts() | heard,
        )
        for one in told
    ]  # fmt: skip
    values: list[tuple[Any, ...]] = [
        (one.verb, one.agency_id, one.by_id, one.circle_id, one.to_agency_id, one.about, one.episode, one.at,
         Jsonb(one.facts))
        for one in entries
    ]  # fmt: skip
    insert = f"INSERT INTO trust_entry ({_COLUMNS}) VALUES {', '.join([_ROW] * len(entries))} RETURNING id, recorded_at"
    blanks = [value for row in values for value in row]
    topics = _topics(told, circle, by.agency, to_agency)
    if topics:
        insert, blanks = _TELL + insert, [topics, *blanks]
        wake_open_pages()
    with connection.cursor() as cursor:
        cursor.execute(insert, blanks)
        written = cursor.fetchall()
    for entry, one, (number, recorded_at) in zip(entries, told, written, strict=True):
        entry.pk, entry.recorded_at, entry._state.adding = number, recorded_at, False
        if is_wanted(one.event):
            later("trust.react", entry_id=entry.pk, agency_id=str((to_agency or by.agency).pk))
    return entries


def _topics(told: list[_Told], circle: Circle | None, *agencies: Agency | None) -> list[UUID]:
    """What pages that are open are told to have changed."""
    whose = [one.pk for one in agencies if one]
    return sorted(set().union(*(topics_of(one.event, whose, circle.pk if circle else None) for one in told)))


_WRITE_SIGHTINGS = "INSERT INTO trust_sighting (agency_id, by_id, glass, asked, page, what, ids) VALUES "
_A_SIGHTING = "(%s, %s, %s, %s, %s, %s, %s::uuid[])"


class Shows(NamedTuple):
    """On which page something is about to be shown, by which filters: for a statement that writes what it reads."""

    page: str
    filters: list[str] | None

    @classmethod
    def on(cls, request: Request) -> "Shows":
        """The page that answers a request."""
        match = request.resolver_match
        return cls(match.view_name if match else "", shape_of(request.GET) or None)

    def told(self, actor: Actor) -> dict[str, Any]:
        """What the statement is told, beside agency and user."""
        return {"through": _through(actor), "filters": self.filters, "page": self.page}


def write_sightings(
    actor: Actor,
    page: str,
    *asked: Mapping[str, object],
    beside: Statement | None = None,
    again: bool = False,
) -> None:
    """Write down everything that this request showed: one row for each kind of thing, in one statement.

    ``beside`` is written by the same statement: what is still to be said at the end of the request.

    Whoever looked for somebody and found nobody leaves a row as well, and so does whoever opened lists that were all
    empty: which page, which kind, and nothing shown. By which filters it was asked for stands in each; how many came
    of it is how many ids there are. What the statement that read it wrote by itself stands; ``again``: unless that was
    taken back with its transaction.
    """
    taken_back = actor.written if again else {}
    seen = {one: [*taken_back.get(one, ()), *actor.seen.get(one, ())] for one in {**taken_back, **actor.seen}}
    shown = {one: ids for one, ids in seen.items() if ids or one in actor.looked}
    opened = shown or ({} if actor.written else seen)
    rows = [(where or page, what, _listed(ids)) for (where, what), ids in opened.items()]
    sql, told = beside or ("", ())
    if rows:
        who = (actor.agency_id, actor.user_id, _through(actor), shape_of(*asked) or None)
        insert = _WRITE_SIGHTINGS + ", ".join([_A_SIGHTING] * len(rows))
        sql = f"WITH beside AS ({sql}) {insert}" if sql else insert
        told = (*told, *(value for row in rows for value in (*who, *row)))
    if sql:
        run_sql(sql, told)
    actor.seen.clear()
    actor.looked.clear()
    actor.written.clear()


def _through(actor: Actor) -> UUID | None:
    return actor.through.pk if actor.through else None


def _listed(ids: list[UUID]) -> str:
    """As PostgreSQL reads a list: written here it costs a tenth of what it costs psycopg, one by one."""
    return f"{{{','.join([one.hex for one in ids])}}}"
