"""The one connection on which a process hears that something changed, and asks who may still be told."""

from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

import psycopg

from breakwater.kernel.db import address
from breakwater.trust.door import STILL_IN
from breakwater.trust.live import CHANNEL, Moment, Watched

PLACES = 5
"""How many streams one person may have open, on all their devices together."""

_PLACES_OF = 0x6C697665
_NAME = "breakwater live"

# A change is new to whoever has seen a snapshot when it was not visible in it and is visible now. The first condition
# says the same of most rows, by the index: what is older than every transaction that was running then was visible.
_CHANGES = """
    SELECT pg_current_snapshot()::text, (
        SELECT array_agg(DISTINCT named.topic) FROM trust_change c CROSS JOIN unnest(c.topics) named (topic)
        WHERE c.transaction >= pg_snapshot_xmin(%(since)s::pg_snapshot)::text::bigint
            AND NOT pg_visible_in_snapshot(c.transaction::text::xid8, %(since)s::pg_snapshot))
"""
# A snapshot that is ahead of ours is of another life of this database, from before a backup was read back.
_MISSED = """
    SELECT pg_snapshot_xmax(came.since)::text::bigint > pg_snapshot_xmax(%(until)s::pg_snapshot)::text::bigint, (
        SELECT array_agg(DISTINCT named.topic) FROM trust_change c CROSS JOIN unnest(c.topics) named (topic)
        WHERE c.transaction >= pg_snapshot_xmin(came.since)::text::bigint
            AND NOT pg_visible_in_snapshot(c.transaction::text::xid8, came.since)
            AND pg_visible_in_snapshot(c.transaction::text::xid8, %(until)s::pg_snapshot))
    FROM unnest(%(since)s::pg_snapshot[]) WITH ORDINALITY came (since, place) ORDER BY came.place
"""
# A lock that belongs to the connection: it is free again when the process is killed, and all processes see it.
_TAKE_PLACE = """
    SELECT one.place FROM generate_series(0, %(most)s - 1) one (place)
    WHERE one.place <> ALL (%(held)s) AND pg_try_advisory_lock(%(of)s, %(whose)s + one.place) LIMIT 1
"""

Standing = tuple[str, UUID, UUID, str, tuple[str, ...]]
"""A session, and as what it would come in: agency, person, role, and what a role of the agency's own allows."""


class Wire:
    """The connection, while it holds."""

    def __init__(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator["Wire"]:
        """Listen, from now on."""
        found = await psycopg.AsyncConnection.connect(address(called=_NAME), autocommit=True)
        async with found:
            await found.execute(f"LISTEN {CHANNEL}")
            yield cls(found)

    async def hears(self, seconds: float) -> bool:
        """Whether anything was told to have changed, as soon as it is; ``False`` when the time is over."""
        heard = self._connection.notifies(timeout=seconds, stop_after=1)
        return bool([one async for one in heard])

    async def changes(self, since: str, *, now: datetime) -> tuple[Moment, set[UUID]]:
        """How far one sees now, and what changed since a snapshot. Without one nothing did."""
        if not since:
            ((seen,),) = await self._rows("SELECT pg_current_snapshot()::text", {})
            return Moment(seen, now), set()
        ((seen, topics),) = await self._rows(_CHANGES, {"since": since})
        return Moment(seen, now), set(topics or ())

    async def missed(self, since: list[str], *, until: Moment) -> list[set[UUID] | None]:
        """For each of these snapshots what changed after it, as far as was seen until a moment; ``None`` for all."""
        rows = await self._rows(_MISSED, {"since": since, "until": until.snapshot})
        return [None if is_ahead else set(topics or ()) for is_ahead, topics in rows]

    async def still_in(self, sessions: Collection[str], *, now: datetime) -> set[Standing]:
        """Which of these sessions would come in now, and as what."""
        rows = await self._rows(STILL_IN, {"keys": list(sessions), "now": now})
        return {
            (session, agency, person, role, tuple(allows)) for session, agency, person, role, allows in rows
        }

    async def still_open(self, looks: Collection[tuple[UUID, UUID, Watched]]) -> list[bool]:
        """Whether each circle is open to this agency and person for this kind of information: row security is asked."""
        if not looks:
            return []
        agencies, people, watched = zip(*looks, strict=True)
        ((said,),) = await self._rows(
            "SELECT trust_still_opens(%(agencies)s, %(people)s, %(circles)s, %(kinds)s)",
            {
                "agencies": list(agencies), "people": list(people), "circles": [one.id for one in watched],
                "kinds": [one.kind for one in watched],
            },
        )  # fmt: skip
        return list(said)

    async def take_place(self, person: UUID, *, held: Iterable[int]) -> int | None:
        """A place for one more stream of somebody, besides those held here; ``None`` when all are taken."""
        of_theirs = {"of": _PLACES_OF, "whose": _first_place(person), "most": PLACES, "held": list(held)}
        rows = await self._rows(_TAKE_PLACE, of_theirs)
        return rows[0][0] if rows else None

    async def give_back(self, person: UUID, place: int) -> None:
        """The place is free for another."""
        whose = {"of": _PLACES_OF, "whose": _first_place(person) + place}
        await self._rows("SELECT pg_advisory_unlock(%(of)s, %(whose)s)", whose)

    async def _rows(self, sql: str, blanks: dict[str, Any]) -> list[tuple[Any, ...]]:
        cursor = await self._connection.execute(sql, blanks)
        return await cursor.fetchall()


def _first_place(person: UUID) -> int:
    """A number with room for the places of one person after it, as small as a lock's may be."""
    return crc32(person.bytes) // 2 // (PLACES + 1) * (PLACES + 1)
