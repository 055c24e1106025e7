"""The chronology of a case, in two statements however long it is: entries, and the words of what they are about.

The journal holds no words; these are read from the rows themselves, behind the same wall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from breakwater.cases.models import Case
from breakwater.cases.rules import is_late
from breakwater.cases.timeline.sentences import sentence_of
from breakwater.kernel.cipher import Place
from breakwater.kernel.days import day_after, start_of_day
from breakwater.kernel.events import Event
from breakwater.trust.access import Actor
from breakwater.trust.encrypted import opened
from breakwater.trust.models import Entry, Flag, Segment

ONLY = {
    "all": "Everything",
    "story": "Without the clocks that ran as promised",
    "contacts": "Contacts and attempts",
    "notes": "Notes",
    "acts": "What was done and decided",
    "clocks": "Clocks",
}
"""What a reader may narrow the chronology to."""

_NOTE, _AMENDED, _ATTEMPT = "cases.note_added", "cases.note_amended", "cases.follow_up_attempted"
_CONTACTS = ("call", "visit", "message", "meeting", "advocacy")
_CLOCKS = Q(verb__startswith="clocks.")
_RAN = ("clocks.clock_started", "clocks.clock_stopped", "clocks.clock_due_soon")
_NARROWED = {
    "story": ~Q(verb__in=_RAN),
    "contacts": Q(verb=_ATTEMPT) | Q(verb=_NOTE, facts__kind__in=_CONTACTS),
    "notes": Q(verb__in=(_NOTE, _AMENDED)),
    "acts": ~_CLOCKS & ~Q(verb__in=(_NOTE, _AMENDED)),
    "clocks": _CLOCKS,
}
_NOT_FOR_THE_PERSON = _CLOCKS | Q(verb="cases.danger_read", facts__to="worker")


@dataclass(frozen=True, kw_only=True)
class Amended:
    """A later text of a note."""

    version: int
    words: str
    reason: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Told:
    """One line of the chronology."""

    entry_id: int
    verb: str
    at: datetime
    recorded_at: datetime
    by: str
    sentence: str
    due_at: datetime | None = None
    words: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    amendments: list[Amended] = field(default_factory=list)
    note_id: UUID | None = None
    segments: list[str] = field(default_factory=list)

    @property
    def protected(self) -> list[str]:
        """Which laws keep it apart from the rest of the record, in words."""
        return [str(Segment(one).label) for one in self.segments]

    @property
    def is_late(self) -> bool:
        """Whether it was written down well after it happened."""
        return is_late(self.at, self.recorded_at)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a reader wants to see: which sort, from which day, until which day.

    ``for_person`` leaves out the clocks, and what was judged about dangers to a worker.
    """

    only: str = "all"
    since: date | None = None
    until: date | None = None
    for_person: bool = False


EVERYTHING = Asked()


def chronology_of(
    case: Case,
    asked: Asked = EVERYTHING,
    *,
    most: int | None = None,
    skip: int = 0,
    oldest_first: bool = False,
) -> list[Told]:
    """What happened in a case, newest first unless asked otherwise, in two queries."""
    order = ("at", "pk") if oldest_first else ("-at", "-pk")
    entries = _entries(case, asked).select_related("by").order_by(*order)
    return tell(list(entries[skip : skip + most if most else None]))


def latest_of(case_id: UUID, *, most: int) -> QuerySet[Entry]:
    """The newest entries of a case, without the clocks that ran as promised."""
    told = Entry.objects.of_episode(case_id).filter(_NARROWED["story"])
    return told.select_related("by").defer("by__password").order_by("-at", "-pk")[:most]


def lately_of(cases: Sequence[UUID], since: datetime, *, each: int, by: Actor) -> QuerySet[Any]:
    """The newest entries of each case that were written down since then, without clocks; and ``many``, how many.

    Of a record at which one says why before it opens nothing, until that was said.
    """
    told = Entry.objects.filter(~_CLOCKS, episode__in=cases, recorded_at__gt=since)
    open_ones = told.filter(~Exists(Flag.objects.asking(OuterRef("circle"), by)))
    newest = Window(RowNumber(), partition_by="episode", order_by=("-at", "-pk"))
    counted = open_ones.annotate(newest=newest, many=Window(Count("pk"), partition_by="episode"))
    found = counted.filter(newest__lte=each).select_related("by").defer("by__password")
    return found.order_by("-at", "-pk")


def tell(entries: Sequence[Entry]) -> list[Told]:
    """Entries as lines of a chronology, in one query; of what a law keeps apart from the reader there is no line."""
    words = _words_of(entries)
    laws = {entry.pk: words.get((_APART, entry.about), _OPEN) for entry in entries}
    return [_told(entry, words, laws[entry.pk]["segments"]) for entry in entries if laws[entry.pk]["is_open"]]


def how_many(case: Case, asked: Asked = EVERYTHING) -> int:
    """How many lines a chronology has."""
    return _entries(case, asked).count()


def _entries(case: Case, asked: Asked) -> Any:
    wanted = _NARROWED.get(asked.only, Q())
    if asked.since:
        wanted &= Q(at__gte=start_of_day(asked.since, case.agency.zone))
    if asked.until:
        wanted &= Q(at__lt=day_after(asked.until, case.agency.zone))
    if asked.for_person:
        wanted &= ~_NOT_FOR_THE_PERSON
    return Entry.objects.of_episode(case.pk).filter(wanted)


def _told(entry: Entry, words: Mapping[Any, Mapping[str, Any]], segments: list[str]) -> Told:
    row, heard = words.get((entry.verb, entry.about), {}), words.get((_HEARD, entry.pk), {})
    facts = {**entry.facts, **row}
    due_at = facts.get("due_at")
    return Told(
        entry_id=entry.pk,
        verb=entry.verb,
        at=entry.at,
        recorded_at=entry.recorded_at,
        by=entry.by.name if entry.by else ", ".join(filter(None, heard.values())) or "Breakwater",
        sentence=sentence_of(entry.verb, facts),
        due_at=datetime.fromisoformat(due_at) if due_at else None,
        words=row.get("words") or "",
        facts=[(label, str(row[key])) for key, label in _LABELLED if row.get(key)],
        amendments=[_amended(one) for one in row.get("amendments") or ()],
        note_id=entry.about if entry.verb == _NOTE else None,
        segments=segments,
    )


def _amended(row: Mapping[str, Any]) -> Amended:
    return Amended(
        version=row["version"], words=row["words"], reason=row["reason"], by=row["by"] or "Breakwater",
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
    )  # fmt: skip


def _words_of(entries: Sequence[Entry]) -> dict[tuple[str, UUID | int | None], dict[str, Any]]:
    """What the rows behind the entries say, by verb and id, and who did what was heard of; in one statement."""
    verbs = sorted({entry.verb for entry in entries} & set(_ROWS))
    following = [entry.pk for entry in entries if entry.facts.get(_HEARD)]
    if not entries:
        return {}
    asked = [_KEPT_APART, *(_ROWS[verb] for verb in verbs), *([_WHO] if following else [])]
    ids = [entry.about for entry in entries if entry.verb in _ROWS]
    told: dict[str, Any] = {
        "ids": ids,
        "following": following,
        "all": [entry.about for entry in entries if entry.about],
    }
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), told)
        return {
            (verb, number or about): row if number or verb == _APART else _readable(verb, about, row)
            for verb, about, number, row in cursor.fetchall()
        }


def _readable(verb: str, about: UUID, row: dict[str, Any]) -> dict[str, Any]:
    """The same, with every encrypted cell decrypted in its own place."""
    table, columns = _SOURCES[verb]
    for name, column in columns.items():
        if column.startswith("r.") and isinstance(row[name], str):
            row[name] = opened(row[name], Place(table, column.removeprefix("r."), str(about)))
    for one in row.get("amendments") or ():
        for name in ("words", "reason"):
            one[name] = opened(one[name], Place("cases_amendment", name, one["id"]))
    if row.get("way"):
        row["way"] = opened(row["way"], Place("people_contactpoint", "value", row["way_id"]))
    return row


def _rows(verb: str, table: str, columns: Mapping[str, str]) -> str:
    pairs = ", ".join(f"'{name}', {column}" for name, column in columns.items())
    told = f"SELECT '{verb}', r.id, NULL::bigint, json_build_object({pairs})"
    return f"{told} FROM {table} r WHERE r.id = ANY(%(ids)s::uuid[])"


def reads(event: type[Event], table: str, **columns: str) -> None:
    """Say which words stand behind an entry: SQL over the row ``r`` that it is about. ``r.`` alone may be encrypted."""
    _SOURCES[event.verb] = (table, columns)
    _ROWS[event.verb] = _rows(event.verb, table, columns)


_HEARD = "heard"
_WHO = """
    SELECT 'heard', NULL::uuid, e.id, json_build_object(
        'by', CASE WHEN a.kind <> 'victim_service' THEN u.name END, 'agency', a.name)
    FROM trust_entry e JOIN trust_entry t ON t.id = (e.facts ->> 'heard')::bigint
    JOIN trust_agency a ON a.id = t.agency_id LEFT JOIN trust_user u ON u.id = t.by_id
    WHERE e.id = ANY(%(following)s)"""
"""Who did what another agency announced. Of those who hide where they are, nobody is named."""

_APART, _OPEN = "apart", {"is_open": True, "segments": []}
_KEPT_APART = """
    SELECT 'apart', p.about, NULL::bigint, json_build_object('is_open', p.is_open, 'segments', p.segments)
    FROM trust_apart_of(%(all)s::uuid[]) p"""
"""Which of what the entries are about a law keeps apart, and whether it is open to whoever reads."""

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
}  # fmt: skip
_OF_ATTEMPT = {
    "words": "r.words",
    "way_id": "r.contact_point_id",
    "way": "(SELECT p.value FROM people_contactpoint p WHERE p.id = r.contact_point_id)",
    "kind": "(SELECT f.kind FROM cases_followup f WHERE f.id = r.follow_up_id)",
}
_SOURCES: dict[str, tuple[str, Mapping[str, str]]] = {
    "cases.case_opened": ("cases_case", {"words": "r.what_is_happening"}),
    _NOTE: ("cases_note", _OF_NOTE),
    _AMENDED: ("cases_amendment", {"reason": "r.reason"}),
    "cases.danger_read": ("cases_danger", _WORDS),
    "cases.case_triaged": ("cases_triage", {"words": "r.reasons"}),
    "cases.gate_met": ("cases_gate", {"words": "r.evidence"}),
    "cases.gate_lost": ("cases_gate", {"words": "r.lost_because"}),
    "cases.owner_changed": ("cases_assignment", _WORKER),
    "cases.team_changed": ("cases_assignment", _WORKER),
    "cases.barrier_named": ("cases_barrier", _WORDS),
    "cases.barrier_removed": ("cases_barrier", {"words": "r.words", "how": "r.removed_how"}),
    _ATTEMPT: ("cases_attempt", _OF_ATTEMPT),
    "cases.case_closed": ("cases_closure", {"words": "r.words", "what_worked": "r.what_worked"}),
    "cases.case_reopened": ("cases_closure", {"words": "r.reopened_because"}),
    "clocks.clock_stopped": ("clocks_clock", {"excuse": "r.excuse"}),
}
"""Where the words behind an entry are kept, by verb."""

_ROWS = {verb: _rows(verb, table, columns) for verb, (table, columns) in _SOURCES.items()}

_LABELLED = (
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
