"""Ten thousand or a hundred thousand cases, by COPY: 5 % open, ten journal entries each."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from django.db.models import Model
from psycopg import sql
from psycopg.types.json import Jsonb

from breakwater.cases.models import Assignment, Case, Closure, Danger, FollowUp, Gate, Note, Triage
from breakwater.clocks.models import Clock
from breakwater.kernel.text import name_key, phone_key
from breakwater.people.models import ContactPoint, Name, Person
from breakwater.people.rules import sound_of
from breakwater.plans.models import Need, Step
from breakwater.simulation import names
from breakwater.trust.models import Agency, Appointment, Circle, Entry, Grant, Unit, User

AGENCIES, WORKERS_EACH = 5, 12
ENTRIES_EACH, NOTES_EACH = 10, 3
_CHUNK = 5_000
_VERBS = (
    "cases.case_opened",
    "cases.note_added",
    "clocks.clock_started",
    "clocks.clock_stopped",
    "cases.gate_met",
)

Rows = dict[type[Model], list[dict[str, Any]]]


@dataclass(frozen=True)
class Staff:
    """Somebody who works in the benchmark."""

    user: UUID
    agency: UUID
    unit: UUID


def build(url: str, cases: int, *, now: datetime) -> list[Staff]:
    """Fill an empty, migrated database as its owner. The people who work there."""
    chance = random.Random(48)  # noqa: S311 - a repeatable benchmark, not a secret
    identifiers = _ids()
    with psycopg.connect(url, autocommit=False) as connection:
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.execute("SET CONSTRAINTS ALL DEFERRED")
        staff = _staff(connection, identifiers, now)
        for first in range(0, cases, _CHUNK):
            rows: Rows = {}
            for number in range(first, min(first + _CHUNK, cases)):
                _live(rows, number, chance, identifiers, staff, now)
            for model, values in rows.items():
                _copy(connection, model, values)
            connection.commit()
        connection.execute(
            "SELECT setval('trust_entry_id_seq', (SELECT coalesce(max(id), 1) FROM trust_entry))"
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT") if _may_checkpoint(connection) else None
    return staff


def _may_checkpoint(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def _ids() -> Iterator[UUID]:
    """Identifiers in the order of their making, the same in every run."""
    chance = random.Random(7)  # noqa: S311 - a repeatable benchmark
    for number in count(1_600_000_000_000):
        yield UUID(int=(number << 80) | (0x7 << 76) | (0b10 << 62) | chance.getrandbits(60))


def _staff(connection: psycopg.Connection[Any], new: Iterator[UUID], now: datetime) -> list[Staff]:
    rows: Rows = {Agency: [], Unit: [], User: [], Appointment: []}
    staff = []
    for number in range(AGENCIES):
        agency, unit = next(new), next(new)
        rows[Agency].append(
            {"id": agency, "name": f"Agency {number}", "kind": "crisis_line", "founded_at": now}
        )
        rows[Unit].append({"id": unit, "agency_id": agency, "name": "Day team"})
        for one in range(WORKERS_EACH):
            user = next(new)
            rows[User].append(
                {
                    "id": user,
                    "username": f"bench{number}.{one}",
                    "name": f"Worker {number} {one}",
                    "password": "!",
                }
            )
            rows[Appointment].append(
                {"id": next(new), "user_id": user, "agency_id": agency, "unit_id": unit, "role": "case_manager",
                 "starts_at": now - timedelta(days=900)}
            )  # fmt: skip
            staff.append(Staff(user, agency, unit))
    for model, values in rows.items():
        _copy(connection, model, values)
    return staff


def _live(
    rows: Rows, number: int, c: random.Random, new: Iterator[UUID], staff: list[Staff], now: datetime
) -> None:
    """One person with one case: open when it is one of twenty."""
    worker = staff[number % len(staff)]
    is_open = number // len(staff) % 20 == 0
    asked = now - (timedelta(hours=c.uniform(0.1, 60)) if is_open else timedelta(days=c.uniform(10, 700)))
    circle, person, case = next(new), next(new), next(new)
    named = f"{c.choice(names.FIRST)} {c.choice(names.LAST)} {c.choice(names.LAST)}"
    phone = f"555{number:07d}"
    part = {"circle_id": circle, "case_id": case, "by_id": worker.user}

    def add(model: type[Model], **values: Any) -> None:
        rows.setdefault(model, []).append({"id": next(new)} | values)

    add(Circle, id=circle, opened_by_id=worker.agency, opened_at=asked)
    add(
        Grant,
        circle_id=circle,
        agency_id=worker.agency,
        basis="care",
        starts_at=asked,
        given_by_id=worker.user,
    )
    add(Person, id=person, circle_id=circle, known_as=named, changed_at=asked, safe_contact="Text first.",
        birth_date=date(1950, 1, 1) + timedelta(days=c.randint(0, 21000)), changed_by_id=worker.user)  # fmt: skip
    add(
        Name,
        circle_id=circle,
        person_id=person,
        text=named,
        key=name_key(named),
        sound=sound_of(named),
        starts_at=asked,
    )
    add(
        ContactPoint,
        circle_id=circle,
        person_id=person,
        kind="phone",
        value=phone,
        key=phone_key(phone),
        safety="safe",
        starts_at=asked,
    )
    add(Case, id=case, circle_id=circle, person_id=person, agency_id=worker.agency, unit_id=worker.unit,
        number=f"{number:07d}", asked_at=asked, what_is_happening=c.choice(names.HAPPENING), opened_by_id=worker.user,
        recorded_at=asked)  # fmt: skip
    ended = None if is_open else asked + timedelta(days=3)
    add(
        Assignment,
        **part,
        agency_id=worker.agency,
        worker_id=worker.user,
        unit_id=worker.unit,
        starts_at=asked,
        ends_at=ended,
    )
    if not is_open:
        add(Closure, **part, outcome="stable", starts_at=ended)
    add(
        Triage,
        **part,
        scheme="uk-mhts-2015",
        version="2015",
        code="ABCDE"[number % 5],
        urgency=number % 5,
        starts_at=asked,
    )
    for to in ("self", "others"):
        add(Danger, **part, to=to, level=c.choice(("none", "possible", "likely")), starts_at=asked)
    for kind, hours in (
        ("stabilization", 48),
        ("triage_response", 24),
        ("follow_up_72h", 72),
        ("follow_up_7d", 168),
    ):
        due = asked + timedelta(hours=hours)
        add(Clock, circle_id=circle, agency_id=worker.agency, kind=kind, profile="us@2026-11", about=case, episode=case,
            started_at=asked, due_soon_at=due - timedelta(hours=2), due_at=due, ended_at=ended,
            ended_how="" if is_open else "met")  # fmt: skip
    for kind in ("follow_up_72h", "follow_up_7d"):
        add(FollowUp, **part, kind=kind, planned_for=asked + timedelta(hours=72), starts_at=asked, ends_at=ended,
            ended_how="" if is_open else "reached")  # fmt: skip
    for kind in ("safe_tonight", "contact"):
        add(Gate, **part, kind=kind, evidence="Spoken with.", starts_at=asked + timedelta(hours=1))
    add(
        Need,
        **part,
        domain="housing",
        words="A room",
        starts_at=asked,
        ends_at=ended,
        ended_how="" if is_open else "met",
    )
    add(Step, **part, words=c.choice(names.STEPS), owner="worker", worker_id=worker.user, due_at=asked + timedelta(hours=30),
        starts_at=asked, ends_at=ended, ended_how="" if is_open else "done", recorded_at=asked)  # fmt: skip
    for one in range(NOTES_EACH):
        add(Note, **part, kind="call", happened_at=asked + timedelta(hours=one), recorded_at=asked + timedelta(hours=one),
            words=c.choice(names.CALLS), reached=True)  # fmt: skip
    for one in range(ENTRIES_EACH):
        rows.setdefault(Entry, []).append(
            {"id": number * ENTRIES_EACH + one + 1, "verb": _VERBS[one % len(_VERBS)], "agency_id": worker.agency, "by_id": worker.user,
             "circle_id": circle, "about": case, "episode": case, "at": asked + timedelta(minutes=one),
             "recorded_at": asked + timedelta(minutes=one), "facts": {"case_id": str(case), "kind": "stabilization", "gate": "contact", "asked_by": "self", "how": "met"}}
        )  # fmt: skip


def _copy(connection: psycopg.Connection[Any], model: type[Model], values: Iterable[dict[str, Any]]) -> None:
    """COPY rows into a model's table; fields that are not given take the model's default."""
    fields: list[Any] = list(model._meta.concrete_fields)
    columns = sql.SQL(", ").join(sql.Identifier(field.column) for field in fields)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), columns)
    defaults = {field.column: _default(field) for field in fields}
    json = {field.column for field in fields if field.get_internal_type() == "JSONField"}
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in values:
            full = defaults | row
            copy.write_row([Jsonb(full[name]) if name in json else full[name] for name in defaults])


def _default(field: Any) -> Any:
    if field.has_db_default():
        given = field.db_default
        return datetime(2026, 1, 1, tzinfo=UTC) if hasattr(given, "resolve_expression") else given
    value = field.get_default()
    return str(value) if field.choices and value is not None else value
