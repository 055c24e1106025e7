"""What acts write, written in the plainest way: the same rows as Breakwater, one statement a table, one transaction."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from breakwater.trust.models import Information, Segment

Row = dict[str, Any]

_CHECK_INS = ("follow_up_24h", "follow_up_72h", "follow_up_7d", "follow_up_30d")
_CLOCKS = ("stabilization", "first_contact", "triage_response", *_CHECK_INS)
_ENTRIES_OF_AN_INTAKE = 4 + len(_CLOCKS)


_WHOLE: Row = {"information": list(Information.values), "segments": list(Segment.values)}


def intake(connection: Any, asked: dict[str, str]) -> str:
    """Circle, standing, person, name, case, owner, danger, code, clocks, check-ins, journal and receipt."""
    now, circle, person, case = datetime.now(UTC), uuid4(), uuid4(), uuid4()
    agency, user = asked["agency"], asked["user"]
    part = {"circle_id": circle, "case_id": case, "by_id": user, "starts_at": now}
    opened = {"id": circle, "opened_by_id": agency, "opened_at": now, "segments": []}
    stands = {"id": uuid4(), "circle_id": circle, "agency_id": agency, "basis": "care", "starts_at": now}
    held = {
        "id": case,
        "circle_id": circle,
        "person_id": person,
        "agency_id": agency,
        "number": case.hex[:16],
    }
    owner = {**part, "id": uuid4(), "agency_id": agency, "part": "owner", "worker_id": user}
    code = {
        **part,
        "id": uuid4(),
        "scheme": "floor",
        "version": "1",
        "code": "B",
        "urgency": 1,
        "answers": "{}",
    }
    danger = {**part, "id": uuid4(), "to": "self", "level": "possible", "words": asked["danger_self_words"]}
    happening = {"asked_by": "self", "asked_at": now, "what_is_happening": asked["what_is_happening"]}
    with connection.transaction():
        _insert(connection, "trust_receipt", [_receipt(user)])
        _insert(connection, "trust_circle", [opened])
        _insert(connection, "trust_grant", [stands | _WHOLE | {"given_by_id": user}])
        _insert(connection, "people_person", [_person(person, circle, asked, now)])
        _insert(connection, "people_name", [_name(person, circle, asked, now)])
        _insert(connection, "cases_case", [held | happening | {"opened_by_id": user}])
        _insert(connection, "cases_assignment", [owner])
        _insert(connection, "cases_danger", [danger])
        _insert(connection, "cases_triage", [code | {"reasons": ""}])
        _insert(connection, "clocks_clock", [_clock(kind, circle, case, agency, now) for kind in _CLOCKS])
        _insert(connection, "cases_followup", [_check_in(kind, part, now) for kind in _CHECK_INS])
        told = [_entry(asked, circle, case, now) for _ in range(_ENTRIES_OF_AN_INTAKE)]
        _insert(connection, "trust_entry", told)
    return "done"


def note(connection: Any, asked: dict[str, str]) -> str:
    """A note, its entry in the journal and the receipt."""
    now, circle, case = datetime.now(UTC), UUID(asked["circle"]), UUID(asked["case"])
    row = {"id": uuid4(), "circle_id": circle, "case_id": case, "kind": asked["kind"], "happened_at": now}
    said = {
        "words": asked["words"],
        "with_whom": "",
        "what_for": "",
        "outcome": "",
        "reached": False,
        "segments": [],
    }
    with connection.transaction():
        _insert(connection, "trust_receipt", [_receipt(asked["user"])])
        _insert(connection, "cases_note", [row | said | {"by_id": asked["user"]}])
        _insert(connection, "trust_entry", [_entry(asked, circle, case, now)])
    return "done"


def gate(connection: Any, asked: dict[str, str]) -> str:
    """A gate, its entry in the journal and the receipt. Ended at once: the gate itself is for Breakwater to meet."""
    now, circle, case = datetime.now(UTC), UUID(asked["circle"]), UUID(asked["case"])
    row = {"id": uuid4(), "circle_id": circle, "case_id": case, "kind": asked["kind"], "by_id": asked["user"]}
    held = {"evidence": asked["evidence"], "starts_at": now, "ends_at": now, "lost_because": "floor"}
    with connection.transaction():
        _insert(connection, "trust_receipt", [_receipt(asked["user"])])
        _insert(connection, "cases_gate", [row | held])
        _insert(connection, "trust_entry", [_entry(asked, circle, case, now)])
    return "done"


def _insert(connection: Any, table: str, rows: Sequence[Row]) -> None:
    statement = _statement(table, tuple(rows[0]), len(rows))
    connection.execute(statement, [value for row in rows for value in row.values()])


@lru_cache
def _statement(table: str, columns: tuple[str, ...], rows: int) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    one = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * rows)}"


def _person(person: UUID, circle: UUID, asked: dict[str, str], now: datetime) -> Row:
    words = ("pronouns", "language", "triggers", "strengths", "safe_contact", "must_not_know")
    flags = {"is_described": False, "needs_interpreter": False, "birth_date_is": "exact", "version": 1}
    named = {"id": person, "circle_id": circle, "known_as": asked["known_as"], "changed_at": now}
    return named | flags | dict.fromkeys(words, "") | {"changed_by_id": asked["user"]}


def _name(person: UUID, circle: UUID, asked: dict[str, str], now: datetime) -> Row:
    text = asked["known_as"]
    row = {"id": uuid4(), "circle_id": circle, "person_id": person, "kind": "known_as", "starts_at": now}
    return row | {"text": text, "key": text.lower(), "sound": text[:3], "segments": []}


def _clock(kind: str, circle: UUID, case: UUID, agency: str, now: datetime) -> Row:
    row = {
        "id": uuid4(),
        "circle_id": circle,
        "agency_id": agency,
        "kind": kind,
        "profile": "us",
        "about": case,
    }
    moments = {"started_at": now, "due_soon_at": now, "due_at": now + timedelta(days=2)}
    return row | moments | {"episode": case, "ended_how": "", "excuse": ""}


def _check_in(kind: str, part: Row, now: datetime) -> Row:
    return {**part, "id": uuid4(), "kind": kind, "planned_for": now + timedelta(days=2), "ended_how": ""}


def _entry(asked: dict[str, str], circle: UUID, case: UUID, now: datetime) -> Row:
    about = {"circle_id": circle, "about": case, "episode": case, "at": now}
    by = {"verb": "floor.act", "agency_id": asked["agency"], "by_id": asked["user"]}
    return by | about | {"facts": json.dumps({"case_id": str(case), "kind": "floor"})}


def _receipt(user: str) -> Row:
    row = {"key": uuid4(), "by_id": user, "fingerprint": "f" * 64, "status": 303}
    return row | {"headers": '{"Location": "/"}', "body": b""}
