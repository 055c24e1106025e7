"""Fills an empty, migrated database with agencies, the people who work there, and cases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg

from breakwater.kernel.cipher import DataKey as Opened
from breakwater.resources.models import Organization, Place
from breakwater.server.bench.copying import Heap
from breakwater.server.bench.lives import Life, Lives, Staff
from breakwater.trust import persons
from breakwater.trust.keyring import master_key
from breakwater.trust.models import Agency, Appointment, DataKey, Session, Unit, User

AGENCIES, WORKERS_EACH = 5, 12
_SEED = 48
NOBODY_SIGNS_IN = "!"  # no password: nobody signs in
_AT_ONCE = 2_500
FAR = datetime(2099, 1, 1, tzinfo=UTC)

# What COPY writes is right by its making, and checked as a whole at the end: asking every row for its foreign keys
# would take longer than everything else.
_UNASKED = "SET session_replication_role = replica"
_ASKED = "SET session_replication_role = origin"
_NOBODY_FELL_THROUGH = """
    SELECT count(*) FROM cases_case c
    WHERE NOT EXISTS (SELECT FROM cases_closure e WHERE e.case_id = c.id AND e.ends_at IS NULL)
      AND NOT (
        EXISTS (SELECT FROM cases_assignment a WHERE a.case_id = c.id AND a.part = 'owner' AND a.ends_at IS NULL)
        AND EXISTS (SELECT FROM clocks_clock k WHERE k.episode = c.id AND k.ended_at IS NULL))
"""
# No trigger heard of what COPY wrote.
_NAMES_INTO_THE_BOOK = """
    INSERT INTO people_namebook (agency_id, name_id, circle_id, person_id, key)
    SELECT g.agency_id, n.id, n.circle_id, n.person_id, n.key
    FROM people_name n JOIN trust_grant g ON g.circle_id = n.circle_id
"""
# The floor asks in the plainest way, by an index that Breakwater does without; both pay for keeping it.
_INDEX_OF_THE_FLOOR = (
    "CREATE INDEX bench_name_by_trigrams ON people_namebook USING gin (agency_id, key gin_trgm_ops)"
)
# The views that carry a wall themselves, once more without it, for whoever is served without walls.
# In a schema that the superuser looks into first. A view whose wall is not found ends the bench: its figure would be of
# walls on both sides.
_WITHOUT_WALLS = r"""
DO $$
DECLARE
    one record;
    bare text;
BEGIN
    CREATE SCHEMA IF NOT EXISTS unwalled;
    FOR one IN SELECT viewname, definition FROM pg_views
        WHERE schemaname = 'public' AND definition LIKE '%FROM trust_grant g%'
    LOOP
        bare := regexp_replace(
            one.definition, '\(EXISTS \( SELECT 1\s+?FROM trust_grant g\s.*?OFFSET 0\)\)', 'true', 'g');
        IF bare LIKE '%trust_grant%' THEN
            RAISE EXCEPTION 'the wall of % was not found', one.viewname;
        END IF;
        EXECUTE format('CREATE OR REPLACE VIEW unwalled.%I WITH (security_barrier) AS %s', one.viewname, bare);
    END LOOP;
    EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = unwalled, public', current_user, current_database());
END $$
"""


def build(
    url: str, cases: int, *, now: datetime, progress: Callable[[int], None] = lambda done: None
) -> list[Life]:
    """Fill a database as its administrator. Returns the people whose case is open."""
    heap = Heap(_SEED)
    chance = Random(_SEED)  # noqa: S311 - a repeatable benchmark, not a secret
    with psycopg.connect(url) as connection:
        connection.execute(_UNASKED)
        staff = _staff(heap, now)
        lives = Lives(heap, chance, staff, _place(heap), keys=keys(heap, staff, now), now=now)
        open_ones = []
        for number in range(cases):
            life = lives.live(number)
            if life.is_open:
                open_ones.append(life)
            if number % _AT_ONCE == _AT_ONCE - 1 or number == cases - 1:
                heap.write(connection)
                connection.commit()
                progress(number + 1)
        connection.execute(_ASKED)
        connection.commit()
        _settle(connection)
    return open_ones


def put_in(heap: Heap, url: str) -> None:
    """Write what lies on a heap into a database, as its administrator, and leave it as after a quiet night."""
    with psycopg.connect(url) as connection:
        heap.write(connection)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE, FREEZE)")
        connection.execute("CHECKPOINT")


def _settle(connection: psycopg.Connection[Any]) -> None:
    """As after a quiet night: statistics known, pages clean, everything on the disk."""
    connection.autocommit = True
    if fallen := connection.execute(_NOBODY_FELL_THROUGH).fetchone()[0]:  # type: ignore[index]  # it always counts
        raise RuntimeError(f"{fallen} open cases without an owner or a clock")
    connection.execute(_NAMES_INTO_THE_BOOK)
    connection.execute(_INDEX_OF_THE_FLOOR)
    connection.execute("VACUUM (ANALYZE, FREEZE)")
    connection.execute("CHECKPOINT")


def _staff(heap: Heap, now: datetime) -> list[Staff]:
    """Five agencies, twelve people each, all signed in."""
    since = now - timedelta(days=900)
    made = []
    for number in range(AGENCIES):
        agency = heap.add(Agency, name=f"Agency {number}", kind="crisis_line", founded_at=since)
        unit = heap.add(Unit, agency_id=agency, name="Day team")
        for one in range(WORKERS_EACH):
            named = {"username": f"bench{number}.{one}", "name": f"Worker {number} {one}"}
            user = heap.add(User, **named, password=NOBODY_SIGNS_IN)
            heap.add(
                Appointment,
                user_id=user,
                agency_id=agency,
                unit_id=unit,
                role="case_manager",
                starts_at=since,
            )
            key = f"bench{number:02d}{one:02d}{user.hex[-20:]}"
            heap.add_without_id(
                Session, session_key=key, session_data="", expire_date=FAR, seen_at=FAR, user_id=user
            )
            made.append(Staff(user, agency, unit, key))
    return made


def keys(heap: Heap, staff: list[Staff], now: datetime) -> dict[UUID, Opened]:
    """One key for each agency, wrapped as ever."""
    master, opened = master_key(), {}
    persons.begin()
    tree = persons.trees()[0]
    for agency in dict.fromkeys(one.agency for one in staff):
        made = opened[agency] = Opened.new(heap.id(), agency)
        heap.add(
            DataKey, id=made.id, agency_id=agency, version=1, wrapped=master.wrap(made), master=master.name,
            tree=tree, made_at=now,
        )  # fmt: skip
    return opened


def _place(heap: Heap) -> Any:
    """The house that every bed of the benchmark stands in."""
    who = heap.add(Organization, source="bench", external_id="o1", name="Hope House")
    return heap.add(
        Place, source="bench", external_id="p1", name="Hope House", organization_id=who, city="Harbor"
    )


def without_walls(url: str) -> None:
    """Make the views that carry a wall once more without it, for the superuser who is at this address."""
    with psycopg.connect(url, autocommit=True) as root:
        root.execute(_WITHOUT_WALLS)
