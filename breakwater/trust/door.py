"""Who comes in: from a session's key to an actor behind walls, in one statement."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from breakwater.trust.access import Actor
from breakwater.trust.models import Agency, Unit, User

# The context of row security is set from what the same statement found, so that no request can be signed in
# without walls, nor have walls for somebody else.
_ENTER = """
    WITH who AS (
        SELECT a.role, u.id AS user_id, u.username, u.name AS user_name, un.id AS unit_id, un.name AS unit_name,
            ag.id AS agency_id, ag.name AS agency_name, ag.kind, ag.profile, ag.scheme, ag.time_zone, ag.founded_at
        FROM trust_session s
        JOIN trust_user u ON u.id = s.user_id AND u.is_active
        JOIN trust_appointment a ON a.user_id = u.id AND a.starts_at <= %(now)s
            AND (a.ends_at IS NULL OR a.ends_at > %(now)s)
        JOIN trust_agency ag ON ag.id = a.agency_id
        LEFT JOIN trust_unit un ON un.id = a.unit_id
        WHERE s.session_key = %(key)s AND s.expire_date > %(now)s
        LIMIT 1
    )
    SELECT who.*,
        set_config('breakwater.agency', agency_id::text, true), set_config('breakwater.user', user_id::text, true),
        set_config('synchronous_commit', %(commit)s, true)
    FROM who
"""


def enter(key: str, *, now: datetime, only_shows: bool) -> Actor | None:
    """The actor of a session, with the walls put up for them in the running transaction.

    Args:
        only_shows: the request changes nothing; its sightings may reach the disk a moment after the answer.

    Returns:
        ``None`` when the session has ended, or its person works nowhere now.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, {"key": key, "now": now, "commit": "off" if only_shows else "on"})
        row = cursor.fetchone()
    return _actor(row, now) if row else None


def _actor(row: tuple[Any, ...], now: datetime) -> Actor:
    role, user_id, username, name, unit_id, unit_name, agency_id, *about = row
    agency = _agency(agency_id, *about[:6])
    unit = Unit(id=unit_id, agency=agency, name=unit_name) if unit_id else None
    user = User(id=user_id, username=username, name=name)
    for known in (agency, unit, user):
        if known is not None:
            known._state.adding = False
    return Actor(user=user, agency=agency, unit=unit, role=role, now=now)


def _agency(
    agency_id: UUID, name: str, kind: str, profile: str, scheme: str, time_zone: str, founded_at: datetime
) -> Agency:
    return Agency(
        id=agency_id,
        name=name,
        kind=kind,
        profile=profile,
        scheme=scheme,
        time_zone=time_zone,
        founded_at=founded_at,
    )
