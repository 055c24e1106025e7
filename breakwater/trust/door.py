"""Who comes in: from a session's key to an actor behind walls, in one statement."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection

from breakwater.trust.access import Actor, Visit
from breakwater.trust.keyring import forget_key_in_use
from breakwater.trust.models import Agency, AgencyRole, Unit, User

# A suspended agency lets nobody in, at any request and not only at sign-in. A role of the agency's own comes along.
# The context of row security is set from what the same statement found, so that no request can be signed in
# without walls, nor have walls for somebody else. A sign of life is written down once a minute, and never waits for
# another request of the same session. A request that may write holds the session until it is committed: whoever ends
# the session waits for it, and nothing happens in the name of a session after the answer that it has ended.
_STANDING = """
        FROM trust_session s
        JOIN trust_user u ON u.id = s.user_id AND u.is_active
        JOIN trust_appointment a ON a.user_id = u.id AND a.starts_at <= %(now)s
            AND (a.ends_at IS NULL OR a.ends_at > %(now)s)
        JOIN trust_agency ag ON ag.id = a.agency_id
        LEFT JOIN trust_unit un ON un.id = a.unit_id
        LEFT JOIN trust_agencyrole r ON r.id = a.own_role_id
        WHERE s.session_key = {whose} AND s.expire_date > %(now)s
            AND NOT EXISTS (SELECT 1 FROM trust_suspension p WHERE p.agency_id = ag.id AND p.ends_at IS NULL)
            AND s.seen_at > %(now)s - make_interval(mins => least(ag.idle_minutes, s.idle_minutes))"""
_ENTER = """
    WITH who AS (
        SELECT a.role, u.id AS user_id, u.username, u.name AS user_name, un.id AS unit_id, un.name AS unit_name,
            r.id AS role_id, r.name AS role_name, r.capabilities,
            ag.id AS agency_id, ag.name AS agency_name, ag.kind, ag.profile, ag.scheme, ag.time_zone, ag.founded_at,
            s.proved_at, s.factor_due_at, s.confined_to, s.confined_until,
            CASE WHEN NOT s.knows AND u.changed_at < s.began_at
                AND u.changed_at > %(now)s - interval '7 days' THEN u.changed_at END AS changed_at,
            pg_current_snapshot()::text AS sees, coalesce(nullif(u.language, ''), ag.language) AS language
        {standing}
        LIMIT 1 {holding}
    ), due AS (
        SELECT session_key FROM trust_session
        WHERE session_key = %(key)s AND %(lives)s AND seen_at <= %(now)s - interval '1 minute'
            AND EXISTS (SELECT 1 FROM who)
        FOR NO KEY UPDATE SKIP LOCKED
    ), seen AS (
        UPDATE trust_session s SET seen_at = %(now)s FROM due WHERE s.session_key = due.session_key
    )
    SELECT who.*,
        set_config('breakwater.agency', agency_id::text, true), set_config('breakwater.user', user_id::text, true),
        set_config('synchronous_commit', %(commit)s, true)
    FROM who
"""
_ONE = _STANDING.format(whose="%(key)s")
_LOOKS, _HOLDS = (_ENTER.format(standing=_ONE, holding=one) for one in ("", "FOR KEY SHARE OF s"))
_OF_MANY = (
    f"{_STANDING.format(whose='ANY (%(keys)s)')} AND (s.factor_due_at IS NULL OR s.factor_due_at > %(now)s)"
)
_AS_WHAT = "s.session_key, ag.id, u.id, a.role, coalesce(r.capabilities, ARRAY[]::varchar[])"
STILL_IN = f"SELECT {_AS_WHAT} {_OF_MANY}"
"""Who of many would come in now, as what: asked for those who look on while nothing is asked of us."""
_COME_IN = (
    f"SELECT {_AS_WHAT}, coalesce(nullif(u.language, ''), ag.language) {_OF_MANY} AND s.confined_to IS NULL"
)
Standing = tuple[UUID, str, tuple[str, ...], str]
"""Of which agency somebody comes, in which role, what a role of the agency's own allows, and in what they read."""
_OF_THE_AGENCY = ("id", "name", "kind", "profile", "scheme", "time_zone", "founded_at")


def enter(
    key: str, *, now: datetime, only_shows: bool, holds: bool = False, lives: bool = True
) -> Actor | None:
    """The actor of a session, with the walls put up for them in the running transaction.

    Args:
        only_shows: the request changes nothing; its sightings may reach the disk a moment after the answer.
        holds: the session cannot be ended before the transaction is.
        lives: somebody sits there; a page that asks by itself is no sign of life.

    Returns:
        ``None`` when the session has ended, or its person works nowhere now.
    """
    forget_key_in_use()
    blanks: dict[str, Any] = {"key": key, "now": now, "lives": lives, "commit": "off" if only_shows else "on"}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDS if holds else _LOOKS, blanks)
        row = cursor.fetchone()
    return _actor(row, now) if row else None


def as_what_they_come(sessions: Collection[str], *, now: datetime) -> dict[str, Standing]:
    """Those of many sessions that would come in now, and as what: of which agency, in which role, allowed what.

    A device that somebody else holds, and whoever works in two places at once, is not among them.
    """
    found: dict[str, set[Standing]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_COME_IN, {"keys": list(sessions), "now": now})
        for session, agency, _, role, allows, language in cursor.fetchall():
            found[session].add((agency, role, tuple(allows), language))
    return {session: one for session, (one, *more) in found.items() if not more}


def _actor(row: tuple[Any, ...], now: datetime) -> Actor:
    role, user_id, username, name, unit_id, unit_name, role_id, role_name, allowed, *about = row
    agency = Agency.from_db(DEFAULT_DB_ALIAS, _OF_THE_AGENCY, about[:7])
    proved_at, factor_due_at, confined_to, confined_until, changed_at, sees, language = about[7:14]
    unit = Unit(id=unit_id, agency=agency, name=unit_name) if unit_id else None
    own = AgencyRole(id=role_id, agency=agency, name=role_name, capabilities=allowed) if role_id else None
    user = User(id=user_id, username=username, name=name)
    for known in (unit, own, user):
        if known is not None:
            known._state.adding = False
    visit = Visit(
        proved_at=proved_at, factor_due_at=factor_due_at, changed_at=changed_at, confined_to=confined_to,
        confined_until=confined_until, sees=sees,
    )  # fmt: skip
    return Actor(
        user=user, agency=agency, unit=unit, role=role, own_role=own, now=now, visit=visit, language=language
    )
