"""Which words stand behind the entries of a case's story: SQL over the rows that they are about."""

from collections.abc import Mapping

from breakwater.kernel.events import Event

NOTE, AMENDED, ATTEMPT = "cases.note_added", "cases.note_amended", "cases.follow_up_attempted"


def _rows(verb: str, table: str, columns: Mapping[str, str]) -> str:
    pairs = ", ".join(f"'{name}', {column}" for name, column in columns.items())
    told = f"SELECT '{verb}', r.id, NULL::bigint, json_build_object({pairs})"
    return f"{told} FROM {table} r WHERE r.id = ANY(%(ids)s::uuid[])"


def reads(event: type[Event], table: str, **columns: str) -> None:
    """Say which words stand behind an entry: SQL over the row ``r`` that it is about. ``r.`` alone may be encrypted."""
    SOURCES[event.verb] = (table, columns)
    ROWS[event.verb] = _rows(event.verb, table, columns)


HEARD = "heard"
WHO = """
    SELECT 'heard', NULL::uuid, e.id, json_build_object(
        'by', CASE WHEN a.kind <> 'victim_service' THEN u.name END, 'agency', a.name)
    FROM trust_entry e JOIN trust_entry t ON t.id = (e.facts ->> 'heard')::bigint
    JOIN trust_agency a ON a.id = t.agency_id LEFT JOIN trust_user u ON u.id = t.by_id
    WHERE e.id = ANY(%(following)s)"""
"""Who did what another agency announced. Of those who hide where they are, nobody is named."""

APART, OPEN = "apart", {"is_open": True, "segments": []}
KEPT_APART = """
    SELECT 'apart', p.about, NULL::bigint, json_build_object('is_open', p.is_open, 'segments', p.segments)
    FROM trust_apart_of(%(all)s::uuid[]) p"""
"""Which of what the entries are about a law keeps apart, and whether it is open to whoever reads."""

_TAKEN_BACK = """(
        SELECT json_build_object('id', m.id, 'reason', m.reason, 'by', u.name, 'recorded_at', m.recorded_at)
        FROM cases_notreached m LEFT JOIN trust_user u ON u.id = m.by_id WHERE m.{about} = r.id)"""
_WORDS = {"words": "r.words"}
_WORKER = {
    "worker": "(SELECT u.name FROM trust_user u WHERE u.id = r.worker_id)",
    "unit": "(SELECT u.name FROM trust_unit u WHERE u.id = r.unit_id)",
}
_OF_NOTE = {
    "words": "r.words", "with_whom": "r.with_whom", "what_for": "r.what_for", "minutes": "r.minutes",
    "came_of": "r.outcome",
    "amendments": """(
        SELECT json_agg(json_build_object('id', a.id, 'version', a.version, 'words', a.words, 'reason', a.reason,
            'by', u.name, 'recorded_at', a.recorded_at) ORDER BY a.version)
        FROM cases_amendment a LEFT JOIN trust_user u ON u.id = a.by_id WHERE a.note_id = r.id)""",
    "taken_back": _TAKEN_BACK.format(about="note_id"),
}  # fmt: skip
_OF_ATTEMPT = {
    "words": "r.words",
    "in_person": "r.in_person",
    "way_id": "r.contact_point_id",
    "way": "(SELECT p.value FROM people_contactpoint p WHERE p.id = r.contact_point_id)",
    "kind": "(SELECT f.kind FROM cases_followup f WHERE f.id = r.follow_up_id)",
    "taken_back": _TAKEN_BACK.format(about="attempt_id"),
}
SOURCES: dict[str, tuple[str, Mapping[str, str]]] = {
    "cases.case_opened": ("cases_case", {"words": "r.what_is_happening"}),
    NOTE: ("cases_note", _OF_NOTE),
    AMENDED: ("cases_amendment", {"reason": "r.reason"}),
    "cases.contact_taken_back": ("cases_notreached", {"reason": "r.reason"}),
    "cases.danger_read": ("cases_danger", _WORDS),
    "cases.case_triaged": ("cases_triage", {"words": "r.reasons"}),
    "cases.gate_met": ("cases_gate", {"words": "r.evidence"}),
    "cases.gate_lost": ("cases_gate", {"words": "r.lost_because"}),
    "cases.owner_changed": ("cases_assignment", _WORKER),
    "cases.team_changed": ("cases_assignment", _WORKER),
    "cases.barrier_named": ("cases_barrier", _WORDS),
    "cases.barrier_removed": ("cases_barrier", {"words": "r.words", "how": "r.removed_how"}),
    ATTEMPT: ("cases_attempt", _OF_ATTEMPT),
    "cases.case_closed": ("cases_closure", {"words": "r.words", "what_worked": "r.what_worked"}),
    "cases.case_reopened": ("cases_closure", {"words": "r.reopened_because"}),
    "clocks.clock_stopped": ("clocks_clock", {"excuse": "r.excuse"}),
}
"""Where the words behind an entry are kept, by verb."""

ROWS = {verb: _rows(verb, table, columns) for verb, (table, columns) in SOURCES.items()}

LABELED = (
    ("with_whom", "With"),
    ("what_for", "What for"),
    ("came_of", "Outcome"),
    ("minutes", "Minutes"),
    ("way", "Tried"),
    ("reason", "Reason"),
    ("how", "How"),
    ("what_worked", "What worked"),
    ("excuse", "Excuse"),
)
